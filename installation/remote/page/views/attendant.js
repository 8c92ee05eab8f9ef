/* The attendant's view: play, quiet, stop; what is wrong, in plain words; the check of the loudspeakers where a microphone listens; the level. */
import { control } from "../control.js";
import { el, icon, mark, write } from "../dom.js";

const MODES = ["play", "quiet", "stop"];

export function attendant(app, scope) {
  const { tree } = app;
  const address = "/system/mode";
  const buttons = MODES.map((mode) => el("button", { class: "mode", "data-mode": mode, onclick: () => tree.set(address, mode) },
    icon(mode), el("span", { class: "word" }, app.say(`mode_${mode}`)), el("small", {}, app.say(`mode_${mode}_about`))));
  const sentence = el("p", { class: "sentence", role: "status" }), remedies = el("ul", { class: "remedies" });
  const show = (mode) => {
    for (const button of buttons) {
      mark(button, "aria-pressed", button.dataset.mode === mode ? "true" : "false");
      mark(button, "aria-disabled", tree.isMovable(address) ? null : "true");
    }
  };
  const wellbeing = () => {
    const { sentence: words, level, list = [] } = app.health ?? {};
    mark(sentence, "data-level", level ?? "unknown");
    write(sentence, app.health ? app.pick(words) : app.hello.title || app.say("connecting"));
    remedies.replaceChildren(...list.map((fault) => app.pick(fault.remedy)).filter(Boolean).slice(0, 2).map((words_) => el("li", {}, words_)));
  };
  tree.watch(address, show, scope);
  app.on("health", wellbeing, scope);
  show(tree.values[address]);
  wellbeing();
  return el("div", { class: "attendant" },
    el("div", { class: "wellbeing" }, sentence, remedies),
    el("div", { class: "modes", role: "group", "aria-label": app.say("mode") }, buttons),
    tree.has("/system/check") && tree.isMovable("/system/check")
      ? el("div", { class: "rows" }, control(app, "/system/check", scope, app.say("check_loudspeakers"))) : "",
    tree.has("/room/gain") ? el("div", { class: "rows" }, control(app, "/room/gain", scope, app.say("level"))) : "");
}

/* Room: the plan, what plays, and what the marks on the plan mean. */
import { el, write } from "../dom.js";
import { Plan } from "../plan.js";
import { lasting } from "../scale.js";

const LEGEND = ["source", "loudspeaker", "lamp", "sensor", "visitor"];

export function room(app, scope) {
  const line = el("p", { class: "nowline" });
  const plan = new Plan(app, scope);
  let said = "";
  app.on("now", (now) => {
    const words = now.score.map(({ layer, scene, since }) => [layer, scene ?? app.say("silence"), lasting(since, app.language)]);
    if (words.join() === said) return;
    said = words.join();
    line.replaceChildren(...words.map(([layer, scene, since]) =>
      el("span", {}, el("small", {}, `${layer} `), el("strong", {}, scene.replaceAll("_", " ")), el("small", {}, ` ${since}`))),
      now.muted ? el("strong", { class: "muted" }, app.say("muted")) : "");
  }, scope);
  write(line, app.say("connecting"));
  return el("div", { class: "roomview" }, line, plan.element,
    el("p", { class: "legend", "aria-hidden": "true" }, LEGEND.map((name) => el("span", { "data-mark": name }, el("i"), app.say(name)))));
}

/* Health: one sentence first; below it what stands, where, since when, and what to do; the check of the loudspeakers. */
import { control } from "../control.js";
import { el } from "../dom.js";
import { clock, lasting } from "../scale.js";

export function health(app, scope) {
  const said = el("div", { class: "health" });
  const check = app.tree.has("/system/check") && app.tree.isMovable("/system/check");
  const build = () => {
    const { sentence, level, list = [] } = app.health ?? {};
    const words = app.health ? app.pick(sentence) : app.hello.title || app.say("connecting");
    said.replaceChildren(
      el("p", { class: "sentence", "data-level": level ?? "unknown", role: "status" }, words),
      list.length ? el("ul", { class: "faults" }, list.map((fault) => faultOf(app, fault))) : "",
      el("dl", { class: "facts" }, facts(app).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
  };
  app.on("health", build, scope);
  scope.every(2000, build);
  build();
  return check ? el("div", {}, said, el("div", { class: "rows" }, control(app, "/system/check", scope, app.say("check_loudspeakers")))) : said;
}

function faultOf(app, fault) {
  const since = fault.since ? app.say("since", clock(new Date(fault.since * 1000), app.language))       // else the engine's clock cannot be trusted
    : app.say("since_for", lasting(fault.for + (performance.now() - app.healthAt) / 1000, app.language));
  return el("li", { class: "card" }, el("p", { class: "happened" }, app.pick(fault)),
    fault.remedy ? el("p", { class: "remedy" }, app.pick(fault.remedy)) : "",
    el("p", { class: "where" }, [fault.where, since].filter(Boolean).join(" · ")));
}

function facts(app) {
  const { trip } = app.socket;
  return [["/system/uptime", "uptime"], ["/system/card", "card"], ["/system/load", "engine_load"], ["/system/xruns", "xruns"],
    ["/system/heard", "heard"], ["/system/checked", "checked"]]
    .filter(([address]) => app.tree.has(address)).map(([address, words]) => [app.say(words), app.text(address) || "–"])
    .concat(trip === null ? [] : [[app.say("trip"), `${Math.round(trip)}\u202fms`]]);
}

/* Levels: what each output plays, the gain over all of it, and silence. */
import { keys } from "../choice.js";
import { control } from "../control.js";
import { el } from "../dom.js";
import { meters } from "../meters.js";

const MODE = "/system/mode";

export function levels(app, scope) {
  const { tree } = app;
  const row = (address, name) => (tree.has(address) ? control(app, address, scope, name) : null);
  return el("div", { class: "levels" },
    el("section", { class: "card" }, el("h2", {}, app.say("outputs")), meters(app, scope)),
    el("section", { class: "card" }, el("h2", {}, app.say("over_all")), el("div", { class: "rows" },
      row("/room/gain", app.say("room_gain")), row("/system/mute", app.say("mute")), mode(app, scope), row("/system/idle", app.say("idle")))),
    el("section", { class: "card" }, el("h2", {}, app.say("engine")), el("div", { class: "rows" },
      row("/system/load", app.say("engine_load")), row("/system/load_worst", app.say("engine_worst")), row("/system/xruns", app.say("xruns")),
      row("/system/card", app.say("card")), row("/system/costs", app.say("costs")))));
}

function mode(app, scope) {
  const { tree } = app;
  if (!tree.has(MODE)) return null;
  return keys(scope, { label: app.say("mode"), choices: tree.declarations[MODE].choices.map((word) => [word, app.say(`mode_${word}`)]),
    movable: tree.isMovable(MODE), value: () => tree.values[MODE], choose: (word) => tree.set(MODE, word), watch: (show) => tree.watch(MODE, show, scope) });
}

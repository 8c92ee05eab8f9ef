/* Sensors: what each one has said in the last minute, how fresh that is, and what it moves. */
import { nameOf } from "../control.js";
import { el, icon, mark, write } from "../dom.js";
import { lasting, shown, text } from "../scale.js";
import { draw } from "../traces.js";

export function sensors(app, scope) {
  const view = el("div", { class: "sensors" });
  let fields = [];
  const build = () => {
    fields = [];
    const told = app.plan?.sensors ?? [];
    view.replaceChildren(...(told.length ? told.map((sensor) => card(app, sensor, fields)) : [el("p", { class: "empty" }, app.say("no_sensors"))]));
  };
  const look = ({ sensors: readings }) => {
    for (const field of fields) {
      const [, how, age] = readings[field.name] ?? [null, "absent", null];
      mark(field.fresh, "data-fresh", how);
      write(field.fresh, how === "fresh" ? app.say("fresh") : age === null ? app.say("absent") : app.say("stale", lasting(age, app.language)));
    }
  };
  const trace = () => {
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--mapping-edge");
    for (const { address, canvas, figure, unit, span, isSeen } of fields) {
      const declaration = app.tree.declarations[address];
      if (!declaration) continue;
      const [number, units] = shown(app.tree.values[address], declaration, app.language);
      write(figure, number);
      write(unit, units);
      const ring = app.traces.of(address);
      const range = ring && isSeen() ? draw(canvas, ring, colour) : null;
      if (range) write(span, range.map((end) => text(end, declaration, app.language)).join(" … "));
    }
  };
  app.on("plan", build, scope);
  app.watch("now", look, scope);
  app.traces.onsample = trace;
  scope.add(() => { app.traces.onsample = () => {}; });
  build();
  return view;
}

function card(app, sensor, fields) {
  const { name, driver, moves } = sensor;
  return el("section", { class: "card", "aria-label": name },
    el("header", {}, el("h2", {}, name), el("small", {}, driver)),
    el("div", { class: "fields" }, Object.keys(sensor.fields).map((field) => {
      const canvas = el("canvas", { role: "img", "aria-label": app.say("last_minute", field) });
      const figure = el("span", { class: "figure" }), unit = el("span", { class: "unit" }), fresh = el("span", { class: "fresh" }), span = el("small");
      fields.push({ name: `${name}.${field}`, address: `/sensor/${name}/${field}`, canvas, figure, unit, fresh, span,
        isSeen: () => { const { top, bottom } = canvas.getBoundingClientRect(); return bottom > 0 && top < innerHeight; } });
      return el("div", { class: "field" },
        el("div", { class: "head" }, el("span", { class: "name" }, field), el("span", { class: "value" }, figure, unit)), canvas,
        el("div", { class: "head" }, span, fresh));
    })),
    moves.length ? el("p", { class: "moves" }, icon("mapping"), el("span", {}, app.say("moves", moves.map(spoken).join(" · ")))) : "");
}

function spoken(address) {
  return [address.split("/")[2], nameOf(address)].join(", ");
}

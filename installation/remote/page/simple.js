/* Controls of one touch: a switch, a trigger, and figures that are only read or typed. */
import { el, mark, write } from "./dom.js";
import { sheetFor } from "./parameter.js";
import { shown } from "./scale.js";

export function toggle(app, address, scope, label) {
  const { tree } = app;
  const movable = tree.isMovable(address);
  const key = el("button", { class: "switch", role: "switch", "aria-disabled": movable ? null : "true", "aria-label": named(app, address, label),
    onclick: () => tree.set(address, !tree.values[address]) }, title(app, address, label), el("span", { class: "knob" }));
  const show = (on) => mark(key, "aria-checked", on ? "true" : "false");
  tree.watch(address, show, scope);
  show(tree.values[address]);
  return key;
}

export function trigger(app, address, scope, label) {
  const movable = app.tree.isMovable(address);
  const key = el("button", { class: "trigger", "aria-disabled": movable ? null : "true", "aria-label": named(app, address, label), onclick: () => {
    if (!app.tree.fire(address)) return;
    key.animate?.([{ filter: "brightness(1.6)" }, { filter: "none" }], { duration: 400, easing: "ease-out" });
  } }, title(app, address, label));
  return key;
}

/* A number without a range, or one that is only read: its figure; where it may be moved, a touch opens its sheet to type another. */
export function figure(app, address, scope, label) {
  const { tree } = app;
  const declaration = tree.declarations[address];
  const number = el("span", { class: "figure" }), unit = el("span", { class: "unit" });
  const inside = [title(app, address, label), el("span", { class: "value" }, number, unit)];
  const show = (value) => {
    const [shownNumber, shownUnit] = shown(value, declaration, app.language);
    write(number, shownNumber);
    write(unit, shownUnit);
  };
  tree.watch(address, show, scope);
  show(tree.values[address]);
  return readable(app, address, label, inside);
}

export function wording(app, address, scope, label) {
  const words = el("span", { class: "value words" });
  const show = (value) => write(words, String(value ?? ""));
  app.tree.watch(address, show, scope);
  show(app.tree.values[address]);
  return readable(app, address, label, [title(app, address, label), words]);
}

function readable(app, address, label, inside) {
  if (!app.tree.isMovable(address)) return el("div", { class: "readout" }, inside);
  return el("button", { class: "readout", onclick: () => sheetFor(app, address, label) }, inside);
}

function title(app, address, label) {
  const about = app.pick(app.tree.declarations[address].about);
  return el("span", { class: "name" }, label, about ? el("small", {}, about) : null);
}

function named(app, address, label) {
  const about = app.pick(app.tree.declarations[address].about);
  return about ? `${label}, ${about}` : label;
}

/* A fader: a bar under the finger, as wide as the hand allows; the value moves with the finger from where it stands.

   fader(app, address, scope, label)     the control of a number with a range
   bar(scope, {…})                       the same without an address: a morph between two presets, one part of a colour
*/
import { el, mark, write } from "./dom.js";
import { follow, isFine } from "./gesture.js";
import { sheetFor } from "./parameter.js";
import { at, clip, position, shown, text } from "./scale.js";

const STEPS = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 };

export function fader(app, address, scope, label) {
  const { tree } = app;
  const declaration = tree.declarations[address];
  const movable = tree.isMovable(address);
  const about = app.pick(declaration.about);
  const way = () => position(Number(tree.values[address]), declaration);
  const send = (to) => tree.set(address, at(to, declaration));
  const part = bar(scope, {
    named: true, label, about, movable, way, send,
    tick: typeof declaration.default === "number" ? position(declaration.default, declaration) : null,
    step: declaration.kind === "int" ? 1 / (declaration.high - declaration.low) : 0,
    figure: (to) => shown(to === undefined ? tree.values[address] : clip(at(to, declaration), declaration), declaration, app.language),
    spoken: () => text(tree.values[address], declaration, app.language),
    reset: () => tree.set(address, declaration.default),
    hold: () => sheetFor(app, address, label),
  });
  mark(part.element, "aria-valuemin", declaration.low);
  mark(part.element, "aria-valuemax", declaration.high);
  const show = (value) => {
    mark(part.element, "aria-valuenow", Number(Number(value ?? declaration.low).toPrecision(6)));
    part.show();
  };
  tree.watch(address, show, scope);
  show(tree.values[address]);
  return part.element;
}

/* way() is where it stands, 0 to 1; send(to) moves it; figure(to) is [figure, unit] there; reset and hold are two taps and a finger that rests.
   named: the value has a number of its own to be read out, beside its way. */
export function bar(scope, { label, about = "", movable = true, way, send, tick = null, step = 0, figure, spoken, reset, hold, slim = false, named = false }) {
  const fill = el("span", { class: "fill" }), edge = el("span", { class: "edge" });
  const number = el("span", { class: "figure" }), unit = el("span", { class: "unit" });
  const element = el("div", { class: slim ? "fader slim" : "fader", role: "slider", tabindex: "0", "aria-label": about ? `${label}, ${about}` : label,
    "aria-orientation": "horizontal", "aria-disabled": movable ? null : "true", "aria-valuemin": 0, "aria-valuemax": 1 },
  fill, edge, el("span", { class: "name" }, label, about && !slim ? el("small", {}, about) : null), el("span", { class: "value" }, number, unit));
  if (tick !== null) {
    const notch = el("span", { class: "notch" });
    notch.style.left = `${tick * 100}%`;
    element.append(notch);
  }
  let finger = null, width = 1;

  const show = () => {
    const to = finger ?? way();
    const [shownNumber, shownUnit] = figure(finger ?? undefined);
    fill.style.transform = `scaleX(${to})`;
    edge.style.left = `${to * 100}%`;
    write(number, shownNumber);
    write(unit, shownUnit);
    if (!named) mark(element, "aria-valuenow", Number(to.toPrecision(4)));
    mark(element, "aria-valuetext", spoken ? spoken() : `${shownNumber} ${shownUnit}`.trim());
  };
  const go = (to) => { send(Math.min(1, Math.max(0, to))); show(); };

  follow(element, scope, {
    axis: "x", hold, double: movable && reset ? () => { reset(); show(); } : undefined,
    start: () => {
      if (!movable) return;
      finger = way();
      width = element.clientWidth || 1;
      mark(element, "data-finger", "");
    },
    move: (dx) => {
      if (finger === null) return;
      finger = Math.min(1, Math.max(0, finger + dx / width));
      mark(element, "data-fine", isFine() ? "" : null);
      go(finger);
    },
    end: () => {
      finger = null;
      mark(element, "data-finger", null);
      mark(element, "data-fine", null);
      show();
    },
  });
  scope.on(element, "keydown", (event) => {
    if (event.key === "Enter" && hold) hold();
    else if (!movable) return;
    else if (event.key in STEPS) go(way() + stepOf(STEPS[event.key], step, isFine() || event.shiftKey));
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(1);
    else if ((event.key === "Delete" || event.key === "Backspace") && reset) { reset(); show(); }
    else return;
    event.preventDefault();
  });
  show();
  return { element, show };
}

/* An arrow goes on by one where only whole numbers are. */
function stepOf(share, whole, fine) {
  if (whole && Math.abs(share) < 0.1) return Math.sign(share) * whole;
  return share * (fine ? 0.1 : 1);
}

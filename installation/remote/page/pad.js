/* A pad: two values under one finger, beside their two faders.

   pairs(addresses)                  which belong together: azimuth with distance or elevation, x with y, also behind a name (bell_x, bell_y)
   pad(app, pair, scope)             the pad with its faders below
*/
import { control, nameOf } from "./control.js";
import { el, mark } from "./dom.js";
import { follow, isFine } from "./gesture.js";
import { at, hasRange, position } from "./scale.js";

const PARTNERS = [["azimuth", "distance", "polar"], ["azimuth", "elevation", "sky"], ["x", "y", "floor"]];

export function pairs(app, addresses) {
  const taken = new Set(), found = [];
  for (const [first, second, shape] of PARTNERS) {
    for (const address of addresses) {
      const name = address.split("/").pop();
      const before = name === first ? "" : name.endsWith(`_${first}`) ? name.slice(0, -first.length) : null;
      if (before === null || taken.has(address)) continue;
      const other = address.slice(0, -name.length) + before + second;
      if (!addresses.includes(other) || taken.has(other) || ![address, other].every((each) => isNumber(app, each))) continue;
      taken.add(address).add(other);
      found.push({ shape, first: address, second: other, label: before ? before.slice(0, -1).replaceAll("_", " ") : shape });
    }
  }
  return { pads: found, rest: addresses.filter((address) => !taken.has(address)) };
}

function isNumber(app, address) {
  const declaration = app.tree.declarations[address];
  return declaration.kind === "float" && declaration.access !== "read" && hasRange(declaration);
}

export function pad(app, { shape, first, second, label }, scope) {
  const { tree } = app;
  const one = tree.declarations[first], two = tree.declarations[second];
  const movable = tree.isMovable(first) && tree.isMovable(second);
  const dot = el("span", { class: "dot" });
  const title = label === shape ? app.say(shape) : label;
  const surface = el("div", { class: `surface ${shape}`, role: "application", tabindex: "0", "aria-roledescription": app.say("pad"),
    "aria-label": `${title}: ${nameOf(first)}, ${nameOf(second)}. ${app.say("pad_keys")}`, "aria-disabled": movable ? null : "true" }, dot);
  let here = null, size = 1;

  /* Both ways: from the two values to a place in the unit square, right and up, and back. */
  const place = () => {
    const a = Number(tree.values[first]), b = Number(tree.values[second]);
    if (shape !== "polar") return [shape === "sky" ? 1 - position(a, one) : position(a, one), position(b, two)];
    const far = position(b, two) / 2, turn = a * Math.PI / 180;
    return [0.5 - far * Math.sin(turn), 0.5 + far * Math.cos(turn)];
  };
  const send = ([x, y]) => {
    if (shape !== "polar") {
      tree.set(first, at(shape === "sky" ? 1 - x : x, one));
      tree.set(second, at(y, two));
      return;
    }
    const right = x - 0.5, ahead = y - 0.5, far = Math.min(1, Math.hypot(right, ahead) * 2);
    if (far > 0.01) tree.set(first, fitAngle(-Math.atan2(right, ahead) * 180 / Math.PI, one));
    tree.set(second, at(far, two));
  };
  const show = () => {
    const [x, y] = here ?? place();
    dot.style.left = `${x * 100}%`;
    dot.style.top = `${(1 - y) * 100}%`;
  };
  const move = (dx, dy) => {
    const [x, y] = here ?? place();
    const to = [Math.min(1, Math.max(0, x + dx)), Math.min(1, Math.max(0, y + dy))];
    if (here) here = to;
    send(to);
    show();
  };

  follow(surface, scope, {
    axis: "both",
    start: () => { if (movable) { here = place(); size = surface.clientWidth || 1; mark(surface, "data-finger", ""); } },
    move: (dx, dy) => here && move(dx / size, -dy / size),
    end: () => { here = null; mark(surface, "data-finger", null); show(); },
    double: movable ? () => { tree.set(first, one.default); tree.set(second, two.default); } : undefined,
  });
  scope.on(surface, "keydown", (event) => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !movable) return;
    event.preventDefault();
    const step = isFine() || event.shiftKey ? 0.002 : 0.02;
    move(way[0] * step, way[1] * step);
  });
  tree.watch(first, show, scope);
  tree.watch(second, show, scope);
  show();
  return el("div", { class: "pad" }, el("h3", {}, title), surface,
    el("div", { class: "rows" }, control(app, first, scope), control(app, second, scope)));
}

/* The same direction, said within the range that the parameter has. */
export function fitAngle(degrees, { low, high }) {
  for (const turned of [degrees, degrees + 360, degrees - 360]) if (turned >= low && turned <= high) return turned;
  return degrees;
}

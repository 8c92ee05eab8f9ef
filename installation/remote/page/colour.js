/* A colour: its swatch, and three bars for hue, saturation and brightness. */
import { el } from "./dom.js";
import { bar } from "./fader.js";
import { sheetFor } from "./parameter.js";
import { number } from "./scale.js";

export function colour(app, address, scope, label) {
  const { tree } = app;
  const declaration = tree.declarations[address];
  const movable = tree.isMovable(address);
  const swatch = el("button", { class: "swatch", "aria-label": label, onclick: () => sheetFor(app, address, label) });
  let hsv = [0, 0, 0], sent = "";
  const send = (index, to) => {
    hsv[index] = to;
    const rgb = toRgb(hsv);
    sent = rgb.join();
    tree.set(address, rgb);
  };
  const bars = ["hue", "saturation", "brightness"].map((name, index) => bar(scope, {
    label: app.say(name), movable, slim: true, way: () => hsv[index], send: (to) => send(index, to),
    figure: () => (index ? [number(hsv[index] * 100, 0, app.language), "%"] : [number(hsv[0] * 360, 0, app.language), "°"]),
    reset: () => tree.set(address, declaration.default), hold: () => sheetFor(app, address, label),
  }));
  const show = (rgb) => {
    const value = rgb ?? [0, 0, 0];
    if (value.join() !== sent) hsv = toHsv(value, hsv);      // our own keeps its hue, also where it is black or grey
    swatch.style.backgroundColor = css(value);
    for (const each of bars) each.show();
  };
  tree.watch(address, show, scope);
  show(tree.values[address]);
  return el("div", { class: "colour", role: "group", "aria-label": label },
    el("div", { class: "head" }, el("span", { class: "name" }, label), swatch), bars.map((each) => each.element));
}

export function css([red, green, blue]) {
  return `rgb(${Math.round(red * 255)} ${Math.round(green * 255)} ${Math.round(blue * 255)})`;
}

export function toRgb([hue, saturation, brightness]) {
  const part = (n) => {
    const k = (n + hue * 6) % 6;
    return brightness - brightness * saturation * Math.max(0, Math.min(k, 4 - k, 1));
  };
  return [part(5), part(3), part(1)];
}

export function toHsv([red, green, blue], former = [0, 0, 0]) {
  const high = Math.max(red, green, blue), span = high - Math.min(red, green, blue);
  if (!high) return [former[0], former[1], 0];
  if (!span) return [former[0], 0, high];
  const hue = high === red ? ((green - blue) / span + 6) % 6 : high === green ? (blue - red) / span + 2 : (red - green) / span + 4;
  return [hue / 6, span / high, high];
}

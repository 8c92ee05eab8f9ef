/* The plan of the room, in metres, seen from above: what stands still once, what moves as often as the engine tells it.

   new Plan(app, scope)     .element is an SVG; app.plan and app.now are drawn into it
   x to the right, y ahead; ahead is up. A source whose place a parameter moves follows the finger, or the arrow keys.
*/
import { css } from "./colour.js";
import { mark, svg, write } from "./dom.js";
import { number } from "./scale.js";
import { moveSource, placeOf, wayOf } from "./source.js";

const LOUD = [-60, 0];           // dBFS, from nothing to the whole arc
const HOT = -3;                  // dBFS
const EDGE = [26, 44];           // px beside the floor, and above and below, for what hangs on the walls
const ARC = { radius: 21, from: 135, whole: 270 };
const SPOKEN = 1000;             // ms between two changes of what a screen reader finds
const MANY = 10;                 // lamps, from which their names would hide the room

export class Plan {
  #app;
  #scope;
  #inside = null;
  #parts = { speakers: [], lamps: new Map(), sensors: new Map(), sources: new Map(), visitors: [] };
  #layer = {};
  #spoken = 0;
  #late = false;                                  // to be drawn anew once the finger is lifted

  constructor(app, scope) {
    this.#app = app;
    this.#scope = scope;
    this.element = svg("svg", { class: "plan", role: "group", "aria-label": app.say("plan_of") });
    const size = new ResizeObserver(() => this.draw());
    size.observe(this.element);
    scope.add(() => size.disconnect());
    app.on("plan", () => this.draw(), scope);
    app.watch("now", (now) => this.move(now), scope);
  }

  /* Metres to pixels, and the length of a metre. */
  at(x, y) {
    return [this.middle[0] + x * this.metre, this.middle[1] - y * this.metre];
  }

  draw() {
    const { plan } = this.#app;
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!plan || !width || !height) return;
    this.#late = [...this.#parts.sources.values()].some(({ finger }) => finger);
    if (this.#late) return;                       // what is under a finger is not taken away
    this.#inside?.close();
    this.#inside = this.#scope.child();
    this.metre = Math.min((width - 2 * EDGE[0]) / plan.size[0], (height - 2 * EDGE[1]) / plan.size[1]);
    this.middle = [width / 2, height / 2];
    const reach = plan.loudspeakers.map(({ x, y }) => Math.hypot(x, y));
    this.reach = reach.length ? reach.reduce((sum, each) => sum + each, 0) / reach.length : Math.min(...plan.size) / 2;
    for (const name of ["floor", "lamps", "sensors", "speakers", "visitors", "sources"]) this.#layer[name] = svg("g");
    this.#parts = { speakers: [], lamps: new Map(), sensors: new Map(), sources: new Map(), visitors: [] };
    mark(this.element, "viewBox", `0 0 ${width} ${height}`);
    this.element.replaceChildren(...Object.values(this.#layer));
    this.#floor(plan.size);
    for (const lamp of plan.lamps) this.#lamp(lamp, plan.lamps.length < MANY);
    for (const sensor of plan.sensors) this.#sensor(sensor);
    for (const speaker of plan.loudspeakers) this.#speaker(speaker);
    if (this.#app.now) this.move(this.#app.now);
  }

  /* A finger has been lifted from a source. */
  lifted() {
    if (this.#late) this.draw();
  }

  move(now) {
    if (!this.metre) return;
    const spoken = performance.now() - this.#spoken > SPOKEN;
    if (spoken) this.#spoken = performance.now();
    for (const { output, group, level, name } of this.#parts.speakers) {
      const peak = now.levels[output - 1] ?? -Infinity;
      const share = Math.min(1, Math.max(0, (peak - LOUD[0]) / (LOUD[1] - LOUD[0])));
      mark(level, "d", share > 0 ? arc(share) : "");
      mark(group, "data-hot", peak > HOT ? "" : null);
      if (!spoken) continue;
      const loud = peak > -Infinity ? `${number(peak, 0, this.#app.language)} dBFS` : this.#app.say("silent");
      mark(group, "aria-label", `${this.#app.say("loudspeaker")} ${name}, ${loud}`);
    }
    for (const [name, { body, glows }] of this.#parts.lamps) {
      const colour = now.lamps[name] ?? [0, 0, 0];
      const fill = css(colour);
      mark(body, "fill", fill);
      const light = Math.max(...colour);
      for (const [glow, share] of glows) { mark(glow, "fill", fill); mark(glow, "opacity", (light * share).toFixed(3)); }
    }
    for (const [name, { group }] of this.#parts.sensors) {
      const fresh = Object.entries(now.sensors).filter(([field]) => field.startsWith(`${name}.`)).map(([, [, how]]) => how);
      mark(group, "data-fresh", fresh.includes("fresh") ? "fresh" : fresh.includes("stale") ? "stale" : "absent");
    }
    this.#visitors(now.visitors);
    this.#sources(now.sources);
  }

  #floor([width, depth]) {
    const { floor } = this.#layer;
    const [left, top] = this.at(-width / 2, depth / 2), [right, bottom] = this.at(width / 2, -depth / 2);
    floor.append(svg("rect", { class: "floor", x: left, y: top, width: right - left, height: bottom - top, rx: 4 }));
    const step = Math.max(width, depth) > 30 ? 5 : 1;
    for (let x = Math.ceil(-width / 2 / step) * step; x <= width / 2; x += step) floor.append(line(this.at(x, depth / 2), this.at(x, -depth / 2)));
    for (let y = Math.ceil(-depth / 2 / step) * step; y <= depth / 2; y += step) floor.append(line(this.at(-width / 2, y), this.at(width / 2, y)));
    const [x, y] = this.at(0, 0);
    floor.append(svg("path", { class: "middle", d: `M${x - 9} ${y}h18M${x} ${y - 9}v18` }),
      text(x, top - 26, `↑ ${this.#app.say("ahead")}`),
      text(right, bottom + 34, `${number(width, 1, this.#app.language)} × ${number(depth, 1, this.#app.language)} m`, "end"));
  }

  #lamp({ name, x, y }, named) {
    const [left, top] = this.at(x, y);
    const glows = [[46, 0.16], [28, 0.3]].map(([radius, share]) => [svg("circle", { cx: left, cy: top, r: radius, opacity: 0 }), share]);
    const body = svg("circle", { class: "lamp-glow", cx: left, cy: top, r: 13, fill: "#000" });
    this.#layer.lamps.append(svg("g", { role: "img", "aria-label": `${this.#app.say("lamp")} ${name}` }, glows.map(([glow]) => glow), body,
      named ? text(left, top + 30, name) : null));
    this.#parts.lamps.set(name, { body, glows });
  }

  #sensor({ name, x, y, points }) {
    const [left, top] = this.at(x, y);
    const group = svg("g", { class: "sensor", role: "img", "aria-label": `${this.#app.say("sensor")} ${name}` },
      svg("rect", { class: "body", x: left - 8, y: top - 8, width: 16, height: 16, transform: `rotate(45 ${left} ${top})` }), text(left, top + 28, name));
    for (const [field, [px, py]] of Object.entries(points)) {
      const [cx, cy] = this.at(px, py);
      group.append(svg("circle", { class: "middle", cx, cy, r: 7 }), svg("circle", { class: "middle", cx, cy, r: 2 }), text(cx, cy + 24, field));
    }
    this.#layer.sensors.append(group);
    this.#parts.sensors.set(name, { group });
  }

  #speaker({ name, output, x, y }) {
    const [left, top] = this.at(x, y);
    const level = svg("path", { class: "level" });
    const group = svg("g", { class: "speaker", role: "img", "aria-label": `${this.#app.say("loudspeaker")} ${name}`, transform: `translate(${left} ${top})` },
      svg("circle", { class: "case", r: 16 }), level, text(0, 4.5, output), y > 0 ? text(0, -28, name) : text(0, 38, name));
    this.#layer.speakers.append(group);
    this.#parts.speakers.push({ output, name, group, level });
  }

  #visitors(places) {
    const { visitors } = this.#parts;
    while (visitors.length < Math.min(places.length, 200)) {
      const one = svg("g", { class: "visitor", "aria-hidden": "true" }, svg("circle", { r: 7, cy: -7 }), svg("path", { d: "M-11 14a11 11 0 0 1 22 0z" }));
      visitors.push(one);
      this.#layer.visitors.append(one);
    }
    while (visitors.length > places.length) visitors.pop().remove();
    visitors.forEach((one, index) => mark(one, "transform", translated(this.at(...places[index]))));
  }

  #sources(told) {
    const { sources } = this.#parts;
    const here = new Set();
    for (const source of told) {
      const kind = this.#app.plan.sources.find(({ id }) => id === (source.of ?? source.id));
      if (!kind) continue;
      here.add(source.id);
      if (!sources.has(source.id)) sources.set(source.id, this.#source(kind));
      const part = sources.get(source.id);
      part.told = source;
      if (!part.finger) this.#put(part, placeOf(source, this.reach));
    }
    for (const [id, part] of sources) if (!here.has(id) && !part.finger) { part.scope.close(); part.group.remove(); sources.delete(id); }
  }

  #source(kind) {
    const scope = this.#inside.child();
    const way = wayOf(this.#app, kind);
    const halo = svg("circle", { class: "halo", r: 18 });
    const label = [kind.scene, kind.voice ?? kind.label].filter(Boolean).join(" · ");
    const group = svg("g", { class: way ? "source movable" : "source", role: way ? "application" : "img", tabindex: way ? "0" : null,
      "aria-label": way ? `${label}. ${this.#app.say("source_keys")}` : label },
    halo, svg("circle", { class: "core", r: way ? 15 : kind.voice ? 6 : 10 }), kind.voice ? null : text(0, -20, kind.label));
    this.#layer.sources.append(group);
    const part = { group, halo, scope, told: null, finger: null };
    if (way) moveSource(this.#app, this, part, way, (place) => this.#put(part, place));
    return part;
  }

  #put({ group, halo, told }, place) {
    mark(group, "transform", translated(this.at(...place)));
    mark(halo, "r", Math.round(18 + 26 * Math.max(0, Math.min(1, ((told?.level ?? -40) + 60) / 60))));
  }
}

function translated([x, y]) {
  return `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
}

function line([x1, y1], [x2, y2]) {
  return svg("line", { class: "grid", x1, y1, x2, y2 });
}

function text(x, y, words, anchor) {
  const element = svg("text", { x, y, "text-anchor": anchor });
  write(element, String(words));
  return element;
}

function arc(share) {
  const point = (degrees) => [Math.cos, Math.sin].map((axis) => (axis(degrees * Math.PI / 180) * ARC.radius).toFixed(1)).join(" ");
  return `M${point(ARC.from)}A${ARC.radius} ${ARC.radius} 0 ${share * ARC.whole > 180 ? 1 : 0} 1 ${point(ARC.from + share * ARC.whole)}`;
}

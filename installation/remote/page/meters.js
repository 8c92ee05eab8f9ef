/* Level meters of the outputs: the peak now, the highest of the last moments, and the figure. */
import { el, icon, mark, write } from "./dom.js";
import { number } from "./scale.js";

const LOWEST = -60, HOT = -3;    // dBFS
const SOUNDS = 3;                // s for which an output is heard alone, to know it
const HELD = 1500;               // ms for which a peak stands
const FIGURES = 250;             // ms between two figures: faster ones cannot be read

export function meters(app, scope) {
  const box = el("div", { class: "meters" });
  let rows = [], written = 0;
  const build = () => {
    rows = (app.plan?.loudspeakers ?? []).map(({ name, output }) => {
      const bar = el("span", { class: "bar" }), peak = el("span", { class: "peak" }), figure = el("span", { class: "figure" });
      const element = el("div", { class: "meter", role: "meter", "aria-label": name, "aria-valuemin": LOWEST, "aria-valuemax": 0, "aria-valuenow": LOWEST },
        el("span", { class: "name" }, `${output} · ${name}`), el("span", { class: "track" }, bar, peak), figure);
      const hear = app.offers("sound.identify") ? el("button", { class: "key quiet", "aria-label": app.say("identify_output", name),
        onclick: () => app.ask("sound.identify", { output, seconds: SOUNDS }) }, icon("quiet")) : null;
      const line = el("div", { class: "output" }, element, hear);
      return { output, line, element, bar, peak, figure, highest: -Infinity, until: 0 };
    });
    box.replaceChildren(...rows.map(({ line }) => line));
  };
  const move = (now) => {
    const time = performance.now(), figures = time - written > FIGURES;
    if (figures) written = time;
    for (const row of rows) {
      const level = now.levels[row.output - 1] ?? -Infinity;
      if (level >= row.highest || time > row.until) { row.highest = level; row.until = time + HELD; }
      row.bar.style.transform = `scaleX(${share(level)})`;
      row.peak.style.left = `${share(row.highest) * 100}%`;
      mark(row.element, "data-hot", row.highest > HOT ? "" : null);
      if (!figures) continue;
      const words = row.highest > LOWEST ? `${number(row.highest, 0, app.language)} dBFS` : "–";
      write(row.figure, words);
      mark(row.element, "aria-valuenow", Math.max(LOWEST, Math.round(row.highest)));
      mark(row.element, "aria-valuetext", words);
    }
  };
  app.on("plan", build, scope);
  app.watch("now", move, scope);
  build();
  return box;
}

function share(level) {
  return Math.min(1, Math.max(0, (level - LOWEST) / -LOWEST));
}

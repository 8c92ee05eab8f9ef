/* Light: how bright each lamp and group may be, blackout, and which lamp is which. */
import { control } from "../control.js";
import { css } from "../colour.js";
import { el, icon, key, mark } from "../dom.js";
import { lazily } from "../lazy.js";

const SHOWN = 5;               // s for which a lamp shows itself

export function light(app, scope) {
  const view = el("div", { class: "light" });
  const swatches = new Map();
  let inside = scope.child();
  const build = () => {
    inside.close();
    inside = scope.child();
    swatches.clear();
    view.replaceChildren(...parts(app, inside, swatches));
  };
  app.on("plan", build, scope);
  app.watch("now", (now) => {
    for (const [name, swatch] of swatches) swatch.style.backgroundColor = css(now.lamps?.[name] ?? [0, 0, 0]);
  }, scope);
  build();
  return view;
}

function parts(app, scope, swatches) {
  const masters = app.tree.under("/light/").filter((address) => address.endsWith("/level"));
  if (!masters.length) return [el("p", { class: "empty" }, app.say("no_lamps"))];
  const lamps = new Map((app.plan?.lamps ?? []).map((lamp) => [`/light/${part(lamp.name)}/level`, lamp.name]));
  const names = new Map((app.plan?.lamps ?? []).flatMap((lamp) => lamp.groups).map((group) => [`/light/${part(group)}/level`, group]));
  const groups = masters.filter((address) => !lamps.has(address));
  const card = (title, addresses) => {
    const rows = el("div", { class: "rows lamps" });
    lazily(scope, rows, addresses.map((address) => (own) => row(app, address, lamps.get(address), names.get(address), swatches, own)));
    return el("section", { class: "card" }, el("h2", {}, app.say(title)), rows);
  };
  return [blackout(app, scope), groups.length ? card("groups", groups) : "", lamps.size ? card("lamps", masters.filter((address) => lamps.has(address))) : ""];
}

/* A group has no lamp of its own, and no swatch. */
function row(app, address, lamp, group, swatches, own) {
  const name = lamp ?? group ?? address.split("/")[2].replaceAll("_", " ");
  const swatch = lamp ? el("span", { class: "glow", "aria-hidden": "true" }) : null;
  if (swatch) {
    swatches.set(lamp, swatch);
    own.add(() => swatches.delete(lamp));
  }
  const show = app.offers("light.identify")
    ? key(icon("point"), () => app.ask("light.identify", { name, seconds: SHOWN }), { class: "key point", label: app.say("identify_lamp", name) }) : null;
  return el("div", { class: "lamp" }, ...[swatch, control(app, address, own, name), show].filter(Boolean));
}

/* All lamps dark, within half a second, whatever plays; and back. */
function blackout(app, scope) {
  if (!app.offers("light.blackout")) return "";
  let isDark = false;
  const dark = key(app.say("blackout"), () => app.ask("light.blackout", { on: !isDark }), { class: "key big", "aria-pressed": "false" });
  app.on("now", ({ blackout: on }) => {
    isDark = Boolean(on);
    mark(dark, "aria-pressed", String(isDark));
  }, scope);
  return dark;
}

/* A person's words as one part of an address, as the engine makes them. */
function part(name) {
  return name.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").trim().replace(/[^A-Za-z0-9_.+-]+/g, "_").replace(/^_+|_+$/g, "").toLowerCase() || "_";
}

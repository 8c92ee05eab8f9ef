/* Tune: every parameter of the scenes that play, each as its control; the other scenes below, folded. */
import { control, nameOf } from "../control.js";
import { el, icon, key, mark, write } from "../dom.js";
import { onFine, setFine } from "../gesture.js";
import { lazily } from "../lazy.js";
import { pad, pairs } from "../pad.js";
import { number } from "../scale.js";
import { turn } from "./presets.js";

const ELSEWHERE = ["/scene/", "/sensor/", "/light/", "/score/", "/system/", "/room/", "/preset/", "/history/"];   // these have views of their own
const MANY = 12;                 // parameters from which a scene gets a field to find one

export function tune(app, scope) {
  const { tree } = app;
  const view = el("div", { class: "tune" });
  const layers = tree.under("/score/").filter((address) => address.endsWith("/scene"));
  const playing = () => [...new Set(layers.map((address) => tree.values[address]))].filter((name) => tree.under(`/scene/${name}/`).length);
  let inside = scope.child(), stands = "";

  const build = () => {
    const here = playing();
    if (here.join() === stands && view.childElementCount) return;
    stands = here.join();
    inside.close();
    inside = scope.child();
    const others = tree.names("/scene/").filter((name) => !here.includes(name));
    const rest = Object.keys(tree.declarations).filter((address) => !ELSEWHERE.some((beginning) => address.startsWith(beginning)));
    view.replaceChildren(
      ...here.map((name) => sceneCard(app, name, inside, true)),
      here.length ? "" : el("p", { class: "empty" }, app.say("nothing_plays")),
      others.length ? el("h2", { class: "between" }, app.say("other_scenes")) : "",
      ...others.map((name) => sceneCard(app, name, inside, false)),
      ...(rest.length ? [folded(app, app.say("elsewhere"), inside, (body, open) => fill(app, body, rest, open))] : []),
      thumb(app, inside));
  };
  for (const address of layers) tree.watch(address, build, scope);
  build();
  return view;
}

function sceneCard(app, name, scope, isOpen) {
  const addresses = app.tree.under(`/scene/${name}/`);
  const told = addresses.filter((address) => app.tree.declarations[address].access === "read");
  const moved = addresses.filter((address) => !told.includes(address));
  const title = name.replaceAll("_", " ");
  if (!isOpen) return folded(app, title, scope, (body, open) => fill(app, body, moved, open));
  const body = el("div", { class: "fill" });
  fill(app, body, moved, scope);
  return el("section", { class: "card", "aria-label": title }, el("header", {}, el("h2", {}, title), readouts(app, told, scope)), body);
}

/* A scene that is folded costs nothing: what is in it comes when it is unfolded, and goes when it is folded. */
function folded(app, title, scope, make) {
  const body = el("div", { class: "fill" });
  let open = null;
  const box = el("details", { class: "card", ontoggle: () => {
    open?.close();
    open = null;
    body.replaceChildren();
    if (box.open) make(body, open = scope.child());
  } }, el("summary", {}, el("h2", {}, title), icon("open")), body);
  return box;
}

function fill(app, body, addresses, scope) {
  const { pads, rest } = pairs(app, addresses);
  const rows = el("div", { class: "rows" });
  const show = (wanted) => {
    rows.replaceChildren();
    const inside = scope.child();
    lazily(inside, rows, rest.filter((address) => nameOf(address).toLowerCase().includes(wanted)).map((address) => (own) => control(app, address, own)));
    return inside;
  };
  if (addresses.length > MANY) {
    let shown = null;
    body.append(el("input", { type: "search", class: "find", placeholder: app.say("find"), "aria-label": app.say("find"), oninput: (event) => {
      shown.close();
      shown = show(event.target.value.trim().toLowerCase());
    } }));
    shown = show("");
  } else show("");
  if (pads.length) body.append(el("div", { class: "pads" }, pads.map((pair) => pad(app, pair, scope))));
  body.append(rows);
}

/* What the engine tells of a scene: how many voices play, how much of the sound's time it takes. */
function readouts(app, addresses, scope) {
  return el("p", { class: "told" }, addresses.map((address) => {
    const [last, voice] = address.split("/").reverse();
    const words = el("span");
    const show = (value) => write(words, last === "load" ? app.say("load", number((value ?? 0) * 100, 1, app.language))
      : last === "playing" ? app.say("voices", voice, value ?? 0) : `${nameOf(address)} ${app.text(address)}`);
    app.tree.watch(address, show, scope);
    show(app.tree.values[address]);
    return words;
  }));
}

/* What the thumb reaches: take back, do again, and the fine mode. */
function thumb(app, scope) {
  const fine = key(app.say("fine"), () => setFine(fine.getAttribute("aria-pressed") !== "true"));
  onFine((on) => mark(fine, "aria-pressed", on ? "true" : "false"), scope);
  scope.add(() => setFine(false));
  const steps = ["undo", "redo"].filter((name) => app.offers(`history.${name}`));
  return el("div", { class: "thumb" }, steps.map((name) => key(icon(name), () => turn(app, name), { label: app.say(name) })), fine);
}

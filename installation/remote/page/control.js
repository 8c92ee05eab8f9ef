/* The right control for a value, by its declaration, with all that belongs to it: what moves it, who holds it, the way to its sheet.

   control(app, address, scope)     an element; live until the scope ends
   nameOf(address)                  "/scene/tide/root_note" → "root note"
*/
import { choice } from "./choice.js";
import { colour } from "./colour.js";
import { el, icon, mark, write } from "./dom.js";
import { fader } from "./fader.js";
import { sheetFor } from "./parameter.js";
import { hasRange } from "./scale.js";
import { figure, toggle, trigger, wording } from "./simple.js";

export function nameOf(address) {
  return address.split("/").pop().replaceAll("_", " ");
}

export function control(app, address, scope, label = nameOf(address)) {
  const declaration = app.tree.declarations[address];
  const part = kindOf(declaration)(app, address, scope, label);
  const row = el("div", { class: "row", "data-address": address }, part);
  if (declaration.access !== "read" && (declaration.kind !== "trigger" || app.offers("midi.learn"))) {
    row.append(el("button", { class: "key quiet more", "aria-label": app.say("more_of", label), onclick: () => sheetFor(app, address, label) }, icon("more")));
  }
  const movers = app.tree.movedBy[address] ?? [];
  const movable = app.tree.isMovable(address);
  mark(row, "data-locked", movable ? null : "");
  if (movers.length) row.append(caption(app, address, scope, movers));
  const holder = () => mark(row, "data-holder", holderOf(app, address)?.priority ?? (movers.length ? "mapping" : null));
  app.tree.watch(address, holder, scope);
  holder();
  return row;
}

export function holderOf(app, address) {
  const holder = app.tree.holders[address];
  if (!holder) return null;
  const [priority, origin, en, fr] = holder;
  return { priority, origin, isMine: priority === "hand" && origin === app.hello.origin, words: { en, fr } };
}

/* In words: who holds it, for the caption, the sheet and the screen reader. */
export function heldWords(app, address) {
  const holder = holderOf(app, address);
  if (!holder) return "";
  return holder.isMine ? app.say("held_by_you") : app.say("held_by", app.pick(holder.words) || holder.origin);
}

function caption(app, address, scope, movers) {
  const words = el("span", { class: "movers" });
  const key = el("button", { class: "key small", onclick: () => {
    if (holderOf(app, address)?.priority === "hand") app.tree.release(address);
    else app.tree.set(address, app.tree.values[address]);
  } });
  const show = () => {
    const byHand = holderOf(app, address)?.priority === "hand";
    write(words, byHand ? heldWords(app, address) : app.say("moved_by", movers.join(" · ")));
    write(key, app.say(byHand ? "let_go" : "take"));
    mark(key, "aria-label", `${app.say(byHand ? "let_go" : "take")}: ${nameOf(address)}`);
    key.disabled = !app.tree.isMovable(address);
  };
  app.tree.watch(address, show, scope);
  show();
  return el("div", { class: "caption" }, icon("mapping"), words, key);
}

function kindOf(declaration) {
  const movable = declaration.access !== "read";
  switch (declaration.kind) {
    case "trigger": return trigger;
    case "bool": return toggle;
    case "colour": return colour;
    case "text": return movable && declaration.choices.length ? choice : wording;
    default: return movable && hasRange(declaration) ? fader : figure;
  }
}

/* The sheet of one value: what it is, its number to type with its unit, back to its default, what moves it, who holds it, MIDI. */
import { control, heldWords, holderOf } from "./control.js";
import { el, key, write } from "./dom.js";
import { text, typed } from "./scale.js";
import { sheet } from "./sheet.js";

export function sheetFor(app, address, label) {
  const { tree } = app;
  const declaration = tree.declarations[address];
  const movable = tree.isMovable(address);
  sheet(app, label, (body, scope, close) => {
    const about = app.pick(declaration.about);
    if (about) body.append(el("p", {}, about));
    body.append(el("p", { class: "address" }, address));
    if (movable && ["float", "int"].includes(declaration.kind)) body.append(numberForm(app, address, close));
    if (movable && declaration.kind === "text" && !declaration.choices.length) body.append(textForm(app, address, close));
    if (movable && declaration.kind !== "trigger") {
      body.append(key(app.say("to_default", valueWords(app, declaration.default, declaration)), () => { tree.set(address, declaration.default); close(); }));
    }
    const held = el("p", { class: "held" }), release = key(app.say("let_go"), () => tree.release(address));
    const show = () => {
      const moved = (tree.movedBy[address] ?? []).join(" · ");
      write(held, [moved && app.say("moved_by", moved), heldWords(app, address)].filter(Boolean).join(". "));
      held.hidden = !held.textContent;
      release.hidden = !movable || holderOf(app, address)?.priority !== "hand";
    };
    tree.watch(address, show, scope);
    show();
    body.append(held, release);
    if (movable && app.offers("midi.learn")) body.append(key(app.say("midi_learn"), async () => {
      close();
      app.said(app.say("midi_touch", label));
      const learnt = await app.ask("midi.learn", { address });
      if (learnt) app.said(app.say("midi_learnt", learnt.device, learnt.control, label));
    }));
    if (movable && app.offers("midi.forget")) body.append(key(app.say("midi_forget"), async () => {
      const gone = await app.ask("midi.forget", { address });
      if (gone !== undefined) app.said(app.say("midi_forgotten", label));
      close();
    }));
  });
}

export function valueWords(app, value, declaration) {
  if (declaration.kind === "bool") return app.say(value ? "on" : "off");
  if (declaration.kind === "colour") return `${value.map((part) => Math.round(part * 100)).join(" / ")} %`;
  return typeof value === "number" ? text(value, declaration, app.language) : String(value);
}

function numberForm(app, address, close) {
  const { tree } = app;
  const declaration = tree.declarations[address];
  const range = [declaration.low, declaration.high].map((end) => (end === null ? "" : text(end, declaration, app.language)));
  const wrong = el("p", { class: "wrong", id: "wrong-number", role: "alert" });
  const field = el("input", { type: "text", inputmode: "text", autocomplete: "off", autofocus: true, enterkeyhint: "done", "aria-describedby": "wrong-number",
    value: text(tree.values[address], declaration, app.language) });
  field.onfocus = () => field.select();
  return el("form", { class: "entry", onsubmit: (event) => {
    event.preventDefault();
    const value = typed(field.value, declaration);
    if (value !== null) { tree.set(address, value); close(); return; }
    write(wrong, app.say("not_a_number", text(declaration.default, declaration, app.language)));
    field.setAttribute("aria-invalid", "true");
  } }, el("label", {}, app.say("value"), range.some(Boolean) ? el("small", {}, app.say("range", ...range)) : null, field),
  el("button", { class: "key main", type: "submit" }, app.say("set")), wrong);
}

function textForm(app, address, close) {
  const field = el("input", { type: "text", maxlength: 200, autofocus: true, autocomplete: "off", value: app.tree.values[address] ?? "" });
  return el("form", { class: "entry", onsubmit: (event) => {
    event.preventDefault();
    app.tree.set(address, field.value);
    close();
  } }, el("label", {}, app.say("value"), field), el("button", { class: "key main", type: "submit" }, app.say("set")));
}

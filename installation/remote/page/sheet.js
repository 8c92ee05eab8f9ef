/* A sheet: what comes up over the view for one thing, holds the focus while it is there, and goes by Escape, its key, or a touch beside it. */
import { el, icon, key, Scope } from "./dom.js";

let count = 0;

/* fill(body, scope, close) puts its content in; returns what closes it. */
export function sheet(app, title, fill) {
  const scope = new Scope();
  const heading = `sheet-${++count}`;
  const body = el("div", { class: "body" });
  const box = el("dialog", { class: "sheet", "aria-labelledby": heading },
    el("header", {}, el("h2", { id: heading }, title), key(icon("close"), () => box.close(), { class: "key quiet", label: app.say("close") })), body);
  const gone = () => { scope.close(); box.remove(); };
  box.onclose = gone;
  let beside = false;                             // a finger that was down before the sheet came up, and is lifted now, closes nothing
  box.onpointerdown = (event) => { beside = event.target === box && isBeside(box, event); };
  box.onclick = (event) => { if (beside && isBeside(box, event)) box.close(); };
  const leave = () => { box.open ? box.close() : gone(); };
  fill(body, scope, leave);
  document.body.append(box);
  box.showModal();
  return leave;
}

function isBeside(box, { clientX, clientY }) {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

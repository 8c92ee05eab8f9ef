/* One word of a few: keys side by side while they are few, a list when they are many. */
import { el, mark } from "./dom.js";

const FEW = 6;

export function choice(app, address, scope, label) {
  const { tree } = app;
  const { choices } = tree.declarations[address];
  return choices.length > FEW ? list(app, address, scope, label) : keys(scope, {
    label, choices: choices.map((word) => [word, word]), movable: tree.isMovable(address), value: () => tree.values[address],
    choose: (word) => tree.set(address, word), watch: (show) => tree.watch(address, show, scope),
  });
}

/* A group of which one is chosen; arrow keys go from one to the next. choices: [value, words] each. */
export function keys(scope, { label, choices, movable = true, value, choose, watch = () => {} }) {
  const buttons = choices.map(([word, words]) => el("button", { class: "key", role: "radio", "data-value": word, "aria-disabled": movable ? null : "true",
    onclick: () => { if (movable) { choose(word); show(); } } }, words));
  const show = () => {
    const here = choices.findIndex(([word]) => word === value());
    buttons.forEach((button, index) => {
      mark(button, "aria-checked", index === here ? "true" : "false");
      button.tabIndex = index === Math.max(0, here) ? 0 : -1;
    });
  };
  const group = el("div", { class: "keys", role: "radiogroup", "aria-label": label }, buttons);
  scope.on(group, "keydown", (event) => {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(document.activeElement) + way + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  watch(show);
  show();
  return el("div", { class: "choice" }, el("span", { class: "name" }, label), group);
}

function list(app, address, scope, label) {
  const { tree } = app;
  const menu = el("select", { "aria-label": label, onchange: () => tree.set(address, menu.value) },
    tree.declarations[address].choices.map((word) => el("option", { value: word }, word)));
  menu.disabled = !tree.isMovable(address);
  const show = (value) => { if (menu.value !== value) menu.value = value; };
  tree.watch(address, show, scope);
  show(tree.values[address]);
  return el("label", { class: "choice" }, el("span", { class: "name" }, label), menu);
}

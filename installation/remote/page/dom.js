/* Elements and lifetimes.

   el("button", {class: "key", onclick: press, "aria-label": name}, "text", child)   makes an element
   key("Save", save), key(icon("more"), open, {label: "more"})                       a key to press
   icon("room")                                                                      one of icons.svg
   new Scope()         what a view has begun: listeners, timers, watches; close() ends all of it, and its children's
*/

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/* A key: what is on it, and what a press does. label: what it is called where an icon stands on it. */
export function key(face, press, { label, ...attributes } = {}) {
  return el("button", { class: "key", onclick: press, "aria-label": label, ...attributes }, face);
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) element.setAttribute(name, String(value));
  element.append(...children.flat().filter(Boolean));
  return element;
}

export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true", viewBox: "0 0 24 24" }, svg("use", { href: `/-/page/icons.svg#${name}` }));
}

/* Change text only where it differs: a node whose text is set again is laid out again. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function mark(element, name, value) {
  if (value === null || value === false || value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

export class Scope {
  #ends = new Set();
  #parent = null;
  isOver = false;

  child() {
    const scope = new Scope();
    scope.#parent = this;
    this.#ends.add(scope);
    return scope;
  }

  add(end) {
    this.#ends.add(end);
  }

  on(target, kind, hear, options = {}) {
    target.addEventListener(kind, hear, options);
    this.#ends.add(() => target.removeEventListener(kind, hear, options));
  }

  every(milliseconds, work) {
    const timer = setInterval(work, milliseconds);
    this.#ends.add(() => clearInterval(timer));
  }

  close() {
    this.isOver = true;
    for (const end of this.#ends) end instanceof Scope ? end.close() : end();
    this.#ends.clear();
    if (this.#parent) this.#parent.#ends.delete(this);
    this.#parent = null;
  }
}

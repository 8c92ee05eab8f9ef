/* What every view is given: the line, the tree, who we are, the language and the theme, and what is said to the person.

   app.say(key, …)     our words;  app.pick({en, fr})   the engine's words
   app.said(text)      a line that comes up and goes by itself, and is read out
   app.ask(name, args) the answer, or undefined after saying why not
*/
import { el, write } from "./dom.js";
import { Socket } from "./socket.js";
import { text } from "./scale.js";
import { Traces } from "./traces.js";
import { Tree } from "./tree.js";
import { WORDS } from "./words.js";

const LINES = 500;           // lines of the log that are kept
const STANDS = 6000;         // ms for which something said stands
const SAID = 3;              // of them at once

export class App {
  #hearers = new Set();
  #watched = new Map();

  constructor() {
    this.socket = new Socket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/-/socket`);
    this.tree = new Tree(this.socket);
    this.traces = new Traces(this);
    this.hello = { title: "", language: "en", role: "nobody", origin: "", offers: [], locked: false, url: "" };
    this.chosen = recalled("language");
    this.theme = recalled("theme") === "sunlight" ? "sunlight" : "room";
    this.plan = null;
    this.now = null;
    this.health = null;
    this.healthAt = 0;
    this.log = [];
    this.socket.on("hello", (hello) => { this.hello = hello; this.changed("hello"); });
    this.socket.on("plan", (plan) => { this.plan = plan; this.changed("plan"); });
    this.socket.on("now", (now) => { this.now = now; this.changed("now"); });
    this.socket.on("health", (health) => { this.health = health; this.healthAt = performance.now(); this.changed("health"); });
    this.socket.on("open", () => { this.log = []; this.changed("log"); });
    this.socket.on("log", (lines) => { this.log = [...this.log, ...lines].slice(-LINES); this.changed("log"); });
    this.socket.on("refused", (refused) => this.refused(refused));
    this.tree.onrevision = () => this.changed("tree");
  }

  get language() {
    return this.chosen ?? this.hello.language ?? "en";
  }

  speak(language) {
    this.chosen = language;
    remember("language", language);
    document.documentElement.lang = language;
    this.changed("language");
  }

  light(theme) {
    this.theme = theme;
    remember("theme", theme);
    document.documentElement.dataset.theme = theme;
    document.querySelector('meta[name="theme-color"]').content = theme === "room" ? "#0d0c0b" : "#ffffff";
    this.changed("theme");
  }

  /* Hear what changes beside values: "hello", "tree", "plan", "now", "health", "log", "language", "theme". */
  on(kind, hear, scope) {
    const entry = [kind, hear];
    this.#hearers.add(entry);
    scope?.add(() => this.#hearers.delete(entry));
  }

  changed(kind) {
    for (const [name, hear] of [...this.#hearers]) if (name === kind) hear(this[kind]);
  }

  /* Have the engine keep telling this while the scope lasts. */
  watch(kind, hear, scope) {
    this.on(kind, hear, scope);
    this.#count(kind, 1);
    scope.add(() => this.#count(kind, -1));
  }

  #count(kind, by) {
    this.#watched.set(kind, (this.#watched.get(kind) ?? 0) + by);
    queueMicrotask(() => this.socket.watch([...this.#watched].filter(([, count]) => count > 0).map(([name]) => name)));
  }

  offers(name) {
    return this.hello.offers.includes(name);
  }

  say(key, ...parts) {
    const words = WORDS[this.language][key] ?? key;
    return typeset(words.replace(/\{(\d)\}/g, (_, index) => parts[index]), this.language);
  }

  pick(words) {
    if (!words) return "";
    return typeset(typeof words === "string" ? words : words[this.language] || words.en || "", this.language);
  }

  text(address) {
    return this.tree.has(address) ? text(this.tree.values[address], this.tree.declarations[address], this.language) : "";
  }

  async ask(name, args = {}) {
    try {
      return await this.socket.ask(name, args) ?? null;
    } catch (refused) {
      this.refused(refused);
      return undefined;
    }
  }

  refused(refused) {
    if (!refused) return this.said(this.say("no_answer"), "wrong");
    const what = refused.address ? `${refused.address}: ` : "";
    this.said(`${what}${this.pick(refused)}${refused.remedy ? ` ${this.pick(refused.remedy)}` : ""}`, "wrong");
  }

  said(words, kind = "said") {
    const place = document.getElementById("said");
    if (place.lastChild?.textContent === words) return;
    while (place.childElementCount >= SAID) place.firstChild.remove();
    const line = el("p", { class: kind });
    place.append(line);
    write(line, words);
    setTimeout(() => line.remove(), STANDS);
  }
}

/* French marks keep to the word before them. */
function typeset(words, language) {
  return language === "fr" ? words.replace(/ ([;:!?»%])/g, "\u202f$1").replace(/« /g, "«\u202f") : words;
}

/* What this browser remembers of its person: theme and language, nothing of the piece. Storage may be forbidden. */
function recalled(name) {
  try { return localStorage.getItem(`installation.${name}`); } catch { return null; }
}

function remember(name, value) {
  try { localStorage.setItem(`installation.${name}`, value); } catch { /* it is asked again next time */ }
}


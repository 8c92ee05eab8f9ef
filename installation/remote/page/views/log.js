/* Log: what has happened, newest first; bounded. */
import { el } from "../dom.js";
import { keys } from "../choice.js";
import { clock } from "../scale.js";

const FAULT = 4, ALL = 7;         // the engine's levels are syslog's: the lower the graver

export function log(app, scope) {
  const list = el("ol", { class: "log", role: "log", "aria-live": "off", tabindex: "0", "aria-label": app.say("log") });
  const empty = el("p", { class: "empty" }, app.say("log_empty"));
  let lightest = ALL, last = null;
  const line = (entry) => {
    const isFault = entry.level <= FAULT;
    const time = new Date(entry.time * 1000);
    return el("li", { "data-level": isFault ? "fault" : null },
      el("time", { datetime: time.toISOString(), title: time.toLocaleString(app.language) }, clock(time, app.language)),
      isFault ? el("strong", {}, app.say("fault")) : null, el("span", {}, entry.text));
  };
  const isShown = (entry) => entry.level <= lightest;
  const rebuild = () => {
    list.replaceChildren(...app.log.filter(isShown).map(line).reverse());
    last = app.log.at(-1);
    empty.hidden = app.log.length > 0;
  };
  const show = () => {
    const from = app.log.lastIndexOf(last);
    if (from < 0) return rebuild();
    list.prepend(...app.log.slice(from + 1).filter(isShown).map(line).reverse());
    last = app.log.at(-1);
    while (list.childElementCount > app.log.length) list.lastChild.remove();
    empty.hidden = app.log.length > 0;
    return null;
  };
  app.watch("log", show, scope);
  rebuild();
  const filter = keys(scope, { label: app.say("show"), choices: [[ALL, app.say("all")], [FAULT, app.say("faults")]],
    value: () => lightest, choose: (value) => { lightest = value; rebuild(); } });
  return el("div", { class: "logbook" }, filter, empty, list);
}

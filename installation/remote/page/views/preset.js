/* The sheet of one preset: how it differs from what stands or from another, its older versions, and removing it. */
import { el, key, write } from "../dom.js";
import { sheet } from "../sheet.js";

export function wordsOf(app, answer) {
  return app.pick(answer?.words ?? answer);
}

export function differences(app, lines) {
  return el("ul", { class: "differences" }, lines.map((line) => el("li", {}, app.pick(line))));
}

export function compare(app, name, other = null) {
  sheet(app, `${name} → ${other ?? app.say("compare_now")}`, async (body) => {
    const lines = await app.ask("preset.compare", other ? { name, with: other } : { name });
    if (lines) body.append(lines.length ? differences(app, lines) : el("p", {}, app.say("same")));
  });
}

export function presetSheet(app, { name, versions }, found, recall, show) {
  sheet(app, name, (body, _, close) => {
    const others = found.filter((other) => other.name !== name && !other.fault);
    if (others.length) {
      const menu = el("select", {}, others.map((other) => el("option", { value: other.name }, other.name)));
      body.append(el("div", { class: "entry" }, el("label", {}, app.say("compare"), menu),
        key(app.say("compare"), () => { close(); compare(app, name, menu.value); })));
    }
    if (versions > 1 && app.offers("preset.versions")) {
      body.append(key(app.say("versions"), () => { close(); former(app, name, recall); }));
    }
    const sure = el("p", { role: "status" });
    const remove = key(app.say("remove"), async () => {
      if (!sure.textContent) { write(sure, app.say("sure_remove", name)); return; }
      if (await app.ask("preset.remove", { name })) app.said(app.say("removed", name));
      close();
      show();
    });
    body.append(sure, remove);
  });
}

function former(app, name, recall) {
  sheet(app, `${name}: ${app.say("versions")}`, async (body, _, close) => {
    const versions = await app.ask("preset.versions", { name });
    body.append(...(versions ?? []).filter(({ version, fault }) => version !== null && !fault).map(({ version, saved, covers }) =>
      key(`${version} · ${saved} · ${app.say("values", covers)}`, () => { close(); recall(app, name, version); })));
  });
}

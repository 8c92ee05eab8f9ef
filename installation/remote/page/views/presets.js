/* Presets: save what stands, recall it in so many seconds, go between two, compare, take back. What is not offered is not shown. */
import { keys } from "../choice.js";
import { el, icon, key, mark } from "../dom.js";
import { bar } from "../fader.js";
import { lasting, number } from "../scale.js";
import { sheet } from "../sheet.js";
import { compare, differences, presetSheet, wordsOf } from "./preset.js";

const TIMES = [0, 2, 10, 60];         // s
const CURVES = ["linear", "ease", "late"];
const NOW = "/preset/now";               // what was recalled or saved last, by whoever it was
const choice = { over: 2, curve: "ease", a: "", b: "", way: 0 };      // kept while the page is open

export function presets(app, scope) {
  if (!app.offers("preset.list")) return el("p", { class: "empty" }, app.say("presets_artist"));
  const list = el("div", { class: "card" }), between = el("div", { class: "card" });
  let told = "";
  const show = async () => {
    const found = await app.ask("preset.list");
    if (!found || scope.isOver) return;
    if (JSON.stringify(found) === told) { current(app, list); return; }        // what has the focus stays where it is
    told = JSON.stringify(found);
    const rows = found.length ? found.map((preset) => row(app, preset, found, show)) : [el("p", { class: "empty" }, app.say("no_presets"))];
    list.replaceChildren(el("h2", {}, app.say("presets")), ...rows);
    current(app, list);
    between.hidden = found.length < 2 || !app.offers("preset.morph");
    if (!between.hidden) fader(app, between, found, scope);
  };
  between.hidden = true;
  app.tree.watch(NOW, show, scope);
  app.on("presets", show, scope);
  show();
  return el("div", { class: "presets" }, tools(app),
    app.offers("preset.save") ? saveForm(app) : "", app.offers("preset.recall") ? recallHow(app, scope) : "", list, between);
}

function tools(app) {
  const step = (name) => (app.offers(`history.${name}`) ? key([icon(name), app.say(name)], () => turn(app, name)) : null);
  return el("div", { class: "tools" }, step("undo"), step("redo"), app.offers("config.write") ? key(app.say("write_scene"), () => writeInto(app)) : null);
}

/* Take back what this hand did last, or do it again, and say what that was. */
export async function turn(app, name) {
  const answer = await app.ask(`history.${name}`);
  if (answer) app.said(`${app.say(name)}: ${wordsOf(app, answer.step ?? answer)}`);
}

function saveForm(app) {
  const name = el("input", { type: "text", maxlength: 60, autocomplete: "off", enterkeyhint: "done", required: true });
  const what = el("select", {}, el("option", { value: "" }, app.say("whole_piece")),
    app.tree.names("/scene/").map((scene) => el("option", { value: scene }, scene.replaceAll("_", " "))));
  const without = el("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: "/light/  /room/gain" });
  return el("form", { class: "card entry", onsubmit: async (event) => {
    event.preventDefault();
    const exclude = without.value.split(/[\s,;]+/).filter(Boolean);
    const answer = await app.ask("preset.save", { name: name.value, scene: what.value || null, exclude });
    if (!answer) return;
    app.said(app.say("saved", answer.name));
    name.value = "";
    app.changed("presets");
  } }, el("label", {}, app.say("save_as"), name), el("button", { class: "key main", type: "submit" }, app.say("save")),
  el("div", { class: "wide ends" }, el("label", {}, app.say("only"), what), el("label", {}, app.say("without"), without)));
}

function recallHow(app, scope) {
  return el("div", { class: "card how" },
    keys(scope, { label: app.say("over"), choices: TIMES.map((time) => [time, lasting(time, app.language).replace(/ 00.*/, "")]),
      value: () => choice.over, choose: (time) => { choice.over = time; } }),
    keys(scope, { label: app.say("curve"), choices: CURVES.map((curve) => [curve, app.say(`curve_${curve}`)]),
      value: () => choice.curve, choose: (curve) => { choice.curve = curve; } }));
}

function row(app, preset, found, show) {
  const { name, scene, saved, covers, fault } = preset;
  const facts = [scene ? scene.replaceAll("_", " ") : app.say("whole_piece"), app.say("values", covers), dated(saved, app.language)];
  const about = fault ? app.pick(fault) : facts.filter(Boolean).join(" · ");
  return el("div", { class: "preset" },
    el("button", { class: "key recall", "data-name": name, "aria-label": `${app.say("recall")}: ${name}`,
      "aria-disabled": app.offers("preset.recall") ? null : "true", onclick: () => recall(app, name) }, el("span", {}, name, el("small", {}, about))),
    app.offers("preset.compare") ? key(icon("compare"), () => compare(app, name), { class: "key quiet", label: `${app.say("compare")}: ${name}` }) : null,
    app.offers("preset.remove")
      ? key(icon("more"), () => presetSheet(app, preset, found, recall, show), { class: "key quiet", label: app.say("more_of", name) }) : null);
}

/* Which one was recalled or saved last. */
function current(app, list) {
  for (const key of list.querySelectorAll(".recall")) mark(key, "data-current", key.dataset.name === app.tree.values[NOW] ? "" : null);
}

async function recall(app, name, version = null) {
  const answer = await app.ask("preset.recall", { name, over: choice.over, curve: choice.curve, ...(version === null ? {} : { version }) });
  if (answer) app.said(wordsOf(app, answer) || app.say("recalled", name));
}

/* A fader between two presets: one question at a time, and the last position always asked. */
function fader(app, card, found, scope) {
  const names = found.filter(({ fault }) => !fault).map(({ name }) => name);
  if (!names.includes(choice.a)) choice.a = names[0];
  if (!names.includes(choice.b) || choice.b === choice.a) choice.b = names.find((name) => name !== choice.a);
  let asking = false, wanted = null;
  const send = async (way) => {
    choice.way = way;
    wanted = way;
    if (asking) return;
    asking = true;
    while (wanted !== null) {
      const position = wanted;
      wanted = null;
      if (await app.ask("preset.morph", { a: choice.a, b: choice.b, position }) === undefined) break;
    }
    asking = false;
  };
  const pick = (end, words) => {
    const menu = el("select", { onchange: () => { choice[end] = menu.value; } }, names.map((name) => el("option", { value: name }, name)));
    menu.value = choice[end];
    return el("label", {}, app.say(words), menu);
  };
  const part = bar(scope, { label: app.say("morph_way"), way: () => choice.way, send,
    figure: (to) => [number((to ?? choice.way) * 100, 0, app.language), "%"] });
  card.replaceChildren(el("h2", {}, app.say("morph")), el("div", { class: "ends" }, pick("a", "morph_from"), pick("b", "morph_to")), part.element);
}

function writeInto(app) {
  sheet(app, app.say("write_scene"), (body, _, close) => {
    body.append(el("p", {}, app.say("write_why")), key(app.say("write_scene"), async () => {
      const answer = await app.ask("config.write");
      close();
      if (!answer) return;
      app.said(app.pick(answer));
      if (answer.lines.length) sheet(app, app.pick(answer), (written) => written.append(differences(app, answer.lines)));
    }, { class: "key main" }));
  });
}

function dated(saved, language) {
  const date = new Date(saved);
  return saved && !Number.isNaN(date.getTime()) ? date.toLocaleString(language === "fr" ? "fr-FR" : "en-GB", { dateStyle: "medium", timeStyle: "short" }) : "";
}

/* The page opens: the frame around the views (what is wrong, the tabs, the lost line), and one view at a time. */
import { App } from "./app.js";
import { el, icon, mark, Scope, write } from "./dom.js";
import { listenForFingers } from "./gesture.js";
import { menu, enter } from "./menu.js";
import { clock } from "./scale.js";
import { sheet } from "./sheet.js";
import { attendant } from "./views/attendant.js";
import { health } from "./views/health.js";
import { levels } from "./views/levels.js";
import { light } from "./views/light.js";
import { log } from "./views/log.js";
import { presets } from "./views/presets.js";
import { room } from "./views/room.js";
import { scenes } from "./views/scenes.js";
import { sensors } from "./views/sensors.js";
import { tune } from "./views/tune.js";

const VIEWS = { room, tune, scenes, presets, sensors, light, levels, log, health };
const FIRST = 4;                        // tabs that a phone has room for, beside "more"

const app = new App();
const $ = (id) => document.getElementById(id);
let scope = new Scope(), shown = "", was = "", page = null;

const isAttendant = () => app.hello.role === "attendant" || new URLSearchParams(location.search).has("attendant");
const wanted = () => (location.hash.slice(1) in VIEWS ? location.hash.slice(1) : "room");

/* Show the view that the address names, anew: after another language, another role, another piece. */
function build() {
  const name = isAttendant() ? "attendant" : wanted();
  const view = name === "attendant" ? attendant : VIEWS[name];
  scope.close();
  scope = new Scope();
  const main = $("view");
  const again = shown === name, top = main.scrollTop;
  main.replaceChildren();
  main.dataset.view = name;
  document.body.classList.toggle("attendant", name === "attendant");
  main.append(view(app, scope));
  main.setAttribute("aria-label", app.say(name));
  main.scrollTop = again ? top : 0;
  shown = name;
  for (const tab of $("tabs").querySelectorAll("a")) mark(tab, "aria-current", tab.hash === `#${name}` ? "page" : null);
  mark($("more"), "data-here", Object.keys(VIEWS).indexOf(name) >= FIRST ? "" : null);
  document.title = app.hello.title ? `${app.hello.title} – ${app.say(name)}` : app.say(name);
}

function frame() {
  document.documentElement.lang = app.language;
  $("tabs").setAttribute("aria-label", app.say("views"));
  $("tabs").replaceChildren(
    ...Object.keys(VIEWS).map((name, index) =>
      el("a", { href: `#${name}`, class: index < FIRST ? "tab" : "tab late" }, icon(name), el("span", {}, app.say(name)))),
    el("button", { id: "more", class: "tab", onclick: others }, icon("more"), el("span", {}, app.say("more"))));
  $("menu").setAttribute("aria-label", app.say("menu"));
  $("lock").setAttribute("aria-label", app.say("locked"));
  $("mute").setAttribute("aria-label", app.say("mute"));
  write($("enter"), app.say("enter_pin"));
  who();
  wellbeing();
  away();
}

function others() {
  sheet(app, app.say("views"), (body, _, close) => body.append(el("nav", { class: "others" }, Object.keys(VIEWS).slice(FIRST).map((name) =>
    el("a", { href: `#${name}`, class: "key", onclick: close }, icon(name), app.say(name))))));
}

function who() {
  const { role, locked } = app.hello;
  document.body.dataset.role = role;
  $("lock").hidden = !locked;
  $("enter").hidden = role !== "nobody";
}

function wellbeing() {
  const { sentence, level } = app.health ?? {};
  mark($("state"), "data-level", level ?? "unknown");
  write($("sentence"), app.health ? app.pick(sentence) : app.hello.title || app.say("connecting"));
  $("state").setAttribute("aria-label", `${app.say("health")}: ${$("sentence").textContent}`);
}

function away() {
  const lost = !app.socket.isOpen;
  document.body.classList.toggle("away", lost);
  $("away").hidden = !lost;
  write($("away"), lost ? app.say(app.hello.title ? "lost_since" : "connecting", clock(app.socket.since, app.language)) : "");
}

function muted() {
  const mute = $("mute");
  mute.hidden = !app.tree.has("/system/mute");
  const on = Boolean(app.tree.values["/system/mute"]);
  mark(mute, "aria-pressed", on ? "true" : "false");
  mute.replaceChildren(icon(on ? "mute" : "sound"));
  mark(mute, "aria-disabled", app.tree.isMovable("/system/mute") ? null : "true");
}

/* The screen stays awake while somebody looks, where the browser can. */
async function stayAwake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => null);
}

app.light(app.theme);
listenForFingers();
$("menu").onclick = () => menu(app);
$("lock").onclick = () => app.said(app.say("locked"));
$("enter").onclick = () => enter(app);
$("mute").onclick = () => app.tree.set("/system/mute", !app.tree.values["/system/mute"]);
$("menu").append(icon("menu"));
$("lock").append(icon("lock"));
addEventListener("hashchange", build);
document.addEventListener("visibilitychange", stayAwake);
app.on("hello", () => {
  if (page && app.hello.page !== page) location.reload();      // the engine has come back with another page
  page = app.hello.page;
  frame();
  const asWhom = [isAttendant(), app.language, ...app.hello.offers].join();
  if (asWhom !== was) { was = asWhom; build(); }
});
app.on("language", () => { frame(); build(); });
app.on("tree", () => { muted(); build(); });
app.on("health", wellbeing);
app.socket.on("open", away);
app.socket.on("away", away);
app.tree.watch("/system/mute", muted);
frame();
build();
app.socket.start();
stayAwake();
if (navigator.serviceWorker) navigator.serviceWorker.register("/-/sw.js", { scope: "/" }).catch(() => null);

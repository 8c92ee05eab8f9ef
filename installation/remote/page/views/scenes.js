/* Scenes: which one plays in each layer, why, what comes next, and keys to go there. */
import { el, icon, mark, write } from "../dom.js";
import { lasting } from "../scale.js";

const NONE = "none";             // what the tree calls no scene

export function scenes(app, scope) {
  const { tree } = app;
  const view = el("div", { class: "scenes" });
  let layers = [];
  const build = () => {
    layers = tree.under("/score/").filter((address) => address.endsWith("/scene")).map((address) => layer(app, address));
    view.replaceChildren(...(layers.length ? layers.map(({ element }) => element) : [el("p", { class: "empty" }, app.say("no_score"))]));
  };
  const look = ({ score }) => {
    for (const each of layers) {
      const told = score.find((one) => one.layer === each.name);
      if (told) each.show(told);
    }
  };
  app.on("plan", build, scope);
  app.watch("now", look, scope);
  build();
  if (app.now) look(app.now);
  return view;
}

/* What a scene's file says it is; its name is on the key already. */
function aboutOf(app, scene) {
  const about = (app.plan?.scenes[scene]?.about ?? "").replace(new RegExp(`^${scene}:\\s*`, "i"), "");
  return about && about[0].toUpperCase() + about.slice(1);
}

function layer(app, address) {
  const { tree } = app;
  const name = address.split("/")[2];
  const playing = el("p", { class: "playing" }), since = el("p", { class: "why" }), why = el("p", { class: "why" }), next = el("ul", { class: "nexts" });
  const named = app.plan?.layers.find((one) => one.name === name)?.scenes ?? [];
  const choices = [...new Set([...named, ...tree.declarations[address].choices])].filter((scene) => tree.declarations[address].choices.includes(scene));
  const movable = tree.isMovable(address);
  const keys = choices.map((scene) => {
    const about = aboutOf(app, scene), broken = app.plan?.scenes[scene]?.broken;
    return el("button", { class: "key", "data-scene": scene, "aria-disabled": movable ? null : "true", "data-broken": broken ? "" : null,
      onclick: () => tree.set(address, scene) }, broken ? icon("fault") : null,
    el("span", {}, scene === NONE ? app.say("silence") : scene.replaceAll("_", " "), about ? el("small", {}, about) : null));
  });
  const show = (told) => {
    write(playing, told.scene ? told.scene.replaceAll("_", " ") : app.say("silence"));
    write(since, app.say("since_for", lasting(told.since, app.language)));
    write(why, app.pick(told.why));
    for (const key of keys) mark(key, "aria-pressed", key.dataset.scene === (told.scene ?? NONE) ? "true" : "false");
    sync(app, next, told.next);
  };
  return { name, show, element: el("section", { class: "card layer", "aria-label": app.say("layer", name) },
    el("header", {}, el("h2", {}, app.say("layer", name)), since), playing, why,
    el("h3", {}, app.say("next")), next,
    el("h3", {}, app.say("go")), el("div", { class: "goes", role: "group", "aria-label": app.say("go") }, keys)) };
}

/* One line for each scene that may follow, kept while the same ones are told. */
function sync(app, list, next) {
  const key = next.map(({ to, when }) => `${to}:${when.en}`).join();
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    const lines = next.map(({ to, when }) => el("li", { class: "next" },
      el("strong", {}, to.replaceAll("_", " ")), el("span", {}, app.pick(when)), el("span", { class: "due" })));
    list.replaceChildren(...(lines.length ? lines : [el("li", {}, app.say("nothing_next"))]));
  }
  next.forEach((coming, index) => write(list.children[index].querySelector(".due"),
    coming.in === null ? app.say("not_yet") : app.say("due_in", lasting(coming.in, app.language))));
}

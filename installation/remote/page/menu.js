/* What is about the page and its person: language, theme, the PIN, the lock, the page's address for another tablet. */
import { keys } from "./choice.js";
import { control } from "./control.js";
import { el, write } from "./dom.js";
import { sheet } from "./sheet.js";

export function menu(app) {
  sheet(app, app.hello.title || app.say("menu"), (body, scope, close) => {
    body.append(
      keys(scope, { label: app.say("theme"), choices: [["room", app.say("theme_room")], ["sunlight", app.say("theme_sunlight")]],
        value: () => app.theme, choose: (theme) => app.light(theme) }),
      keys(scope, { label: app.say("language"), choices: [["en", "English"], ["fr", "Français"]], value: () => app.language,
        choose: (language) => { close(); app.speak(language); } }));
    const { role } = app.hello;
    body.append(el("p", { class: "role" }, app.say(`role_${role}`)));
    body.append(role === "nobody" ? el("button", { class: "key main", onclick: () => { close(); enter(app); } }, app.say("enter_pin"))
      : el("button", { class: "key", onclick: () => { close(); leave(app); } }, app.say("leave")));
    if (app.tree.isMovable("/system/lock")) body.append(control(app, "/system/lock", scope, app.say("lock")));
    if (app.hello.url) {
      body.append(el("figure", { class: "code" }, el("img", { src: "/-/qr.svg", alt: app.say("qr"), width: 200, height: 200 }),
        el("figcaption", {}, app.hello.url)));
    }
    body.append(el("p", { class: "address" }, `installation ${app.hello.version ?? ""}`));
  });
}

/* Ask for a PIN. A right one opens a session in a cookie that scripts cannot read; the line is then taken anew, as whoever we are now. */
export function enter(app) {
  sheet(app, app.say("enter_pin"), (body, _, close) => {
    const wrong = el("p", { class: "wrong", id: "wrong-pin", role: "alert" });
    const field = el("input", { type: "password", inputmode: "numeric", autocomplete: "off", autofocus: true, maxlength: 32, "aria-describedby": "wrong-pin" });
    const send = el("button", { class: "key main", type: "submit" }, app.say("open"));
    body.append(el("p", {}, app.say("pin_why")), el("form", { class: "entry", onsubmit: async (event) => {
      event.preventDefault();
      send.disabled = true;
      const answer = await post("/-/pin", { pin: field.value });
      send.disabled = false;
      if (answer?.role) {
        close();
        app.socket.renew();
        app.said(app.say(`role_${answer.role}`));
        return;
      }
      const { refused } = answer ?? {};
      write(wrong, refused ? `${app.pick(refused)} ${app.pick(refused.remedy)}` : app.say("no_answer"));
      field.setAttribute("aria-invalid", "true");
      field.select();
      field.focus();
    } }, el("label", {}, app.say("pin"), field), send, wrong));
  });
}

async function leave(app) {
  await post("/-/leave", {});
  app.socket.renew();
}

async function post(path, data) {
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data) });
    return await answer.json();
  } catch {
    return null;
  }
}

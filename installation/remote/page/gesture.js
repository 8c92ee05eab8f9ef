/* What fingers, pens and mice do to a control, and what keys do to it.

   follow(element, scope, {axis, start, move, end, double, hold})
     A touch moves nothing; a drag moves from where the value stands. `move(dx, dy)` gets pixels, a tenth of them in fine mode:
     a second finger anywhere, Shift, or the Fine key of the page. `double` is two taps; `hold` is a finger that rests.
     axis "x" leaves vertical strokes to the page's scrolling (with touch-action: pan-y); "both" takes all.

   isFine(), setFine(on), onFine(hear)
*/
const SLOP = 6;              // px that a resting finger may tremble
const HOLD = 550;            // ms
const DOUBLE = 350;          // ms between two taps
const FINE = 0.1;

const fingers = new Set();
const hearers = new Set();
let fineKey = false, shift = false;

export function isFine() {
  return fineKey || shift || fingers.size > 1;
}

export function setFine(on) {
  fineKey = on;
  for (const hear of hearers) hear(on);
}

export function onFine(hear, scope) {
  hearers.add(hear);
  scope.add(() => hearers.delete(hear));
  hear(fineKey);
}

export function listenForFingers() {
  const lift = (event) => fingers.delete(event.pointerId);
  addEventListener("pointerdown", (event) => event.pointerType === "touch" && fingers.add(event.pointerId), true);
  addEventListener("pointerup", lift, true);
  addEventListener("pointercancel", lift, true);
  addEventListener("keydown", (event) => { shift = event.shiftKey; }, true);
  addEventListener("keyup", (event) => { shift = event.shiftKey; }, true);
  addEventListener("blur", () => { shift = false; fingers.clear(); });
}

export function follow(element, scope, { axis = "x", start, move, end, double, hold }) {
  let finger = null, last = null, from = null, moving = false, held = false, timer = 0, tapped = -Infinity;

  const over = (event) => {
    if (event.pointerId !== finger) return;
    clearTimeout(timer);
    finger = null;
    if (moving) end?.();
    else if (event.type === "pointerup" && !held && double) {
      const now = performance.now();
      if (now - tapped < DOUBLE) { tapped = -Infinity; double(); } else tapped = now;
    }
    moving = false;
  };

  scope.on(element, "pointerdown", (event) => {
    if (finger !== null || event.button) return;
    finger = event.pointerId;
    from = last = { x: event.clientX, y: event.clientY };
    moving = held = false;
    if (event.pointerType === "mouse") element.setPointerCapture(finger);
    if (hold) timer = setTimeout(() => { if (!moving) { held = true; hold(); } }, HOLD);
  });
  scope.on(element, "pointermove", (event) => {
    if (event.pointerId !== finger || held) return;
    const here = { x: event.clientX, y: event.clientY };
    if (!moving) {
      const along = Math.abs(here.x - from.x), across = Math.abs(here.y - from.y);
      if (axis === "x" ? along < SLOP || along < across : Math.hypot(along, across) < SLOP) return;
      clearTimeout(timer);
      moving = true;
      tapped = -Infinity;
      last = here;
      start?.();
      return;
    }
    const share = isFine() ? FINE : 1;
    move((here.x - last.x) * share, (here.y - last.y) * share);
    last = here;
  });
  scope.on(element, "pointerup", over);
  scope.on(element, "pointercancel", over);
  scope.on(element, "lostpointercapture", over);
  /* What moves a control is no fling of the page: the browser would take the next tap for what stops it. */
  scope.on(element, "touchmove", (event) => moving && event.cancelable && event.preventDefault(), { passive: false });
  scope.on(element, "touchend", (event) => held && event.preventDefault(), { passive: false });      // else its click goes to what has come up below the finger
  scope.on(element, "contextmenu", (event) => hold && event.preventDefault());
  scope.add(() => clearTimeout(timer));
}

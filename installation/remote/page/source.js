/* Where a source is drawn, and how a finger places it.

   placeOf(told, reach)     metres from the middle; a direction without a distance is drawn on the way to the loudspeakers
   wayOf(app, kind)         which parameters place it, where a hand may move them; null where it moves by itself
   moveSource(…)            gives it to the finger and to the arrow keys
*/
import { follow, isFine } from "./gesture.js";
import { fitAngle } from "./pad.js";

const UNKNOWN = 0.72;            // of the loudspeakers' distance
const STEP = 0.25;               // m, of an arrow key

export function placeOf({ azimuth, distance, elevation }, reach) {
  if (azimuth === null || azimuth === undefined) return [0, 0];
  const turn = azimuth * Math.PI / 180;
  const far = distance === null || distance === undefined ? reach * UNKNOWN * Math.cos((elevation ?? 0) * Math.PI / 180) : distance;
  return [-far * Math.sin(turn), far * Math.cos(turn)];
}

export function wayOf(app, { moved_by: moved }) {
  const way = {};
  for (const [axis, address] of Object.entries(moved ?? {})) if (address && app.tree.isMovable(address)) way[axis] = address;
  return "azimuth" in way || "distance" in way || "x" in way || "y" in way ? way : null;
}

/* Move what its parameters move towards a place, and say where that is: a source that has only an azimuth stays at its distance. */
function send(app, way, [x, y], told, reach) {
  const { tree } = app;
  if ("x" in way || "y" in way) {
    if ("x" in way) tree.set(way.x, x);
    if ("y" in way) tree.set(way.y, y);
    const [oldX, oldY] = placeOf(told, reach);
    return ["x" in way ? tree.values[way.x] : oldX, "y" in way ? tree.values[way.y] : oldY];
  }
  let { azimuth, distance } = told;
  if ("azimuth" in way && Math.hypot(x, y) > 0.05) {
    const { low, high } = tree.declarations[way.azimuth];
    tree.set(way.azimuth, fitAngle(-Math.atan2(x, y) * 180 / Math.PI, { low: low ?? -Infinity, high: high ?? Infinity }));
    azimuth = tree.values[way.azimuth];
  }
  if ("distance" in way) {
    tree.set(way.distance, Math.hypot(x, y));
    distance = tree.values[way.distance];
  }
  return placeOf({ azimuth, distance, elevation: told.elevation }, reach);
}

export function moveSource(app, plan, part, way, put) {
  let place = null;
  const move = (right, ahead) => {
    place = [place[0] + right, place[1] + ahead];
    put(send(app, way, place, part.told, plan.reach));
  };
  follow(part.group, part.scope, {
    axis: "both",
    start: () => { part.finger = true; place = placeOf(part.told, plan.reach); },
    move: (dx, dy) => move(dx / plan.metre, -dy / plan.metre),
    end: () => { part.finger = null; plan.lifted(); },
    double: () => { for (const address of Object.values(way)) app.tree.set(address, app.tree.declarations[address].default); },
  });
  part.scope.on(part.group, "keydown", (event) => {
    const to = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!to) return;
    event.preventDefault();
    const step = isFine() || event.shiftKey ? STEP / 10 : STEP;
    place = placeOf(part.told, plan.reach);
    move(to[0] * step, to[1] * step);
  });
}

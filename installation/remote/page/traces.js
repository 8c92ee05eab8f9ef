/* What the sensors have said in the last minute: rings of fixed size, filled ten times a second while the page is seen.

   traces.of(address)       a Ring; at(0) is the newest
   draw(canvas, ring)       its curve, in the theme's colours
*/
const KEPT = 600, PACE = 100;    // samples, ms: a minute
const MOST = 128;                // fields

class Ring {
  #samples = new Float32Array(KEPT).fill(NaN);
  #next = 0;

  add(value) {
    this.#samples[this.#next] = value;
    this.#next = (this.#next + 1) % KEPT;
  }

  at(age) {
    return this.#samples[(this.#next - 1 - age + 2 * KEPT) % KEPT];
  }
}

export class Traces {
  #rings = new Map();

  constructor(app) {
    this.onsample = () => {};
    setInterval(() => {
      if (document.hidden) return;
      this.#sample(app);
      this.onsample();
    }, PACE);
  }

  of(address) {
    return this.#rings.get(address);
  }

  #sample({ tree, socket }) {
    for (const address of this.#rings.keys()) if (!tree.has(address)) this.#rings.delete(address);
    for (const address of tree.under("/sensor/").slice(0, MOST)) {
      if (!this.#rings.has(address)) this.#rings.set(address, new Ring());
      this.#rings.get(address).add(socket.isOpen ? Number(tree.values[address] ?? NaN) : NaN);
    }
  }
}

/* Returns the lowest and highest value that is seen, or null if nothing is. */
export function draw(canvas, ring, colour) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
  if (!width || !height) return null;
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  let low = Infinity, high = -Infinity;
  for (let age = 0; age < KEPT; age++) {
    const value = ring.at(age);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  const span = Math.max(high - low, Math.abs(high) * 0.02, 1e-3), middle = (high + low) / 2;
  pen.strokeStyle = colour;
  pen.lineWidth = 2 * ratio;
  pen.lineJoin = "round";
  pen.beginPath();
  let drawing = false;
  for (let age = KEPT - 1; age >= 0; age--) {
    const value = ring.at(age);
    if (Number.isNaN(value)) { drawing = false; continue; }
    const x = (1 - age / (KEPT - 1)) * width, y = height / 2 - (value - middle) / span * height * 0.8;
    if (drawing) pen.lineTo(x, y); else pen.moveTo(x, y);
    drawing = true;
  }
  pen.stroke();
  return [low, high];
}

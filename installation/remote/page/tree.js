/* The values of the piece, as the page knows them.

   declarations, values, holders, movedBy     by address
   watch(address, hear)    told once a frame when the value or its holder changes; returns what ends it
   set(address, value)     what a finger does: seen here at once, sent, and taken back if it is refused

   Between a set and the engine's answer to it, values that come for that address have left the engine before it heard us, and are dropped.
*/
import { clip } from "./scale.js";

export class Tree {
  #hearers = new Map();
  #changed = new Set();
  #due = 0;
  #known = new Map();                             // what stood before what we have just set
  #coming = {};                                   // a large tree comes in parts; moved_by follows the last one
  #whole = "";

  constructor(socket) {
    this.socket = socket;
    this.declarations = {};
    this.values = {};
    this.holders = {};
    this.movedBy = {};
    this.onrevision = () => {};
    socket.on("tree", (tree) => { this.#coming = tree; });
    socket.on("more", (tree) => Object.assign(this.#coming, tree));
    socket.on("moved_by", (moved) => this.#declare(this.#coming, moved));
    socket.on("values", (values) => this.#take(values));
    socket.on("holders", (holders) => {
      for (const address in holders) {
        if (holders[address]) this.holders[address] = holders[address];
        else delete this.holders[address];
        this.#tell(address);
      }
    });
    socket.on("refused", (refused) => this.#back(refused.address));
    socket.on("open", () => { this.holders = {}; this.#known.clear(); });
  }

  /* Addresses below a beginning, in the order in which the engine declares them. */
  under(beginning) {
    return Object.keys(this.declarations).filter((address) => address.startsWith(beginning));
  }

  /* The names directly below a beginning: scenes below "/scene/". */
  names(beginning) {
    return [...new Set(this.under(beginning).map((address) => address.slice(beginning.length).split("/")[0]))];
  }

  has(address) {
    return address in this.declarations;
  }

  isMovable(address) {
    const declaration = this.declarations[address];
    return Boolean(declaration && declaration.may && declaration.access !== "read");
  }

  watch(address, hear, scope) {
    if (!this.#hearers.has(address)) this.#hearers.set(address, new Set());
    const hearers = this.#hearers.get(address);
    hearers.add(hear);
    const end = () => {
      hearers.delete(hear);
      if (!hearers.size && this.#hearers.get(address) === hearers) this.#hearers.delete(address);
    };
    scope?.add(end);
    return end;
  }

  set(address, value) {
    const declaration = this.declarations[address];
    if (!declaration || !this.isMovable(address)) return false;
    const fitted = clip(value, declaration);
    if (!this.socket.crosses(address)) this.#known.set(address, this.values[address]);
    if (!this.socket.set(address, fitted)) return false;
    this.values[address] = fitted;
    this.#tell(address);
    return true;
  }

  fire(address) {
    return this.isMovable(address) && this.socket.tell({ fire: address });
  }

  release(address) {
    return this.socket.tell({ release: address });
  }

  #declare(tree, moved) {
    const whole = JSON.stringify([tree, moved]);
    this.#coming = {};
    if (whole === this.#whole) return;            // the same as before the line was lost: the page stays as it is
    this.#whole = whole;
    this.declarations = tree;
    this.movedBy = moved;
    for (const address in this.values) if (!(address in tree)) delete this.values[address];
    this.onrevision();
  }

  #take(values) {
    for (const address in values) {
      if (this.socket.crosses(address)) continue;
      this.values[address] = values[address];
      this.#tell(address);
    }
  }

  #back(address) {
    if (!address || !this.#known.has(address)) return;
    this.values[address] = this.#known.get(address);
    this.#known.delete(address);
    this.#tell(address);
  }

  #tell(address) {
    if (!this.#hearers.has(address)) return;
    this.#changed.add(address);
    this.#due ||= requestAnimationFrame(() => {
      this.#due = 0;
      const changed = this.#changed;
      this.#changed = new Set();
      for (const each of changed) for (const hear of this.#hearers.get(each) ?? []) hear(this.values[each]);
    });
  }
}

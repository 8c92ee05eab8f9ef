/* The way to the engine: one WebSocket, which comes back by itself.

   on(kind, hear)       messages of one kind ("values", "now", "health"…), and our own: "open", "away"; returns what ends it
   set(address, value)  the last value of each address, in at most sixty messages a second
   tell(message)        any other message, at once
   ask(name, args)      a promise of the answer; it fails with what refused it: {en, fr, remedy}
   crosses(address)     whether a value of ours is on its way, so that one that comes now may have left before it arrived
   watch(names)         what the engine shall keep telling ("now", "log")

   A line that says nothing for a while is taken for dead; a page that wakes opens a fresh one.
*/
const PAUSES = [100, 200, 400, 800, 1400, 2000];  // ms between attempts
const PACE = 1000 / 60;                           // ms between two messages of values
const PING = 2000, DEAD = 6000;                   // ms of silence
const CONNECT = 4000;                             // ms for a line to open: a machine that sleeps does not even refuse
const ASLEEP = 3000;                              // ms out of sight, after which the line is not trusted
const PATIENCE = 20000;                           // ms for an answer
const FULL = 1 << 16;                             // bytes that wait: the network is slower than the finger

export class Socket {
  #hearers = new Map();
  #line = null;
  #tries = 0;
  #timer = 0;
  #outbox = new Map();
  #inflight = new Map();
  #flushing = 0;
  #flushed = 0;
  #count = 0;
  #pinged = [0, 0];                               // the last ping, and when
  #asks = new Map();
  #watched = [];
  #heard = 0;
  #hidden = 0;

  constructor(url) {
    this.url = url;
    this.isOpen = false;
    this.since = new Date();
    this.trip = null;                             // ms there and back, of the last ping
  }

  start() {
    document.addEventListener("visibilitychange", () => this.#seen());
    window.addEventListener("online", () => this.#again(0));
    setInterval(() => this.#look(), PING);
    this.#open();
  }

  on(kind, hear) {
    if (!this.#hearers.has(kind)) this.#hearers.set(kind, new Set());
    this.#hearers.get(kind).add(hear);
    return () => this.#hearers.get(kind).delete(hear);
  }

  tell(message) {
    if (this.isOpen) this.#line.send(JSON.stringify(message));
    return this.isOpen;
  }

  set(address, value) {
    if (!this.isOpen) return false;
    this.#outbox.set(address, value);
    if (!this.#flushing) this.#flushing = setTimeout(() => this.#flush(), Math.max(0, this.#flushed + PACE - performance.now()));
    return true;
  }

  ask(name, args = {}) {
    return new Promise((done, refused) => {
      const id = ++this.#count;
      if (!this.tell({ ask: { name, arguments: args, id } })) return refused(null);
      this.#asks.set(id, { done, refused, timer: setTimeout(() => { this.#asks.delete(id); refused(null); }, PATIENCE) });
    });
  }

  crosses(address) {
    return this.#outbox.has(address) || this.#inflight.has(address);
  }

  watch(names) {
    if (names.join() === this.#watched.join()) return;
    this.#watched = names;
    this.tell({ watch: names });
  }

  /* Leave this line and take another: the engine tells the whole state again, for whoever we are now. */
  renew() {
    this.#tries = 0;
    this.#lost(this.#line);
  }

  #open() {
    clearTimeout(this.#timer);
    const line = this.#line = new WebSocket(this.url);
    this.#timer = setTimeout(() => this.#lost(line), CONNECT);
    line.onopen = () => {
      clearTimeout(this.#timer);
      this.#tries = 0;
      this.#heard = performance.now();
      this.isOpen = true;
      if (this.#watched.length) this.tell({ watch: this.#watched });
      this.#say("open");
    };
    line.onmessage = (event) => {
      this.#heard = performance.now();
      const message = JSON.parse(event.data);
      for (const kind in message) this.#take(kind, message[kind]);
    };
    line.onclose = () => this.#lost(line);
  }

  #take(kind, told) {
    if (kind === "pong") {
      if (told === this.#pinged[0]) this.trip = performance.now() - this.#pinged[1];
      for (const [address, count] of this.#inflight) if (count <= told) this.#inflight.delete(address);
    } else if (kind === "done" || (kind === "refused" && this.#asks.has(told.id))) {
      const ask = this.#asks.get(told.id);
      this.#asks.delete(told.id);
      clearTimeout(ask?.timer);
      if (kind === "done") ask?.done(told.answer);
      else ask.refused(told);
    } else this.#say(kind, told);
  }

  #say(kind, told) {
    for (const hear of this.#hearers.get(kind) ?? []) hear(told);
  }

  #flush() {
    this.#flushing = 0;
    if (!this.isOpen || !this.#outbox.size) return;
    if (this.#line.bufferedAmount > FULL) {
      this.#flushing = setTimeout(() => this.#flush(), PACE);
      return;
    }
    this.#flushed = performance.now();
    this.tell({ set: Object.fromEntries(this.#outbox) });
    const count = ++this.#count;
    for (const address of this.#outbox.keys()) this.#inflight.set(address, count);
    this.#outbox.clear();
    this.#ping(count);
  }

  #lost(line) {
    if (line !== this.#line) return;
    line.onopen = line.onmessage = line.onclose = null;
    line.close();
    if (this.isOpen) {
      this.isOpen = false;
      this.since = new Date();
      this.#outbox.clear();
      this.#inflight.clear();
      for (const ask of this.#asks.values()) { clearTimeout(ask.timer); ask.refused(null); }
      this.#asks.clear();
      this.#say("away");
    }
    this.#again(PAUSES[Math.min(this.#tries++, PAUSES.length - 1)]);
  }

  #again(pause) {
    if (this.isOpen || document.hidden && pause) return;
    clearTimeout(this.#timer);
    if (this.#line) this.#line.onclose = this.#line.onmessage = this.#line.onopen = null;
    this.#line?.close();
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  #look() {
    if (document.hidden) return;
    if (this.isOpen && performance.now() - this.#heard > DEAD) this.renew();
    else if (this.isOpen && performance.now() - this.#heard > PING / 2) this.#ping(++this.#count);
  }

  #ping(count) {
    this.#pinged = [count, performance.now()];
    this.tell({ ping: count });
  }

  #seen() {
    if (document.hidden) this.#hidden = performance.now();
    else if (!this.isOpen) this.#again(0);
    else if (performance.now() - this.#hidden > ASLEEP) this.renew();
  }
}

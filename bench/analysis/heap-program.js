// Fills its heap as a server with caches does, and writes a snapshot: node heap-program.js FILE SESSIONS
import { writeHeapSnapshot } from 'node:v8';

const CACHES = 50;
const [file, sessions] = process.argv.slice(2);

class Session {
  /** @param {number} i @param {Session | undefined} previous */
  constructor(i, previous) {
    this.key = `session-${i}-${((i * 2654435761) >>> 0).toString(36)}`;
    this.user = { name: `user ${i}`, tags: ['a', this.key], seen: i + 0.5 };
    this.previous = previous;
    this.onExpire = () => this.touch();
  }

  touch() {
    this.user.seen += 1;
  }
}

/** @type {Map<string, Session>[]} */
const caches = Array.from({ length: CACHES }, () => new Map());
/** @type {Session[]} */
const recent = [];
for (let i = 0; i < Number(sessions); i++) {
  // Neighbours in memory are not neighbours in a Map, and some sessions are also held by others.
  const session = new Session(i, recent[(i * 31) % 1000]);
  caches[(i * 7919) % CACHES]?.set(session.key, session);
  recent[i % 1000] = session;
}
Object.assign(globalThis, { caches });
recent.length = 0;
writeHeapSnapshot(file);

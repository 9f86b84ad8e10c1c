import type { Identity } from './identity.js';

/** Finds a node by its identity, with open addressing in one array. An identity shared by two nodes is not found. */
export class IdentityTable {
  readonly #identity: Identity;
  readonly #slots: Uint32Array;
  readonly #ambiguous: Uint8Array;
  readonly #mask: number;
  /** Random, so that no file can be crafted whose ids all collide. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 1;

  constructor(identity: Identity) {
    this.#identity = identity;
    const count = identity.key.length;
    const size = 2 ** Math.max(4, Math.ceil(Math.log2(2 * count + 1)));
    this.#slots = new Uint32Array(size);
    this.#ambiguous = new Uint8Array(count);
    this.#mask = size - 1;
    for (let node = 0; node < count; node++) {
      if (identity.key[node] === 0) continue;
      const slot = this.#slot(identity.key[node]!, identity.check[node]!);
      const held = this.#slots[slot]!;
      if (held === 0) this.#slots[slot] = node + 1;
      else this.#ambiguous[held - 1] = 1;
    }
  }

  /** The node, or -1. */
  find(key: number, check: number): number {
    if (key === 0) return -1;
    const node = this.#slots[this.#slot(key, check)]! - 1;
    return node < 0 || this.#ambiguous[node] === 1 ? -1 : node;
  }

  /** The slot of the identity, or the free slot for it. */
  #slot(key: number, check: number): number {
    const { key: keys, check: checks } = this.#identity;
    let hash = Math.imul(key ^ this.#seed, 0x85ebca6b) ^ Math.imul(check, this.#seed);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & this.#mask;
    for (;;) {
      const held = this.#slots[slot]!;
      if (held === 0 || (keys[held - 1] === key && checks[held - 1] === check)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}

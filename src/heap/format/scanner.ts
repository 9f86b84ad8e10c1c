import { Byte, isWhitespace, showByte } from './bytes.js';
import type { Faults } from './faults.js';

/** Reads the value of one key of the file, across any number of chunks. */
export interface Section {
  readonly done: boolean;
  /** Reads on from that byte of the chunk and returns the first unread position. */
  read(chunk: Uint8Array, from: number): number;
}

const MAX_KEY_BYTES = 256;
const MAX_SECTIONS = 64;
const State = { begin: 0, firstKey: 1, key: 2, inKey: 3, colon: 4, value: 5, afterValue: 6, end: 7 } as const;

/**
 * The only reader of V8's heap snapshot format: finds the keys of the outermost object and has each value read by the
 * section that `open` returns, a {@link NumberList}, a {@link StringList} or a {@link JsonValue}. Takes chunks of any
 * size and keeps none.
 */
export class SnapshotScanner {
  readonly #open: (name: string) => Section;
  readonly #faults: Faults;
  readonly #seen = new Set<string>();
  #state: number = State.begin;
  #key: number[] = [];
  #name = '';
  #section: Section | undefined;

  constructor(faults: Faults, open: (name: string) => Section) {
    this.#faults = faults;
    this.#open = open;
  }

  get done(): boolean {
    return this.#state === State.end;
  }

  /** What is being read, for error messages. */
  get place(): string {
    return this.#section === undefined ? 'the outermost object' : `"${this.#name}"`;
  }

  push(chunk: Uint8Array): void {
    let i = 0;
    while (i < chunk.length) {
      if (this.#section === undefined) {
        this.#structure(chunk[i]!);
        i += 1;
        continue;
      }
      i = this.#section.read(chunk, i);
      if (this.#section.done) {
        this.#section = undefined;
        this.#state = State.afterValue;
      }
    }
  }

  #structure(byte: number): void {
    if (this.#state === State.inKey) this.#inKey(byte);
    else if (!isWhitespace(byte)) this.#state = this.#next(byte);
  }

  #next(byte: number): number {
    const state = this.#state;
    if (state === State.begin && byte === Byte.openBrace) return State.firstKey;
    if ((state === State.firstKey || state === State.key) && byte === Byte.quote) return State.inKey;
    if (state === State.colon && byte === Byte.colon) {
      this.#begin();
      return State.value;
    }
    if (state === State.afterValue && byte === Byte.comma) return State.key;
    if ((state === State.afterValue || state === State.firstKey) && byte === Byte.closeBrace)
      return State.end;
    throw this.#faults.invalid('it is no object of sections', this.#found(byte));
  }

  #found(byte: number): string {
    if (this.#state === State.begin) return `it begins with ${showByte(byte)}`;
    return `${showByte(byte)} ${this.#name === '' ? 'before its first section' : `after "${this.#name}"`}`;
  }

  #begin(): void {
    if (this.#seen.has(this.#name)) throw this.#faults.invalid('a section comes twice', `"${this.#name}"`);
    if (this.#seen.size === MAX_SECTIONS)
      throw this.#faults.invalid(`it has more than ${MAX_SECTIONS} sections`);
    this.#seen.add(this.#name);
    this.#section = this.#open(this.#name);
  }

  #inKey(byte: number): void {
    if (byte === Byte.quote) {
      this.#name = new TextDecoder().decode(Uint8Array.from(this.#key));
      this.#key = [];
      this.#state = State.colon;
    } else if (byte === Byte.backslash || this.#key.length === MAX_KEY_BYTES) {
      throw this.#faults.invalid('the name of a section has an escape or more than 256 bytes');
    } else {
      this.#key.push(byte);
    }
  }
}

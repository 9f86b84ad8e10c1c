import { invalid } from './fault.js';
import { Byte, isWhitespace, showByte, type Section } from './section.js';

const MAX_KEY_BYTES = 256;
const State = { begin: 0, firstKey: 1, key: 2, inKey: 3, colon: 4, value: 5, afterValue: 6, end: 7 } as const;

/** The object that a snapshot file is: finds its keys and gives each value to the section that `begin` returns. */
export class TopLevel {
  readonly #begin: (name: string) => Section;
  #state: number = State.begin;
  #key: number[] = [];
  #name = '';
  #section: Section | undefined;

  constructor(begin: (name: string) => Section) {
    this.#begin = begin;
  }

  get done(): boolean {
    return this.#state === State.end;
  }

  /** What was being read, for a message. */
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
      this.#section = this.#begin(this.#name);
      return State.value;
    }
    if (state === State.afterValue && byte === Byte.comma) return State.key;
    if ((state === State.afterValue || state === State.firstKey) && byte === Byte.closeBrace)
      return State.end;
    throw invalid(
      state === State.begin
        ? `it begins with ${showByte(byte)}`
        : `${showByte(byte)} stands ${this.#name === '' ? 'before its first section' : `after "${this.#name}"`}`,
    );
  }

  #inKey(byte: number): void {
    if (byte === Byte.quote) {
      this.#name = new TextDecoder().decode(Uint8Array.from(this.#key));
      this.#key = [];
      this.#state = State.colon;
    } else if (byte === Byte.backslash || this.#key.length === MAX_KEY_BYTES) {
      throw invalid('the name of a section has an escape or more than 256 bytes');
    } else {
      this.#key.push(byte);
    }
  }
}

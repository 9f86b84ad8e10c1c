import type { ByteSink } from './byte-sink.js';
import { Column } from './column.js';
import { languageNames } from './language-names.js';
import { malformed } from './limits.js';
import {
  isComposite,
  judgeEdgeName,
  judgeNodeName,
  LITERAL_HOLDERS,
  nodeNameKind,
  SCOPE_HOLDERS,
  COMPOSITE_STRINGS,
  type NameContext,
} from './names.js';
import { placeholder, PLACEHOLDER_STARTS, writePlaceholder } from './placeholder.js';
import { SipHash } from './sip-hash.js';
import { ANY_NODE_NAME, EdgeUse, Use, weighEvidence, type Uses } from './uses.js';

/** One entry of the file's table, as read. */
export interface Entry {
  /**
   * As in the file: JSON without quotes, one character a byte. Text that is not ASCII comes out escaped, as V8 itself
   * writes it. Absent if too long for any name.
   */
  json(): string | undefined;
  /** Its first byte; 0 if there is none. */
  readonly firstByte: number;
  /** The content if it is a number of up to nine digits, as V8 writes the slots of its arrays; else -1. */
  slot(): number;
  /** UTF-16 units of the content. */
  readonly units: number;
  readonly hashHigh: number;
  readonly hashLow: number;
}

export interface RedactionCounts {
  /** Entries in the file's table. */
  readonly strings: number;
  /** Contents of values that were replaced. */
  readonly values: number;
  /** Names of nodes and edges that were replaced, wholly or in part. */
  readonly names: number;
  readonly keptNames: number;
}

/** Besides {@link EdgeUse}: the name is a number, stored in place of the hash. */
const INDEX = 128;
const WORDS_OF_RECORD = 4;
const NAMES_A_STEP = 4096;
// Longer names of classes, functions and properties are data.
const MAX_NAME_UNITS = 1024;
const MAX_WORD_UNITS = 64;
const OPENING_BRACKET = 0x28;
// "(concatenated string)".
const MAX_COMPOSITE_UNITS = 21;
const IN_SOURCE = Use.InCode | Use.Function | Use.Code;

/** Decides what happens to each string, and writes the new table. */
export class StringTable {
  readonly #uses: Uses;
  readonly #context: NameContext;
  /** Words that code refers to, with their index. */
  readonly #words = new Map<string, number>();
  /** For each edge name: index, hash, length. */
  readonly #records;
  readonly #texts: (string | undefined)[] = [];
  #heldText = 0;
  #count = 0;
  #written = 0;
  /** Whether all entries have come. */
  isComplete = false;
  #values = 0;
  #names = 0;
  #keptNames = 0;
  #edgeNames = 0;

  /** @param key 16 random bytes for this snapshot only */
  constructor(uses: Uses, key: Uint8Array) {
    this.#uses = uses;
    uses.flags.fit(uses.highestName + 1);
    uses.edgeNameOf.fit(uses.highestName + 1);
    this.#records = new Column(Uint32Array, uses.edgeNameCount * WORDS_OF_RECORD, 'edge names');
    this.#records.fit(uses.edgeNameCount * WORDS_OF_RECORD);
    this.#context = {
      language: languageNames(),
      hash: new SipHash(key),
      usesOf: (word) => uses.flags.values[this.#words.get(word) ?? -1] ?? 0,
    };
  }

  /** Takes the next entry of the file. Its uses as a node's name or as a value are written at once. */
  take(entry: Entry, sink: ByteSink): void {
    const index = this.#count++;
    const uses = this.#uses;
    if (index > uses.highestName) return;
    const flags = uses.flags.values[index]!;
    if ((flags & (IN_SOURCE | Use.RefersToStrings)) !== 0) this.#learn(index, flags, entry);
    if (index <= uses.highestNodeName) {
      if ((flags & ANY_NODE_NAME) === 0 && this.#isReplacedValue(flags, entry) && this.#written > 0) {
        this.#writeReplacedValue(PLACEHOLDER_STARTS.emptyAndStr, entry, sink);
        this.#written += 1;
      } else {
        this.#writeNodeName(flags, entry, sink);
        this.#writeValue(flags, entry, sink);
      }
    }
    const ordinal = uses.edgeNameOf.values[index]! - 1;
    if (ordinal >= 0) this.#holdEdgeName(ordinal, index, flags, entry);
  }

  /** Ends the list of entries. @throws TIDEMARK_ERR_REDACTION_MALFORMED if one is missing */
  close(): void {
    if (this.#count <= this.#uses.highestName) throw malformed('a name lies outside the strings');
    weighEvidence(this.#uses);
    this.isComplete = true;
  }

  /** Writes more of the edge names, which come last. @returns whether all are written */
  writeEdgeNames(sink: ByteSink): boolean {
    const { edgeNameCount, edgeFlags, flags } = this.#uses;
    const end = Math.min(edgeNameCount, this.#edgeNames + NAMES_A_STEP);
    const records = this.#records.values;
    for (; this.#edgeNames < end; this.#edgeNames++) {
      const ordinal = this.#edgeNames;
      const at = ordinal * WORDS_OF_RECORD;
      const edgeUses = edgeFlags.values[ordinal]!;
      if ((edgeUses & INDEX) !== 0) {
        this.#writeKept(String(records[at + 1]!), sink);
        continue;
      }
      const text = this.#texts[ordinal];
      const judged =
        text === undefined
          ? undefined
          : judgeEdgeName(text, edgeUses, flags.values[records[at]!]!, this.#context);
      if (judged === undefined) {
        this.#names += 1;
        writePlaceholder(sink, PLACEHOLDER_STARTS.key, records[at + 1]!, records[at + 2]!, records[at + 3]!);
      } else if (judged === text) this.#writeKept(judged, sink);
      else this.#writeReplaced(judged, sink);
    }
    return end === edgeNameCount;
  }

  counts(): RedactionCounts {
    return {
      strings: this.#count,
      values: this.#values,
      names: this.#names,
      keptNames: this.#keptNames,
    };
  }

  #learn(index: number, flags: number, entry: Entry): void {
    if (entry.units > MAX_WORD_UNITS) return;
    const text = entry.json();
    if (text === undefined) return;
    let gained = 0;
    if ((flags & Use.RefersToStrings) !== 0) {
      if (text === '') gained |= Use.NamelessHolder;
      if (LITERAL_HOLDERS.has(text)) gained |= Use.LiteralHolder;
      if (SCOPE_HOLDERS.has(text)) gained |= Use.ScopeHolder;
    }
    if (gained !== 0) this.#uses.flags.values[index] = flags | gained;
    if (this.#hasRoom(text)) this.#words.set(text, index);
  }

  #hasRoom(text: string): boolean {
    if (this.#heldText + text.length > this.#uses.limits.maxHeldText) return false;
    // The slot in a Map or an array takes more than a short name.
    this.#heldText += text.length + 16;
    return true;
  }

  #holdEdgeName(ordinal: number, index: number, flags: number, entry: Entry): void {
    const records = this.#records.values;
    const at = ordinal * WORDS_OF_RECORD;
    records[at] = index;
    records[at + 1] = entry.hashHigh;
    records[at + 2] = entry.hashLow;
    records[at + 3] = entry.units;
    this.#texts[ordinal] = undefined;
    if (entry.units > MAX_NAME_UNITS) return;
    const edgeUses = this.#uses.edgeFlags.values[ordinal]!;
    const slot = (edgeUses & EdgeUse.Internal) === 0 ? -1 : entry.slot();
    if (slot >= 0) {
      // There are as many as the longest array has, and only their number matters.
      this.#uses.edgeFlags.values[ordinal] = edgeUses | INDEX;
      records[at + 1] = slot;
      return;
    }
    const text = entry.json();
    if (text === undefined) return;
    const mayBeKept =
      edgeUses !== EdgeUse.Property ||
      (flags & IN_SOURCE) !== 0 ||
      this.#context.language.properties.has(text) ||
      isComposite(text);
    if (mayBeKept && this.#hasRoom(text)) this.#texts[ordinal] = text;
  }

  #writeNodeName(flags: number, entry: Entry, sink: ByteSink): void {
    if ((flags & ANY_NODE_NAME) === 0) {
      this.#write('', sink);
      return;
    }
    const text = entry.units > MAX_NAME_UNITS ? undefined : entry.json();
    const judged = text === undefined ? undefined : judgeNodeName(text, flags, this.#context);
    if (judged === undefined) {
      const { hashHigh, hashLow, units } = entry;
      this.#writeReplaced(placeholder(nodeNameKind(flags), hashHigh, hashLow, units), sink);
    } else if (judged === text) this.#writeKept(judged, sink);
    else this.#writeReplaced(judged, sink);
  }

  #writeValue(flags: number, entry: Entry, sink: ByteSink): void {
    // A name has been written before it.
    if (this.#isReplacedValue(flags, entry)) this.#writeReplacedValue(PLACEHOLDER_STARTS.str, entry, sink);
    else this.#write((flags & Use.Value) === 0 ? '' : entry.json()!, sink);
  }

  #isReplacedValue(flags: number, entry: Entry): boolean {
    if ((flags & Use.Value) === 0 || entry.firstByte === 0) return false;
    if (entry.firstByte !== OPENING_BRACKET || entry.units > MAX_COMPOSITE_UNITS) return true;
    const text = entry.json();
    return text === undefined || !COMPOSITE_STRINGS.has(text);
  }

  #writeReplacedValue(start: Uint8Array, { hashHigh, hashLow, units }: Entry, sink: ByteSink): void {
    this.#values += 1;
    this.#written += 1;
    writePlaceholder(sink, start, hashHigh, hashLow, units);
  }

  #writeKept(json: string, sink: ByteSink): void {
    this.#keptNames += 1;
    this.#write(json, sink);
  }

  #writeReplaced(json: string, sink: ByteSink): void {
    this.#names += 1;
    this.#write(json, sink);
  }

  #write(json: string, sink: ByteSink): void {
    if (this.#written++ > 0) sink.ascii(',\n"');
    else sink.ascii('"');
    sink.ascii(json);
    sink.ascii('"');
  }
}

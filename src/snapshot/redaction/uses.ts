import { Column } from './column.js';
import type { RedactionLimits } from './limits.js';

/** How an entry of the string table is used; bits, as one entry has many users. */
export const Use = {
  /** The content of a string or a regular expression, or of anything unknown. */
  Value: 1,
  /** The name of an object, which is its class. */
  Class: 2,
  /** The name of a closure. */
  Function: 4,
  /** The name of a code object: function, file, or V8's own word. */
  Code: 8,
  /** The name of a structure of V8 or Node. */
  Structure: 16,
  /** A code object refers to a string with this content. */
  InCode: 32,
  /** A code object of this name refers to strings, which may make them words of the source. */
  RefersToStrings: 64,
  /** Some constant pool or object literal in code holds a string with this content. */
  Literal: 128,
  /** Some scope in code has a variable of this name. */
  ScopeName: 256,
  /** This is the name that V8 gives its constant pools and object literals. */
  LiteralHolder: 512,
  /** This is the name that V8 gives lists of variables. */
  ScopeHolder: 1024,
  /** The name of a number, a bigint or a symbol: V8's own word for its kind, not its content. */
  Term: 2048,
  /** This is the empty name, which Node 20 gives to its object literals, and also to optimized code. */
  NamelessHolder: 4096,
} as const;

/** How an edge name, or a name of the allocation trace, is used. */
export const EdgeUse = { Property: 1, Variable: 2, Internal: 4, Function: 8, File: 16 } as const;

export const ANY_NODE_NAME = Use.Class | Use.Function | Use.Code | Use.Structure | Use.Term;

/** What nodes and edges have shown about the string table by the time the strings come, which is last. */
export interface Uses {
  readonly limits: RedactionLimits;
  /** By index in the file's string table: bits of {@link Use}. */
  readonly flags: Column<Uint16Array>;
  /** By index in the file's string table: 1 + position in {@link Uses.edgeFlags}, or 0. */
  readonly edgeNameOf: Column<Uint32Array>;
  /** By position in the list of edge names, in order of first use: bits of {@link EdgeUse}. */
  readonly edgeFlags: Column<Uint8Array>;
  edgeNameCount: number;
  /**
   * Pairs of indexes in the file's string table: that of a code object's name, doubled, plus 1 if an internal edge
   * makes the reference; and that of the string it refers to.
   */
  readonly evidence: Column<Uint32Array>;
  evidenceLength: number;
  /** References from code that were not kept. */
  droppedEvidence: number;
  /** The highest index of a node's name; -1 before the first. */
  highestNodeName: number;
  /** The highest index overall. */
  highestName: number;
}

export function createUses(limits: RedactionLimits): Uses {
  return {
    limits,
    flags: new Column(Uint16Array, limits.maxStrings, 'strings'),
    edgeNameOf: new Column(Uint32Array, limits.maxStrings, 'strings'),
    edgeFlags: new Column(Uint8Array, limits.maxStrings, 'edge names'),
    edgeNameCount: 0,
    evidence: new Column(Uint32Array, limits.maxEvidence * 2, 'references from code'),
    evidenceLength: 0,
    droppedEvidence: 0,
    highestNodeName: -1,
    highestName: -1,
  };
}

/**
 * The new table holds each entry that nodes use twice, as name and as content, since the two may be treated
 * differently; edge names follow. So every number is known when it is written, long before the strings are.
 */
export const nameOfNode = (index: number): number => index * 2;
export const contentOfNode = (index: number): number => index * 2 + 1;

/** The position of an edge name in the new table. All nodes must have been read. */
export function nameOfEdge(uses: Uses, index: number, use: number): number {
  let ordinal = uses.edgeNameOf.values[index] ?? 0;
  if (ordinal === 0) {
    if (index > uses.highestName) uses.highestName = index;
    uses.edgeNameOf.fit(index + 1);
    ordinal = ++uses.edgeNameCount;
    uses.edgeFlags.fit(ordinal);
    uses.edgeNameOf.values[index] = ordinal;
  }
  const flags = uses.edgeFlags.values;
  flags[ordinal - 1] = flags[ordinal - 1]! | use;
  return (uses.highestNodeName + 1) * 2 + ordinal - 1;
}

/** Records that a code object refers to a string. */
export function noteEvidence(uses: Uses, holder: number, word: number, isInternal: boolean): void {
  const flags = uses.flags.values;
  flags[holder] = flags[holder]! | Use.RefersToStrings;
  flags[word] = flags[word]! | Use.InCode;
  const { length: room } = uses.evidence.values;
  const at = uses.evidenceLength;
  if (at === uses.limits.maxEvidence * 2) {
    uses.droppedEvidence += 1;
    return;
  }
  if (at + 2 > room) uses.evidence.fit(at + 2);
  uses.evidence.values[at] = holder * 2 + (isInternal ? 1 : 0);
  uses.evidence.values[at + 1] = word;
  uses.evidenceLength = at + 2;
}

/** Passes on what the holders' names show to the words that they hold. Call it once all strings are known. */
export function weighEvidence(uses: Uses): void {
  const flags = uses.flags.values;
  const pairs = uses.evidence.values;
  for (let at = 0; at < uses.evidenceLength; at += 2) {
    const holder = flags[pairs[at]! >>> 1]!;
    const isInternal = (pairs[at]! & 1) === 1;
    let gained = 0;
    if ((holder & Use.LiteralHolder) !== 0 || (isInternal && (holder & Use.NamelessHolder) !== 0)) {
      gained |= Use.Literal;
    }
    if ((holder & Use.ScopeHolder) !== 0) gained |= Use.ScopeName;
    if (gained !== 0) flags[pairs[at + 1]!] = flags[pairs[at + 1]!]! | gained;
  }
}

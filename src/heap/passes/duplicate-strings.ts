import type { HeapGraph } from '../graph.js';
import { NodeKind } from '../kinds.js';
import { Top } from '../top.js';

/**
 * V8 truncates strings at this length in a snapshot (`--heap-snapshot-string-limit`), so longer ones can look alike.
 */
const CUT_AT = 1024;

export interface DuplicateString {
  /** Index into the strings of the file. */
  readonly name: number;
  readonly count: number;
  readonly bytes: number;
  /** Bytes saved if all shared one copy. */
  readonly wastedBytes: number;
  /** The file has the text truncated: the strings begin alike and may differ further on. */
  readonly maybeDifferent: boolean;
}

export interface DuplicateStrings {
  /** All strings, duplicate or not. */
  readonly strings: number;
  readonly bytes: number;
  /** Over all duplicates, not only those listed. */
  readonly duplicates: number;
  readonly wastedBytes: number;
  readonly top: readonly DuplicateString[];
}

/**
 * Strings with the same text that are kept more than once. Also works on a redacted snapshot, where equal values have
 * equal placeholders. Composite strings (`concatenated`, `sliced`) are left out: their parts are counted.
 */
export function findDuplicateStrings(graph: HeapGraph, limit: number): DuplicateStrings {
  const { nodeCount, nodeKind, nodeName, selfSize, strings } = graph;
  const counts = new Uint32Array(strings.count);
  const bytes = new Float64Array(strings.count);
  const largest = new Float64Array(strings.count);
  let all = 0;
  let allBytes = 0;
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.string) continue;
    const size = selfSize[node]!;
    // In newer versions a string in V8's read-only space has no size, and wastes nothing.
    if (size === 0) continue;
    const name = nodeName[node]!;
    all += 1;
    allBytes += size;
    counts[name]! += 1;
    bytes[name]! += size;
    if (size > largest[name]!) largest[name] = size;
  }
  const top = new Top<DuplicateString>(limit);
  let duplicates = 0;
  let wasted = 0;
  for (let name = 0; name < strings.count; name++) {
    const count = counts[name]!;
    if (count < 2) continue;
    const wastedBytes = bytes[name]! - largest[name]!;
    duplicates += count - 1;
    wasted += wastedBytes;
    if (wastedBytes <= top.threshold) continue;
    const maybeDifferent = strings.byteLength(name) >= CUT_AT;
    top.add(wastedBytes, { name, count, bytes: bytes[name]!, wastedBytes, maybeDifferent });
  }
  return { strings: all, bytes: allBytes, duplicates, wastedBytes: wasted, top: top.items() };
}

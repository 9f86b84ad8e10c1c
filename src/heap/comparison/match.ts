import { NodeKind } from '../kinds.js';
import type { Footprint } from './footprint.js';
import type { Identity } from './identity.js';
import { IdentityTable } from './identity-table.js';

export interface Match {
  /** What the objects of the two are known by. */
  readonly by: 'ids' | 'paths';
  /** Row of the earlier snapshot plus 1 by node of the later; 0 for an object that is new. */
  readonly before: Uint32Array;
  readonly matched: number;
  /** How well the ids fitted together, 0 to 1. */
  readonly agreement: number;
}

/** In trials, two snapshots of one process agreed to 99 % and more, those of two runs of one small program to 87 % and less. */
const LEAST_AGREEMENT = 0.95;
/** V8 puts one or two helper nodes between an object and what it holds; a file could have a chain of a million. */
const MAX_HELPERS = 8;
/** Of the smaller snapshot, at least so much must be found again for ids to mean anything. */
const LEAST_SHARE = 0.2;

/**
 * Finds the objects of an earlier snapshot in a later one, by V8's ids, or by their paths when the ids contradict the
 * classes of the objects: a forked copy of a process numbers anew, and so does another run.
 */
export function matchSnapshots(earlier: Footprint, later: Footprint): Match {
  const ids = match(earlier.byId, later.byId);
  const agreement = findAgreement(earlier, later, ids.before);
  const isMeaningful = ids.matched >= LEAST_SHARE * Math.min(earlier.nodeCount, later.nodeCount);
  if (isMeaningful && agreement >= LEAST_AGREEMENT) return { by: 'ids', ...ids, agreement };
  return { by: 'paths', ...match(earlier.byPath, later.byPath), agreement };
}

/** Rows of an earlier snapshot by those of the last, in the way that was found for another. */
export function matchBy(by: Match['by'], earlier: Footprint, later: Footprint): Uint32Array {
  return by === 'ids' ? match(earlier.byId, later.byId).before : match(earlier.byPath, later.byPath).before;
}

function match(earlier: Identity, later: Identity): { before: Uint32Array; matched: number } {
  const table = new IdentityTable(earlier);
  const unique = new IdentityTable(later);
  const before = new Uint32Array(later.key.length);
  let matched = 0;
  for (let node = 0; node < before.length; node++) {
    const key = later.key[node]!;
    const check = later.check[node]!;
    const row = table.find(key, check);
    if (row < 0 || unique.find(key, check) !== node) continue;
    before[node] = row + 1;
    matched += 1;
  }
  return { before, matched };
}

/**
 * The lesser of two shares: of the objects with the same id that are of the same class; and of those whose holder was there
 * before that have the same holder. The class alone would not do: where most of a heap is alike, any numbering meets the
 * same class by chance. Holders are dominators, less V8's helper nodes: a Map that grows gets a new table.
 */
function findAgreement(earlier: Footprint, later: Footprint, before: Uint32Array): number {
  const rows = new Map(later.classes.names.map((name, row) => [name, row]));
  const same = Int32Array.from(earlier.classes.names, (name) => rows.get(name) ?? -1);
  let [matched, sameClass, known, sameHolder] = [0, 0, 0, 0];
  for (let node = 0; node < before.length; node++) {
    const row = before[node]! - 1;
    if (row < 0) continue;
    matched += 1;
    if (same[earlier.classes.of[row]!] === later.classes.of[node]) sameClass += 1;
    const above = before[holder(later, node)]! - 1;
    if (above < 0) continue;
    known += 1;
    if (above === holder(earlier, row)) sameHolder += 1;
  }
  return matched === 0 ? 0 : Math.min(sameClass / matched, sameHolder / Math.max(1, known));
}

function holder({ kind, dominator }: Footprint, node: number): number {
  let at = dominator[node]!;
  for (let i = 0; i < MAX_HELPERS; i++) {
    if (kind[at] !== NodeKind.array && kind[at] !== NodeKind.hidden) break;
    at = dominator[at]!;
  }
  return at;
}

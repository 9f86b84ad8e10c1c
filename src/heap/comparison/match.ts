import { NodeKind } from '../kinds.js';
import type { Footprint } from './footprint.js';
import type { Identity } from './identity.js';
import { IdentityTable } from './identity-table.js';

export interface Match {
  /** How objects are matched. */
  readonly by: 'ids' | 'paths';
  /** Row of the earlier snapshot plus 1, by node of the later; 0 for a new object. */
  readonly before: Uint32Array;
  readonly matched: number;
  /** How consistent the ids were, 0 to 1. */
  readonly agreement: number;
}

/**
 * In trials, two snapshots of one process agreed to at least 99 %, those of two runs of one small program to at most
 * 87 %.
 */
const LEAST_AGREEMENT = 0.95;
/** V8 puts one or two helper nodes between an object and what it holds; a file could have a chain of a million. */
const MAX_HELPERS = 8;
/** At least this share of the smaller snapshot must be found again for ids to mean anything. */
const LEAST_SHARE = 0.2;

/**
 * Matches objects of an earlier snapshot to a later one by V8's ids, or by path if the ids contradict the objects'
 * classes: a forked copy of a process assigns new ids, and so does another run.
 */
export function matchSnapshots(earlier: Footprint, later: Footprint): Match {
  const ids = match(earlier.byId, later.byId);
  const agreement = findAgreement(earlier, later, ids.before);
  const isMeaningful = ids.matched >= LEAST_SHARE * Math.min(earlier.nodeCount, later.nodeCount);
  if (isMeaningful && agreement >= LEAST_AGREEMENT) return { by: 'ids', ...ids, agreement };
  return { by: 'paths', ...match(earlier.byPath, later.byPath), agreement };
}

/** Rows of an earlier snapshot by rows of the last, matched in the way chosen for another snapshot. */
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
 * The lower of two shares: objects with the same id that have the same class; and, among those whose holder existed
 * before, objects that have the same holder. Class alone is not enough: where most of a heap is alike, any numbering
 * matches classes by chance. Holders are dominators, skipping V8's helper nodes: a Map that grows gets a new table.
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

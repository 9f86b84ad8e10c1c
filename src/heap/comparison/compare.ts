import type { HeapAnalysis } from '../analysis.js';
import { describeObject, pathTo } from '../summary/describe.js';
import type { ObjectSummary } from '../summary/summary.js';
import type { RetainingPath } from '../naming/retaining-path.js';
import { compareClasses, type ClassGrowth } from './class-growth.js';
import { takeFootprint, type Footprint } from './footprint.js';
import { findHolders, type HolderGrowth } from './holder-growth.js';
import { matchBy, matchSnapshots, type Match } from './match.js';

export interface HolderSummary {
  readonly object: ObjectSummary;
  readonly path?: RetainingPath;
  readonly retainedGrowthBytes: number;
  /** Growth that arose at this object, not at a holder further down. */
  readonly ownGrowthBytes: number;
  /** New objects that it refers to but does not retain alone. */
  readonly sharedGrowthBytes: number;
  /** Collections only. */
  readonly entries?: { readonly before: number; readonly after: number };
  /** What it retained in each snapshot, in order; 0 where it did not exist. */
  readonly retainedBytes: readonly number[];
  /** Whether it grew from each snapshot to the next. */
  readonly steady: boolean;
  /** New objects directly under it, by class, largest groups first. */
  readonly gained: readonly {
    readonly class: string;
    readonly count: number;
    readonly retainedBytes: number;
  }[];
}

export interface HeapComparison {
  readonly snapshots: readonly { readonly nodes: number; readonly totalBytes: number }[];
  /**
   * `ids`: objects match by V8's ids. `paths`: the ids do not correspond (two forks of a process, or two runs), so
   * objects match if all names on their path from the root are equal. Then only objects that a program holds by name
   * are recognised, and the new objects of a class are unknown.
   */
  readonly matchedBy: 'ids' | 'paths';
  readonly matchedObjects: number;
  /** How consistent the ids were, 0 to 1. */
  readonly idAgreement: number;
  /** Largest change in bytes first. */
  readonly classes: readonly ClassGrowth[];
  /** Largest growth first. */
  readonly holders: readonly HolderSummary[];
}

export interface ComparisonOptions {
  /** Length of each list, default 20. */
  readonly top?: number;
}

const GROUPS = 5;

/**
 * Compares the first with the last of several snapshots. `earlier` holds the footprints of all but the last, in order.
 * Throws a RangeError if it is empty.
 */
export function compareHeaps(
  earlier: readonly Footprint[],
  analysis: HeapAnalysis,
  { top = 20 }: ComparisonOptions = {},
): HeapComparison {
  const [first, ...between] = earlier;
  if (first === undefined) throw new RangeError('a comparison needs two snapshots');
  const last = takeFootprint(analysis);
  const match = matchSnapshots(first, last);
  const holders = findHolders(first, last, analysis, match, top);
  const rows = between.map((footprint) => ({ footprint, before: matchBy(match.by, footprint, last) }));
  const classes = [...compareClasses(first, last, match)]
    .sort((a, b) => Math.abs(b.bytesAfter - b.bytesBefore) - Math.abs(a.bytesAfter - a.bytesBefore))
    .slice(0, top);
  return {
    snapshots: [...earlier, last].map(({ nodeCount, totalBytes }) => ({ nodes: nodeCount, totalBytes })),
    matchedBy: match.by,
    matchedObjects: match.matched,
    idAgreement: match.agreement,
    classes,
    holders: holders.map((holder) => {
      const { node } = holder;
      const series = [
        first.retainedSize[match.before[node]! - 1]!,
        ...rows.map(({ footprint, before }) => footprint.retainedSize[before[node]! - 1] ?? 0),
        last.retainedSize[node]!,
      ];
      return describeHolder(analysis, match, holder, series);
    }),
  };
}

function describeHolder(
  analysis: HeapAnalysis,
  match: Match,
  holder: HolderGrowth,
  retainedBytes: readonly number[],
): HolderSummary {
  const { node, entriesBefore: before, entriesAfter: after } = holder;
  return {
    object: describeObject(analysis, node),
    ...pathTo(analysis, node),
    retainedGrowthBytes: holder.retainedGrowth,
    ownGrowthBytes: holder.ownGrowth,
    sharedGrowthBytes: holder.sharedBytes,
    ...(before > 0 || after > 0 ? { entries: { before, after } } : {}),
    retainedBytes,
    steady: retainedBytes.every((bytes, i) => i === 0 || bytes > retainedBytes[i - 1]!),
    gained: match.by === 'ids' ? gainedClasses(analysis, match.before, node) : [],
  };
}

/** New objects that the holder dominates directly, or through new or old helper nodes of V8. */
function gainedClasses(
  { dominated, retainedSize, classes, namer }: HeapAnalysis,
  before: Uint32Array,
  holder: number,
): HolderSummary['gained'] {
  const groups = new Map<number, { class: string; count: number; retainedBytes: number }>();
  const pending = [holder];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (let i = dominated.first[node]!; i < dominated.first[node + 1]!; i++) {
      const child = dominated.node[i]!;
      if (namer.kind(child) === 'array' || namer.kind(child) === 'hidden') pending.push(child);
      else if (before[child] === 0) {
        const row = classes.of[child]!;
        const group = groups.get(row) ?? { class: classes.names[row]!, count: 0, retainedBytes: 0 };
        group.count += 1;
        group.retainedBytes += retainedSize[child]!;
        groups.set(row, group);
      }
    }
  }
  return [...groups.values()].sort((a, b) => b.retainedBytes - a.retainedBytes).slice(0, GROUPS);
}

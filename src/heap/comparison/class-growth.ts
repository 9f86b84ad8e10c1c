import type { Footprint } from './footprint.js';
import type { Match } from './match.js';

export interface ClassGrowth {
  readonly class: string;
  readonly countBefore: number;
  readonly countAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** New, gone and kept objects; only if objects are matched by id. */
  readonly objects?: {
    readonly new: CountAndBytes;
    readonly gone: CountAndBytes;
    readonly kept: CountAndBytes;
  };
}

export interface CountAndBytes {
  readonly count: number;
  readonly bytes: number;
}

interface Sums {
  class: string;
  countBefore: number;
  countAfter: number;
  bytesBefore: number;
  bytesAfter: number;
  keptCount: number;
  keptBytes: number;
  keptBytesBefore: number;
}

/** Count and own size of each class before and after. Classes match by name. */
export function compareClasses(
  earlier: Footprint,
  later: Footprint,
  { by, before }: Match,
): readonly ClassGrowth[] {
  const sums = new Map<string, Sums>();
  const rowsOf = ({ classes }: Footprint): readonly Sums[] =>
    classes.names.map((name) => {
      let row = sums.get(name);
      if (row === undefined) {
        row = {
          class: name,
          countBefore: 0,
          countAfter: 0,
          bytesBefore: 0,
          bytesAfter: 0,
          keptCount: 0,
          keptBytes: 0,
          keptBytesBefore: 0,
        };
        sums.set(name, row);
      }
      return row;
    });
  const earlierRows = rowsOf(earlier);
  const laterRows = rowsOf(later);
  for (let node = 0; node < earlier.nodeCount; node++) {
    const row = earlierRows[earlier.classes.of[node]!]!;
    row.countBefore += 1;
    row.bytesBefore += earlier.selfSize[node]!;
  }
  for (let node = 0; node < later.nodeCount; node++) {
    const row = laterRows[later.classes.of[node]!]!;
    const bytes = later.selfSize[node]!;
    row.countAfter += 1;
    row.bytesAfter += bytes;
    const earlierNode = before[node]! - 1;
    if (earlierNode < 0) continue;
    row.keptCount += 1;
    row.keptBytes += bytes;
    row.keptBytesBefore += earlier.selfSize[earlierNode]!;
  }
  return [...sums.values()]
    .filter((row) => row.countBefore !== row.countAfter || row.bytesBefore !== row.bytesAfter)
    .map((row) => toGrowth(row, by === 'ids'));
}

function toGrowth(row: Sums, hasIds: boolean): ClassGrowth {
  const { keptCount, keptBytes, keptBytesBefore, ...growth } = row;
  if (!hasIds) return growth;
  return {
    ...growth,
    objects: {
      new: { count: row.countAfter - keptCount, bytes: row.bytesAfter - keptBytes },
      gone: { count: row.countBefore - keptCount, bytes: row.bytesBefore - keptBytesBefore },
      kept: { count: keptCount, bytes: keptBytes },
    },
  };
}

import type { History, HistoryResult } from '../../history/history.js';
import { pearson, spearman } from '../../statistics/correlation.js';
import type { ReportAnswer } from './schema.js';

type LoadCorrelation = NonNullable<ReportAnswer['load']>[number];

const MAX_POINTS = 120;
/** Fewer points correlate by chance: with ten, one in twenty unrelated pairs shows 0.63 or more. */
const LEAST_POINTS = 10;

const PAIRS = [
  ['heapUsedBytes', 'requestsPerSecond'],
  ['heapUsedBytes', 'inFlight'],
  ['heapFloorBytes', 'inFlight'],
  ['heapFloorGrowthBytes', 'requestsPerSecond'],
] as const;

const NAMES = {
  heapUsedBytes: 'the heap in use',
  heapFloorBytes: 'the floor',
  heapFloorGrowthBytes: 'growth of the floor',
  requestsPerSecond: 'the rate of requests',
  inFlight: 'the requests in flight',
} as const;

/** Pearson and Spearman of memory against load, and their meaning in words. Costs a query of the history. */
export function loadCorrelations(history: Pick<History, 'query'>): readonly LoadCorrelation[] {
  return correlationsIn(
    history.query({
      maxPoints: MAX_POINTS,
      series: ['heapUsedBytes', 'heapFloorBytes', 'requests', 'inFlight'],
    }),
  );
}

/** The same, from an existing query result. */
export function correlationsIn({
  series,
  stepSeconds,
}: Pick<HistoryResult, 'series' | 'stepSeconds'>): readonly LoadCorrelation[] {
  const last = (name: string): readonly (number | null)[] => series[name]?.last ?? [];
  const columns = {
    heapUsedBytes: last('heapUsedBytes'),
    heapFloorBytes: last('heapFloorBytes'),
    heapFloorGrowthBytes: differences(last('heapFloorBytes')),
    requestsPerSecond: differences(last('requests')).map((count) => count && count / stepSeconds),
    inFlight: last('inFlight'),
  };
  return PAIRS.map(([memory, load]) => {
    const xs: number[] = [];
    const ys: number[] = [];
    for (const [i, x] of columns[memory].entries()) {
      const y = columns[load][i] ?? null;
      if (x === null || y === null) continue;
      xs.push(x);
      ys.push(y);
    }
    const enough = xs.length >= LEAST_POINTS;
    const byValue = enough ? pearson(xs, ys) : undefined;
    const byRank = enough ? spearman(xs, ys) : undefined;
    return {
      memory,
      load,
      points: xs.length,
      stepSeconds,
      ...(byValue !== undefined && { pearson: rounded(byValue) }),
      ...(byRank !== undefined && { spearman: rounded(byRank) }),
      words: wordsOf(NAMES[memory], NAMES[load], enough, byRank),
    };
  });
}

/** Difference of each step from the one before; the first has none. */
function differences(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => {
    const before = i === 0 ? null : (values[i - 1] ?? null);
    return value === null || before === null ? null : value - before;
  });
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

function wordsOf(memory: string, load: string, enough: boolean, rank: number | undefined): string {
  if (!enough) return `too few points to say whether ${memory} goes with ${load}`;
  if (rank === undefined) return `${memory} or ${load} did not vary, so that nothing can be said`;
  const strength = Math.abs(rank);
  if (strength < 0.3) return `${memory} hardly depends on ${load}`;
  const how = strength < 0.6 ? 'somewhat' : 'clearly';
  return rank > 0
    ? `${memory} ${how} rises and falls with ${load}`
    : `${memory} ${how} falls when ${load} rises`;
}

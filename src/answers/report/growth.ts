import type { History } from '../../history/history.js';

/** What the chart draws: one value a step, null where nothing was read. */
export interface Growth {
  readonly stepSeconds: number;
  readonly from: string;
  readonly to: string;
  /** When each step began. */
  readonly times: readonly string[];
  /** Greatest of each step. */
  readonly heapUsedBytes: readonly (number | null)[];
  /** What stayed after the newest major GC. */
  readonly heapFloorBytes: readonly (number | null)[];
  readonly externalBytes: readonly (number | null)[];
}

const MAX_POINTS = 240;

/** The heap over all of the history, in so few steps that a chart and a ticket can hold them. */
export function growthOf(history: Pick<History, 'query'>): Growth | undefined {
  const { times, stepSeconds, from, to, series } = history.query({
    maxPoints: MAX_POINTS,
    series: ['heapUsedBytes', 'heapFloorBytes', 'externalBytes'],
  });
  if (times.length < 2) return undefined;
  return {
    stepSeconds,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    times: times.map((time) => new Date(time).toISOString()),
    heapUsedBytes: series['heapUsedBytes']!.max,
    heapFloorBytes: series['heapFloorBytes']!.last,
    externalBytes: series['externalBytes']!.last,
  };
}

import type { History } from '../../history/history.js';
import type { ReportAnswer } from './schema.js';

const MAX_POINTS = 240;

/** The heap over the whole history, in few enough steps for a chart or a ticket. */
export function growthOf(history: Pick<History, 'query'>): ReportAnswer['growth'] {
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

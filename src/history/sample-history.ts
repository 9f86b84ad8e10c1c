import type { GcTotalsReading } from '../measure/gc-totals.js';
import type { Sample } from '../measure/reading.js';
import { createHistory, type History } from './history.js';

/** The series of the history, in the order of its columns. */
const HISTORY_SERIES = [
  'heapUsedBytes',
  'heapFloorBytes',
  'heapCommittedBytes',
  'oldSpaceUsedBytes',
  'externalBytes',
  'arrayBuffersBytes',
  'rssBytes',
  'cgroupUsageBytes',
  'limitBytes',
  'mallocedBytes',
  'eventLoopDelayP99Ms',
  'eventLoopUtilization',
  'cpuUtilization',
  'gcPauseSeconds',
  'gcMajorCount',
  'gcMinorCount',
  'allocatedBytes',
  'requests',
  'inFlight',
  'handles',
  'descriptors',
  'nativeContexts',
] as const;
export type HistorySeries = (typeof HISTORY_SERIES)[number];

export interface HistoryMoment {
  readonly sample: Sample;
  readonly gc: GcTotalsReading;
  readonly recorder: { readonly completed: number; readonly inFlight: number } | undefined;
  readonly floor: { readonly heapBytes: number } | undefined;
}

export interface SampleHistory {
  readonly history: History;
  record(moment: HistoryMoment): void;
}

/** The history of samples: one column a series, one row a step, in tiers that reach back a day. */
export function createSampleHistory(intervalSeconds: number): SampleHistory {
  const history = createHistory({ series: HISTORY_SERIES, intervalSeconds });
  const values = new Float64Array(HISTORY_SERIES.length);
  return {
    history,
    record(moment) {
      const row = valuesOf(moment);
      for (const [i, name] of HISTORY_SERIES.entries()) values[i] = row[name] ?? NaN;
      history.record(moment.sample.at, values);
    },
  };
}

function valuesOf({ sample, gc, recorder, floor }: HistoryMoment): Record<HistorySeries, number | undefined> {
  const { heap, eventLoop, handles } = sample;
  return {
    heapUsedBytes: heap?.usedBytes,
    heapFloorBytes: floor?.heapBytes,
    heapCommittedBytes: heap?.committedBytes,
    oldSpaceUsedBytes: heap?.spaces.find((space) => space.name === 'old_space')?.usedBytes,
    externalBytes: heap?.externalBytes,
    arrayBuffersBytes: sample.arrayBuffersBytes,
    rssBytes: sample.rssBytes,
    cgroupUsageBytes: sample.cgroup?.usageBytes,
    limitBytes: sample.limit?.bytes,
    mallocedBytes: heap?.mallocedBytes,
    eventLoopDelayP99Ms: eventLoop?.delayP99Ms,
    eventLoopUtilization: eventLoop?.utilization,
    cpuUtilization: sample.cpu?.utilization,
    gcPauseSeconds: gc.pauseSeconds,
    gcMajorCount: gc.kinds.major.count,
    gcMinorCount: gc.kinds.minor.count,
    allocatedBytes: gc.allocatedBytes,
    requests: recorder?.completed,
    inFlight: recorder?.inFlight,
    handles: handles && Object.values(handles).reduce((sum, count) => sum + count, 0),
    descriptors: sample.descriptors?.open,
    nativeContexts: heap?.nativeContexts,
  };
}

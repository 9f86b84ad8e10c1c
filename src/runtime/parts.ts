import path from 'node:path';
import type { ResolvedOptions } from '../config/options.js';
import { createPauseBudget, type PauseBudget } from '../cost/pause-budget.js';
import type { Clock } from '../base/clock.js';
import { createLiveProfile, type LiveProfile } from '../profile/live-profile.js';
import type { RouteLinks } from '../profile/route-links.js';
import { createDeepSampler, type DeepReading, type DeepSampler } from '../requests/deep-samples.js';
import { createHeapMeter } from '../requests/heap-meter.js';
import { createRecorder, type Recorder } from '../requests/recorder.js';

/** Readings kept: enough for the window of a verdict to begin near one. */
const MAX_READINGS = 24;

/** The live-allocation profile that the options ask for. */
export function createProfile({ profile }: ResolvedOptions, clock: Clock, links: RouteLinks): LiveProfile {
  return createLiveProfile({
    samplingIntervalBytes: profile.samplingIntervalBytes,
    stackDepth: profile.stackDepth,
    clock,
    maxReadings: MAX_READINGS,
    links,
    sourceMaps: profile.sourceMaps,
  });
}

/** The pause budget that the options allow, as an earlier life of the process left it. */
export function createBudget(
  { cost, stateDirectory }: ResolvedOptions,
  clock: Clock,
  onError: (error: unknown) => void,
): PauseBudget {
  return createPauseBudget({
    millisecondsPerHour: cost.pauseBudgetMsPerHour,
    clock,
    file: path.join(stateDirectory, 'pause-budget.json'),
    onError,
  });
}

/** The sampler of requests that are read deeply, if the options ask for any. */
export function createDeep(
  { requestProfiling: { probability } }: ResolvedOptions,
  clock: Clock,
  read: () => DeepReading | undefined,
): DeepSampler | undefined {
  return probability > 0 ? createDeepSampler({ probability, read, clock, random: Math.random }) : undefined;
}

/** The recorder of requests that the options ask for. */
export function createRequestRecorder(options: ResolvedOptions, clock: Clock): Recorder {
  return createRecorder({
    clock,
    maxRoutes: options.requests.maxRoutes,
    durationBucketsSeconds: options.metrics.durationBucketsSeconds,
    ...(options.requests.heapDelta && createHeapMeter()),
  });
}

import type { ResolvedOptions } from './config/options.js';
import type { Clock } from './measure/clock.js';
import { createLiveProfile, type LiveProfile } from './profile/live-profile.js';
import type { RouteLinks } from './profile/route-links.js';
import { createHeapReading } from './requests/heap-reading.js';
import { createRecorder, type Recorder } from './requests/recorder.js';

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

/** The recorder of requests that the options ask for. */
export function createRequestRecorder(options: ResolvedOptions, clock: Clock): Recorder {
  return createRecorder({
    clock,
    maxRoutes: options.requests.maxRoutes,
    durationBucketsSeconds: options.metrics.durationBucketsSeconds,
    ...(options.requests.heapDelta && createHeapReading()),
  });
}

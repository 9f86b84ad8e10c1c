import type { Clock } from '../base/clock.js';
import type { Failures } from '../base/failures.js';
import type { ResolvedOptions } from '../config/options.js';
import { createSampleHistory } from '../history/sample-history.js';
import { createInstances, type InstancesOptions } from '../instances/instances.js';
import { createCollector, type Collection, type Collector } from '../measure/collect.js';
import { createGcTotals } from '../measure/gc-totals.js';
import { createGcWindows, type GcWindows } from '../measure/gc-windows.js';
import { createInboundConnections } from '../measure/inbound-connections.js';
import type { GcEvent, Sample } from '../measure/reading.js';
import { createSampler, createSystemProbes, type SamplerProbes } from '../measure/sampler.js';
import { createLiveProfile } from '../profile/live-profile.js';
import { createSamplingPace } from '../profile/sampling-pace.js';
import { createRetentionWindows } from '../profile/windows/windows.js';
import { createDeepSampler, readDeep, type DeepReading } from '../requests/deep-samples.js';
import { createHeapMeter } from '../requests/heap-meter.js';
import { createRecorder } from '../requests/recorder.js';
import { createRecording } from '../requests/recording.js';
import { createRequestSampler } from '../requests/request-sampler.js';

/** Sources of readings; tests script them. */
export interface Probes {
  readonly probes?: SamplerProbes;
  readonly gcWindows?: GcWindows;
  readonly collector?: Collector;
  readonly readDeep?: () => DeepReading;
}

export interface SensorSources extends Probes {
  readonly clock: Clock;
  readonly failures: Failures;
  /** Aborted when the server is about to close. */
  readonly stopping: AbortSignal;
  /** What exact counts of instances are paid with. */
  readonly payment: Pick<InstancesOptions, 'admission' | 'gcPauseMs' | 'paid'>;
}

/** Profile readings kept: enough for a verdict's window to begin near one. */
const MAX_READINGS = 24;
/** Enough for the quantiles of a route's heap deltas within minutes; 100 µs of readings a second. */
const MEASURED_PER_SECOND = 100;
/** Over which the rate of allocation is taken. */
const RATE_MS = 10_000;

export type Sensors = ReturnType<typeof createSensors>;

/** Everything that measures. A part that is off is undefined. */
export function createSensors(options: ResolvedOptions, sources: SensorSources) {
  const { clock, failures } = sources;
  const { probability } = options.requestProfiling;
  const sampler = createSampler({
    probes: sources.probes ?? createSystemProbes(options, clock),
    clock,
    failures,
  });
  const gcWindows = sources.gcWindows ?? createGcWindows({ clock });
  const gcTotals = createGcTotals();
  const connections = createInboundConnections();
  const collector = sources.collector ?? createCollector({ clock });
  const recorder = options.requests.enabled
    ? createRecorder({
        clock,
        maxRoutes: options.requests.maxRoutes,
        durationBucketsSeconds: options.metrics.durationBucketsSeconds,
        ...(options.requests.heapDelta && createHeapMeter()),
        measured: createRequestSampler({ perSecond: MEASURED_PER_SECOND, clock, random: Math.random }),
      })
    : undefined;
  const read = (): DeepReading | undefined => failures.guarded('deepReading', sources.readDeep ?? readDeep);
  const deep =
    recorder && probability > 0
      ? createDeepSampler({ probability, read, clock, random: Math.random })
      : undefined;
  const history = options.history.enabled ? createSampleHistory(options.history.intervalSeconds) : undefined;
  const profile = options.profile.enabled
    ? createLiveProfile({
        ...options.profile,
        clock,
        maxReadings: MAX_READINGS,
      })
    : undefined;
  const pace = profile && createSamplingPace({ clock, finestBytes: options.profile.samplingIntervalBytes });
  const allocationRate = createRate(clock, RATE_MS, () => gcTotals.read().allocatedBytes);
  const windows =
    profile && recorder
      ? createRetentionWindows({
          clock,
          profile,
          stopping: sources.stopping,
          traffic: () => ({
            allocatedBytesPerSecond: allocationRate.perSecond(),
            headroomBytes: (latest.limit?.bytes ?? Infinity) - (latest.heap?.usedBytes ?? 0),
          }),
        })
      : undefined;
  const instances = createInstances({ clock, ...sources.payment });

  let latest = sampler.sample();
  let unsubscribe: (() => void) | undefined;

  return {
    recorder,
    /** Receives a server's requests. */
    recording: recorder && createRecording({ recorder, deep, exclude: options.requests.exclude }),
    deep,
    history: history?.history,
    profile,
    /** How finely the profile may sample; undefined without one. */
    pace,
    /** Retention windows; undefined without a profile. */
    windows,
    instances,
    gcTotals,
    /** The newest sample; reading it measures nothing. */
    latest: (): Sample => latest,
    openConnections: (): number => connections.open,
    /** Bytes of the columns and rings, which are fixed once all routes are known. */
    selfBytes: (): number => (recorder?.bytes ?? 0) + (history?.history.bytes ?? 0),
    /** Takes a sample: the first step of a tick. */
    sample: (): Sample => (latest = sampler.sample()),
    /** Keeps the profile's sampling running, and within its bound. */
    tendProfile(): void {
      if (profile?.running !== true) return;
      failures.guarded('profile', () => {
        profile.resume();
        pace?.note({
          allocatedBytes: gcTotals.read().allocatedBytes,
          samplingIntervalBytes: profile.samplingIntervalBytes,
          stackDepth: profile.meanDepth,
        });
      });
    },
    /** The collections since the last call, added to the totals. */
    takeCollections(): readonly GcEvent[] {
      const events = gcWindows.drain();
      gcTotals.add(events);
      allocationRate.note();
      return events;
    },
    /** The rest of a tick. `sample` is undefined if taking it failed, `floor` before the first. */
    settle(sample: Sample | undefined, floor: { readonly heapBytes: number } | undefined): void {
      failures.guarded('requests', () => {
        recorder?.settle();
        deep?.adapt();
      });
      failures.guarded('instances', () => instances.observe(gcTotals.read().kinds.major.count));
      if (sample === undefined) return;
      failures.guarded('history', () => history?.record({ sample, gc: gcTotals.read(), recorder, floor }));
    },
    /** One full collection, which blocks the thread. @throws TidemarkError TIDEMARK_ERR_GC_UNAVAILABLE */
    collectNow: (): Collection => collector.collect(),
    startSensors(): void {
      sampler.start();
      gcWindows.start();
      if (options.verdict.enabled) connections.start();
      if (recorder) unsubscribe = gcWindows.onGc((startMs, endMs) => recorder.markGc(startMs, endMs));
      failures.guarded('profile', () => profile?.start());
    },
    /** Stops every part, even after one that fails to stop. */
    stopSensors(): void {
      failures.guarded('gcWindows', () => unsubscribe?.());
      failures.guarded('profile', () => profile?.stop());
      failures.guarded('instances', () => instances.stop());
      failures.guarded('gcWindows', () => gcWindows.stop());
      failures.guarded('connections', () => connections.stop());
      sampler.stop();
    },
  };
}

/** The rate of a counter over the last `spanMs` at least, once it was noted for so long. */
function createRate(clock: Clock, spanMs: number, count: () => number) {
  let [earlier, later] = [
    { atMs: clock.monotonic(), count: 0 },
    { atMs: clock.monotonic(), count: 0 },
  ];
  return {
    note(): void {
      const now = { atMs: clock.monotonic(), count: count() };
      if (now.atMs - later.atMs >= spanMs) [earlier, later] = [later, now];
    },
    perSecond: (): number =>
      (count() - earlier.count) / Math.max(1, (clock.monotonic() - earlier.atMs) / 1000),
  };
}

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
import { functionKeys } from '../profile/function-keys.js';
import { createHandlerSeeds } from '../profile/handler-seeds.js';
import { createLiveProfile } from '../profile/live-profile.js';
import { createRouteLinks } from '../profile/route-links.js';
import { createDeepSampler, readDeep, type DeepReading } from '../requests/deep-samples.js';
import { createHeapMeter } from '../requests/heap-meter.js';
import { createRecorder } from '../requests/recorder.js';
import { createRecording } from '../requests/recording.js';

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
  /** Pays for exact counts of instances. */
  readonly payment: Pick<InstancesOptions, 'admission' | 'gcPauseMs' | 'paid'>;
}

/** Profile readings kept: enough for a verdict's window to begin near one. */
const MAX_READINGS = 24;
const MAX_LINKED_FUNCTIONS = 4096;

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
      })
    : undefined;
  const read = (): DeepReading | undefined => failures.guarded('deepReading', sources.readDeep ?? readDeep);
  const deep =
    recorder && probability > 0
      ? createDeepSampler({ probability, read, clock, random: Math.random })
      : undefined;
  const history = options.history.enabled ? createSampleHistory(options.history.intervalSeconds) : undefined;
  const links = createRouteLinks({ maxFunctions: MAX_LINKED_FUNCTIONS });
  const profile = options.profile.enabled
    ? createLiveProfile({
        ...options.profile,
        clock,
        links,
        maxReadings: MAX_READINGS,
      })
    : undefined;
  const handlers = profile && recorder ? createHandlerSeeds({ links, locate: functionKeys }) : undefined;
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
    /** Receives the handlers of routes, so that resumed ones are recognised; undefined without a profile. */
    handlers,
    instances,
    gcTotals,
    /** The newest sample; reading it measures nothing. */
    latest: (): Sample => latest,
    openConnections: (): number => connections.open,
    /** Bytes of the columns and rings, which are fixed once all routes are known. */
    selfBytes: (): number => (recorder?.bytes ?? 0) + (history?.history.bytes ?? 0),
    /** Takes a sample: the first step of a tick. */
    sample: (): Sample => (latest = sampler.sample()),
    /** The collections since the last call, added to the totals. */
    takeCollections(): readonly GcEvent[] {
      const events = gcWindows.drain();
      gcTotals.add(events);
      return events;
    },
    /** The rest of a tick. `sample` is undefined if taking it failed, `floor` before the first. */
    settle(sample: Sample | undefined, floor: { readonly heapBytes: number } | undefined): void {
      failures.guarded('requests', () => recorder?.settle());
      failures.guarded('instances', () => instances.observe(gcTotals.read().kinds.major.count));
      failures.guarded('handlerLocations', () => handlers?.work());
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

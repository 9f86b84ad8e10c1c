import type { Clock } from '../../base/clock.js';
import type { PauseBudget } from '../../cost/pause-budget.js';
import type { InstanceReading, Instances } from '../../instances/instances.js';
import type { GcKindTotals, GcTotals } from '../../measure/gc-totals.js';
import type { Sample } from '../../measure/reading.js';
import type { RetentionWindows } from '../../profile/windows/windows.js';
import type { LiveProfile } from '../../profile/live-profile.js';
import type { Recorder } from '../../requests/recorder.js';
import type { Detector } from '../../verdict/detector.js';
import { isRising, type Judgement } from '../../verdict/verdict.js';
import { nextSteps, type StepName, type StepSource } from '../next-step.js';
import { whyNeverAWindow, whyNoWindow, type WindowAvailability } from '../retention/availability.js';
import { routeRows, type RetainedSource } from '../routes/build.js';
import type { StatsAnswer } from './schema.js';

export interface CostSource {
  readonly recorder: Recorder | undefined;
  readonly profile: Pick<LiveProfile, 'readings'> | undefined;
  readonly budget: Pick<PauseBudget, 'remainingMs'>;
  cost(): Pick<StatsAnswer['cost'], 'samplingSeconds' | 'pauseSeconds' | 'probeGcs' | 'selfBytes'>;
  failures(): Readonly<Record<string, number>>;
}

export interface StatsSource extends StepSource, RetainedSource, CostSource, WindowAvailability {
  readonly options: StepSource['options'] & WindowAvailability['options'];
  readonly profile: CostSource['profile'] & WindowAvailability['profile'];
  readonly budget: CostSource['budget'] & WindowAvailability['budget'];
  readonly windows: RetentionWindows | undefined;
  readonly clock: Clock;
  readonly gcTotals: Pick<GcTotals, 'read'>;
  readonly detector: Pick<Detector, 'points'> | undefined;
  readonly instances: Pick<Instances, 'size' | 'readings'>;
  latest(): Sample;
  judgement(): Judgement | undefined;
}

const ROUTES = 10;

/**
 * Everything known now, read from the newest sample: answering costs no probe.
 *
 * @param snapshots how heap snapshots are written, and their results
 */
export function buildStats(source: StatsSource, snapshots?: StatsAnswer['snapshots']): StatsAnswer {
  const sample = source.latest();
  const gc = source.gcTotals.read();
  const judgement = source.judgement();
  const { heap, limit } = sample;
  const floor = source.detector?.points.at(-1);
  return {
    at: new Date(sample.at).toISOString(),
    process: {
      pid: process.pid,
      uptimeSeconds: Math.round(process.uptime()),
      nodeVersion: process.versions.node,
      v8Version: process.versions.v8,
      ...(sample.cpu && { cpu: sample.cpu }),
    },
    ...(heap && {
      heap: {
        usedBytes: heap.usedBytes,
        committedBytes: heap.committedBytes,
        limitBytes: heap.limitBytes,
        mallocedBytes: heap.mallocedBytes,
        nativeContexts: heap.nativeContexts,
        detachedContexts: heap.detachedContexts,
        ...(floor && { floorBytes: floor.heapBytes, floorAt: new Date(floor.atMs).toISOString() }),
        spaces: heap.spaces,
      },
      external: {
        externalBytes: heap.externalBytes,
        ...(sample.arrayBuffersBytes !== undefined && { arrayBuffersBytes: sample.arrayBuffersBytes }),
      },
    }),
    ...(sample.rssBytes !== undefined && { rssBytes: sample.rssBytes }),
    ...(sample.cgroup && { cgroup: sample.cgroup }),
    ...(limit && {
      limit: { ...limit, ...(heap && { usedRatio: heap.usedBytes / limit.bytes }) },
    }),
    gc: {
      major: kindOf(gc.kinds.major),
      minor: kindOf(gc.kinds.minor),
      incremental: kindOf(gc.kinds.incremental),
      reclaimedBytes: gc.reclaimedBytes,
      allocatedBytes: gc.allocatedBytes,
    },
    ...(sample.eventLoop && { eventLoop: sample.eventLoop }),
    ...(sample.handles && { handles: sample.handles }),
    ...(sample.descriptors && { descriptors: sample.descriptors }),
    ...(source.recorder && { routes: routeRows(source, source.recorder, 'retained', ROUTES) }),
    ...(source.instances.size > 0 && { instances: source.instances.readings().map(instanceOf) }),
    ...(snapshots && { snapshots }),
    windows: windowsOf(source),
    cost: costOf(source),
    ...(judgement && { verdict: judgement.verdict }),
    next: nextSteps(source, stepsAfter(source, judgement)),
  };
}

function instanceOf({ exact, ...reading }: InstanceReading): NonNullable<StatsAnswer['instances']>[number] {
  return {
    ...reading,
    ...(exact && { exact: { count: exact.count, at: new Date(exact.atMs).toISOString() } }),
  };
}

/** Suggests a window during a rise if none has run. */
function stepsAfter(source: StatsSource, judgement: Judgement | undefined): readonly StepName[] {
  const isUnseen = judgement !== undefined && isRising(judgement) && source.windows?.results.length === 0;
  const window: readonly StepName[] =
    isUnseen && whyNeverAWindow(source) === undefined ? ['verdictWindow'] : [];
  return ['verdict', ...window, 'routes', 'history', 'profile', 'optimize'];
}

/** How often requests were followed, and what that cost. */
function windowsOf(source: StatsSource): StatsAnswer['windows'] {
  const { windows, clock } = source;
  const { count = 0, hooksSeconds = 0, creditSeconds = 0 } = windows ?? {};
  const newest = windows?.results.at(-1);
  const unavailable = whyNoWindow(source);
  return {
    count,
    hooksSeconds,
    hooksShare: hooksSeconds / process.uptime(),
    creditSeconds,
    ...(newest && {
      newest: {
        endedAt: new Date(clock.wall() - clock.monotonic() + newest.toMs).toISOString(),
        requests: newest.requests,
        marksBytes: Math.round(newest.marksBytes),
      },
    }),
    ...(unavailable !== undefined && { unavailable }),
  };
}

function kindOf({ count, pauseSeconds, reclaimedBytes }: GcKindTotals): StatsAnswer['gc']['major'] {
  return { count, pauseMs: Math.round(pauseSeconds * 1e6) / 1e3, reclaimedBytes };
}

/** What the plugin itself costs. */
export function costOf(source: CostSource): StatsAnswer['cost'] {
  const cost = source.cost();
  return {
    samplingSeconds: cost.samplingSeconds,
    pauseSeconds: cost.pauseSeconds,
    probeGcs: cost.probeGcs,
    profileReadings: source.profile?.readings.length ?? 0,
    pauseBudgetRemainingMs: Math.round(source.budget.remainingMs()),
    selfBytes: cost.selfBytes,
    routes: source.recorder?.routes.size ?? 0,
    routesDropped: source.recorder?.routes.dropped ?? 0,
    requestsNotRecorded: source.recorder?.dropped ?? 0,
    errors: source.failures(),
  };
}

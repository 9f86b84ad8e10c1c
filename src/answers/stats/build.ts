import type { Core } from '../../runtime/core.js';
import type { InstanceReading } from '../../instances/instances.js';
import { nextSteps } from '../available-steps.js';
import type { CurlTarget } from '../curl-step.js';
import { withText } from '../render/old-values.js';
import { statsText, type InstanceFacts, type SnapshotFacts, type StatsFacts } from './text.js';
import { routeRows } from '../routes/build.js';

/** Everything known now, read from the newest sample: answering costs no probe. */
export function statsView(core: Core, target: CurlTarget, snapshots?: SnapshotFacts): StatsFacts {
  const sample = core.latest();
  const gc = core.gcTotals.read();
  const { heap, limit } = sample;
  const floor = core.detector?.points.at(-1);
  const answer: StatsFacts = {
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
      major: kindView(gc.kinds.major),
      minor: kindView(gc.kinds.minor),
      incremental: kindView(gc.kinds.incremental),
      reclaimedBytes: gc.reclaimedBytes,
      allocatedBytes: gc.allocatedBytes,
    },
    ...(sample.eventLoop && { eventLoop: sample.eventLoop }),
    ...(sample.handles && { handles: sample.handles }),
    ...(sample.descriptors && { descriptors: sample.descriptors }),
    ...(core.recorder && { routes: routeRows(core, core.recorder, 'retained', 10) }),
    ...(core.instances.size > 0 && { instances: core.instances.readings().map(instanceView) }),
    ...(snapshots && { snapshots }),
    cost: costView(core),
    ...(core.detector && { verdict: core.judgement()!.verdict }),
    next: nextSteps(core, ['verdict', 'routes', 'history', 'profile', 'optimize'], target),
  };
  return withText(answer, () => statsText(answer));
}

function instanceView({ exact, ...reading }: InstanceReading): InstanceFacts {
  return {
    ...reading,
    ...(exact && { exact: { count: exact.count, at: new Date(exact.atMs).toISOString() } }),
  };
}

function kindView(kind: {
  count: number;
  pauseSeconds: number;
  reclaimedBytes: number;
}): StatsFacts['gc']['major'] {
  return {
    count: kind.count,
    pauseMs: Math.round(kind.pauseSeconds * 1e6) / 1e3,
    reclaimedBytes: kind.reclaimedBytes,
  };
}

/** What the plugin itself costs. */
export function costView(core: Core): StatsFacts['cost'] & Record<string, unknown> {
  const cost = core.cost();
  return {
    samplingSeconds: cost.samplingSeconds,
    pauseSeconds: cost.pauseSeconds,
    probeGcs: cost.probeGcs,
    profileReadings: core.profile?.readings.length ?? 0,
    pauseBudgetRemainingMs: Math.round(core.budget.remainingMs()),
    selfBytes: cost.selfBytes,
    routes: core.recorder?.routes.size ?? 0,
    routesDropped: core.recorder?.routes.dropped ?? 0,
    requestsNotRecorded: core.recorder?.dropped ?? 0,
    errors: core.failures(),
  };
}

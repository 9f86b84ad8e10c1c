import type { Core } from '../../src/runtime/core.js';
import { createGcTotals } from '../../src/measure/gc-totals.js';
import type { GcEvent, GcKind, Sample } from '../../src/measure/reading.js';
import type { MetricsSource, Runtime } from '../../src/metrics/source.js';
import { createRecorder, type Recorder } from '../../src/requests/recorder.js';
import type { Rising } from '../../src/verdict/verdict.js';

/** Lets the compiler check that a core is a source. */
export const sourceOf = (core: Core): MetricsSource => core;

export const runtime: Runtime = { version: 'v20.20.2', startTimeSeconds: 1_700_000_000 };

/** A core without readings, except for the given fields. */
export function scriptedSource(fields: Partial<MetricsSource> = {}): MetricsSource {
  return {
    clock: { wall: () => 1_700_000_100_000 },
    recorder: undefined,
    detector: undefined,
    instances: { live: () => [] },
    gcTotals: createGcTotals(),
    budget: { remainingMs: () => 2500 },
    windows: undefined,
    latest: () => ({ at: 0, monotonicMs: 0 }),
    judgement: () => undefined,
    suspects: () => ({ routes: [] }),
    cost: () => ({ samplingSeconds: 0.25, pauseSeconds: 0.5, selfBytes: 4096 }),
    failures: () => ({}),
    ...fields,
  };
}

/** All readings of a Linux process in a container. */
export const fullSample: Sample = {
  at: 1_700_000_100_000,
  monotonicMs: 100_000,
  heap: {
    usedBytes: 50_000_000,
    committedBytes: 60_000_000,
    limitBytes: 4_000_000_000,
    mallocedBytes: 1,
    externalBytes: 3_000_000,
    nativeContexts: 1,
    detachedContexts: 0,
    spaces: [
      { name: 'old_space', usedBytes: 40, committedBytes: 50, availableBytes: 10 },
      { name: 'new_large_object_space', usedBytes: 0, committedBytes: 0, availableBytes: 16 },
    ],
  },
  rssBytes: 90_000_000,
  limit: { bytes: 200_000_000, source: 'cgroup' },
  eventLoop: {
    delayMeanMs: 21,
    delayP50Ms: 20,
    delayP99Ms: 40,
    delayMaxMs: 80,
    delayMinMs: 19,
    delayStddevMs: 2,
    delayP90Ms: 30,
    utilization: 0.5,
    resolutionMs: 20,
  },
  cpu: { userSeconds: 2, systemSeconds: 0.5, utilization: 0.1 },
  handles: { Timeout: 2, TCPSocketWrap: 3, FSReqCallback: 1, WriteWrap: 1 },
  descriptors: { open: 30, limit: 1024 },
};

export const leaking: Rising = {
  verdict: 'leaking',
  confidence: 0.99,
  signal: 'heap-floor',
  window: { fromMs: 0, toMs: 60_000, majorGcs: 10, requests: 1000 },
  growth: { bytesPerSecond: { value: 1000, low: 900, high: 1100 } },
  ruledOut: [],
};

function gcHeap(usedBytes: number): GcEvent['after'] {
  return {
    usedBytes,
    committedBytes: 0,
    externalBytes: 0,
    oldSpaceUsedBytes: 0,
    newSpaceUsedBytes: 0,
    spaces: [],
  };
}

export function gcEvent(kind: GcKind, pauseMs: number, beforeBytes: number, afterBytes: number): GcEvent {
  return {
    kind,
    startMs: 0,
    exactTime: true,
    pauseMs,
    before: gcHeap(beforeBytes),
    after: gcHeap(afterBytes),
  };
}

export interface ScriptedRequests {
  readonly recorder: Recorder;
  /** One request, alone and without a GC. */
  request(
    method: string,
    pattern: string,
    answer: { status: number; durationMs: number; deltaBytes: number },
  ): void;
  /** Adds the recorded requests to the distributions. */
  settle(): void;
}

export function scriptedRequests(
  durationBucketsSeconds: readonly number[],
  maxRoutes = 100,
): ScriptedRequests {
  let nowMs = 0;
  let heapUsedBytes = 0;
  const recorder = createRecorder({
    clock: { wall: () => nowMs, monotonic: () => nowMs },
    maxRoutes,
    durationBucketsSeconds,
    heapUsedBytes: () => heapUsedBytes,
  });
  return {
    recorder,
    request(method, pattern, { status, durationMs, deltaBytes }) {
      const record = recorder.begin(recorder.addRoute(method, pattern));
      nowMs += durationMs;
      heapUsedBytes += deltaBytes;
      recorder.end(record, status);
    },
    settle() {
      nowMs += 60_000;
      recorder.settle();
    },
  };
}

/** A leaking server with one route and all readings. */
export function fullSource(): MetricsSource {
  const requests = scriptedRequests([0.005, 0.1]);
  requests.request('GET', '/', { status: 200, durationMs: 5, deltaBytes: 300 });
  requests.settle();
  const gcTotals = createGcTotals();
  gcTotals.add([
    gcEvent('minor', 2, 900, 400),
    gcEvent('minor', 20, 800, 500),
    gcEvent('major', 300, 700, 100),
  ]);
  return scriptedSource({
    recorder: requests.recorder,
    detector: { points: [{ heapBytes: 30_000_000 }] },
    gcTotals,
    latest: () => fullSample,
    judgement: () => leaking,
    suspects: () => ({ routes: [{ route: 'GET /', bytesPerRequest: { value: 700, low: 600, high: 800 } }] }),
    failures: () => ({ cgroup: 2 }),
    windows: { count: 3, hooksSeconds: 1.5 },
  });
}

/** Values of the series of one metric, by labels. */
export function seriesOf(text: string, name: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return Object.fromEntries(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(name.length, end), line.slice(end + 1)];
    }),
  );
}

/** The metric families of a text. */
export function namesOf(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
}

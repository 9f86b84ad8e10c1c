import { isRefusal } from '../errors.js';
import type { Clock } from '../measure/clock.js';
import type { GcEvent, Sample } from '../measure/reading.js';
import type { FloorPoint } from './floor-series.js';
import { probeIsDue, probeSpacingMs, type ProbeState } from './gc-probe.js';

export interface ProbeSchedulerOptions {
  readonly gcProbe: ProbeState['mode'];
  readonly gcProbeShare: number;
}

/** Remembers what the decision in `gc-probe.ts` needs. */
export interface ProbeScheduler {
  observe(events: readonly GcEvent[]): void;
  floorSeen(points: readonly FloorPoint[]): void;
  /** A pause was taken, whoever asked for it: the next is expected to be like it. */
  paid(pauseMs: number): void;
  /** The pause budget or the load refused a probe; anything else is a fault, given to `fault`. */
  refused(error: unknown, fault: (error: unknown) => void): void;
  isDue(sample: Sample): boolean;
  nextPointSeconds(sample: Sample): number | undefined;
  expectedPauseMs(sample: Sample): number;
}

/** A full mark-compact took 0.7 to 3.6 ms a MiB of live heap on the machines it was measured on. */
const PREDICTED_MS_PER_BYTE = 2 / (1024 * 1024);
const PREDICTED_LEAST_MS = 5;
/** A floor that moved by less is where it was. */
const FLAT_SHARE = 0.003;
const FLAT_BYTES = 64 * 1024;
const RETRY_MS = 10_000;

export function createProbeScheduler(options: ProbeSchedulerOptions, clock: Clock): ProbeScheduler {
  const startedMs = clock.monotonic();
  let points: readonly FloorPoint[] = [];
  let measuredPauseMs: number | undefined;
  let tenuredBytes = 0;
  let flatProbes = 0;
  let notBeforeMs = 0;

  const expectedPauseMs = (sample: Sample): number =>
    measuredPauseMs ?? Math.max(PREDICTED_LEAST_MS, (sample.heap?.usedBytes ?? 0) * PREDICTED_MS_PER_BYTE);

  const stateOf = (sample: Sample): ProbeState => {
    const last = points.at(-1);
    const external = sample.heap?.externalBytes ?? 0;
    return {
      mode: options.gcProbe,
      share: options.gcProbeShare,
      nowMs: clock.monotonic(),
      startedMs,
      ...(last && { lastPointMs: last.monotonicMs }),
      points: points.length,
      pauseMs: expectedPauseMs(sample),
      flatProbes,
      excessBytes: last
        ? Math.max(tenuredBytes - last.tenuredBytes, 0) + Math.max(external - last.externalBytes, 0)
        : 0,
      floorBytes: last?.heapBytes ?? 0,
    };
  };

  return {
    observe(events) {
      const last = events.at(-1);
      if (last !== undefined) tenuredBytes = last.after.usedBytes - last.after.newSpaceUsedBytes;
    },
    floorSeen(now) {
      points = now;
      const last = now.at(-1);
      const before = now.at(-2);
      if (last === undefined || before === undefined) return;
      const moved = Math.max(last.heapBytes - before.heapBytes, last.externalBytes - before.externalBytes);
      flatProbes = moved <= Math.max(FLAT_BYTES, FLAT_SHARE * before.heapBytes) ? flatProbes + 1 : 0;
    },
    paid(pauseMs) {
      measuredPauseMs = measuredPauseMs === undefined ? pauseMs : 0.5 * (measuredPauseMs + pauseMs);
    },
    refused(error, fault) {
      notBeforeMs = clock.monotonic() + RETRY_MS;
      if (!isRefusal(error)) fault(error);
    },
    isDue: (sample) => clock.monotonic() >= notBeforeMs && probeIsDue(stateOf(sample)),
    nextPointSeconds(sample) {
      if (options.gcProbe === 'off') return undefined;
      const state = stateOf(sample);
      const since = state.nowMs - (state.lastPointMs ?? state.startedMs);
      return Math.max(0, probeSpacingMs(state) - since) / 1000;
    },
    expectedPauseMs,
  };
}

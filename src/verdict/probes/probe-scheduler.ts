import { isRefusal } from '../../base/errors.js';
import type { Clock } from '../../base/clock.js';
import type { GcEvent, Sample } from '../../measure/reading.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { fullCreditMs, probeIsDue, probeWaitMs, type ProbeState } from './gc-probe.js';

export interface ProbeSchedulerOptions {
  readonly gcProbe: ProbeState['mode'];
  readonly gcProbeShare: number;
}

export interface ProbeSchedulerSources {
  readonly clock: Clock;
  /** What the next full collection is expected to take, milliseconds. */
  readonly gcPauseMs: () => number;
}

/** Remembers what the decision in `gc-probe.ts` needs. */
export interface ProbeScheduler {
  observe(events: readonly GcEvent[]): void;
  /** Full collections were paid for, whoever asked; a probe waits until their time is made up for. */
  paid(pauseMs: number): void;
  /** The floor that a probe left. */
  probed(floor: FloorPoint | undefined): void;
  /** The pause budget or the load refused a probe; anything else is a fault, given to `fault`. */
  refused(error: unknown, fault: (error: unknown) => void): void;
  isDue(sample: Sample): boolean;
  /** Seconds until the next probe is allowed; undefined when probes are switched off. */
  nextProbeSeconds(sample: Sample): number | undefined;
}

/** A floor that moved by less is where it was. */
const FLAT_SHARE = 0.003;
const FLAT_BYTES = 64 * 1024;
const RETRY_MS = 10_000;

export function createProbeScheduler(
  options: ProbeSchedulerOptions,
  { clock, gcPauseMs }: ProbeSchedulerSources,
): ProbeScheduler {
  const share = options.gcProbeShare;
  let tenuredBytes = 0;
  let lastFloor: FloorPoint | undefined;
  let lastProbeMs = clock.monotonic();
  let probes = 0;
  let flatProbes = 0;
  let notBeforeMs = 0;
  let credit = { ms: fullCreditMs(share), atMs: lastProbeMs };

  const creditNow = (): number =>
    Math.min(fullCreditMs(share), credit.ms + (clock.monotonic() - credit.atMs) * share);

  const stateOf = (sample: Sample): ProbeState => {
    const external = sample.heap?.externalBytes ?? 0;
    return {
      mode: options.gcProbe,
      share,
      nowMs: clock.monotonic(),
      lastProbeMs,
      probes,
      creditMs: creditNow(),
      pauseMs: gcPauseMs(),
      flatProbes,
      excessBytes: lastFloor
        ? Math.max(tenuredBytes - lastFloor.tenuredBytes, 0) + Math.max(external - lastFloor.externalBytes, 0)
        : 0,
      floorBytes: lastFloor?.heapBytes ?? 0,
    };
  };

  return {
    observe(events) {
      const last = events.at(-1);
      if (last !== undefined) tenuredBytes = last.after.usedBytes - last.after.newSpaceUsedBytes;
    },
    paid(pauseMs) {
      credit = { ms: creditNow() - pauseMs, atMs: clock.monotonic() };
    },
    probed(floor) {
      probes += 1;
      lastProbeMs = clock.monotonic();
      if (floor !== undefined && lastFloor !== undefined) {
        const moved = Math.max(
          floor.heapBytes - lastFloor.heapBytes,
          floor.externalBytes - lastFloor.externalBytes,
        );
        flatProbes = moved <= Math.max(FLAT_BYTES, FLAT_SHARE * lastFloor.heapBytes) ? flatProbes + 1 : 0;
      }
      lastFloor = floor ?? lastFloor;
    },
    refused(error, fault) {
      notBeforeMs = clock.monotonic() + RETRY_MS;
      if (!isRefusal(error)) fault(error);
    },
    isDue: (sample) => clock.monotonic() >= notBeforeMs && probeIsDue(stateOf(sample)),
    nextProbeSeconds: (sample) =>
      options.gcProbe === 'off'
        ? undefined
        : Math.max(notBeforeMs - clock.monotonic(), probeWaitMs(stateOf(sample))) / 1000,
  };
}

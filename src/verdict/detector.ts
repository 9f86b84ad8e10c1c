import type { Clock } from '../base/clock.js';
import type { GcEvent, GcHeap } from '../measure/reading.js';
import { floorOf, programCode } from './floors/floor.js';
import { createFreedBuffers } from './floors/freed-buffers.js';
import { createFloorSeries, type FloorPoint } from './floors/floor-series.js';
import { judge } from './judge.js';
import { createRouteCounter } from './floors/route-counts.js';
import { createSurroundings, type Look } from './floors/surroundings.js';
import { createTimeline, type Disturbance } from './floors/timeline.js';
import { isAllegation, standing } from './standing.js';
import type { Judgement, Rising } from './verdict.js';

export interface DetectorOptions {
  readonly clock: Clock;
  readonly fillHorizonSeconds: number;
}

/** Turns garbage collections into floor points and floor points into a verdict. */
export interface Detector {
  readonly points: readonly FloorPoint[];
  /** Pauses of the whole process and changes of the wall clock, newest last; see {@link createTimeline}. */
  readonly disturbances: readonly Disturbance[];
  /**
   * Takes the collections since the last call and the requests completed by now, in total and by row of the route table;
   * returns the number of new floors.
   */
  observe(events: readonly GcEvent[], completedRequests: number, completedByRoute?: Float64Array): number;
  /** Takes what a tick saw: the surroundings of the floors that follow, and a correction of the newest floor. */
  look(look: Look): void;
  /** The current verdict. Costs a fit only if a floor came, or was corrected, since the last call. */
  judgement(nextPointSeconds?: number): Judgement;
}

/** Collections this close together count as one floor, the lower one. */
const SAME_FLOOR_MS = 1_000;

export function createDetector(options: DetectorOptions): Detector {
  const { clock, fillHorizonSeconds } = options;
  const series = createFloorSeries();
  const counter = createRouteCounter();
  const surroundings = createSurroundings();
  const timeline = createTimeline(clock);
  const freedBuffers = createFreedBuffers();
  let last = { monotonicMs: clock.monotonic(), requests: 0 };
  let firstCodeBytes: number | undefined;
  /** Requests completed before the count restarted, as it does when another recorder takes over. */
  let earlier = 0;
  let cached: Judgement | undefined;
  let judgedFor: number | undefined;
  /** The last leak verdict of the rules, while it holds. */
  let called: Rising | undefined;

  // Collections are read once a tick; the requests at a collection are interpolated.
  const shareAt = (ms: number, nowMs: number): number => {
    const span = nowMs - last.monotonicMs;
    return span <= 0 ? 1 : Math.min(1, Math.max(0, (ms - last.monotonicMs) / span));
  };

  return {
    get points() {
      return series.points;
    },
    get disturbances() {
      return timeline.disturbances;
    },
    observe(events, counted, completedByRoute) {
      const nowMs = clock.monotonic();
      const steppedMs = timeline.advance(momentsOf(events));
      if (steppedMs !== 0) {
        series.shift(steppedMs);
        cached = called = undefined;
      }
      if (earlier + counted < last.requests) {
        earlier = last.requests;
        counter.restart();
      }
      const completedRequests = earlier + counted;
      const majors = events.filter((event) => event.kind === 'major');
      const around = majors.length > 0 ? surroundings.take() : undefined;
      for (const event of majors) {
        const endMs = event.startMs + event.pauseMs;
        const share = shareAt(endMs, nowMs);
        const codeBytes = codeBytesOf(event.after);
        firstCodeBytes ??= codeBytes;
        const point: FloorPoint = {
          atMs: clock.wall() - (nowMs - endMs),
          monotonicMs: timeline.ranAt(endMs),
          heapBytes: event.after.usedBytes,
          codeBytes: programCode(codeBytes, firstCodeBytes),
          externalBytes: event.after.externalBytes,
          tenuredBytes: event.after.usedBytes - event.after.newSpaceUsedBytes,
          committedBytes: event.after.committedBytes,
          requests: Math.round(last.requests + share * (completedRequests - last.requests)),
          ...(completedByRoute && { routeCounts: counter.at(completedByRoute, share) }),
          ...(around && { around }),
        };
        const previous = series.points.at(-1);
        if (previous !== undefined && point.monotonicMs - previous.monotonicMs < SAME_FLOOR_MS) {
          const { heapBytes, codeBytes } =
            floorOf(previous, 'heap-floor') < floorOf(point, 'heap-floor') ? previous : point;
          series.replaceLast({
            ...point,
            // The first time is kept, or minutes of closely spaced collections would be one floor.
            atMs: previous.atMs,
            monotonicMs: previous.monotonicMs,
            heapBytes,
            ...(codeBytes !== undefined && { codeBytes }),
            externalBytes: Math.min(point.externalBytes, previous.externalBytes),
          });
        } else {
          series.add(point);
        }
        freedBuffers.collected(endMs);
      }
      const newest = series.points.at(-1);
      const corrected = newest && freedBuffers.correct(newest);
      if (corrected !== undefined && corrected !== newest) {
        series.replaceLast(corrected);
        cached = undefined;
      }
      if (majors.length > 0) cached = undefined;
      last = { monotonicMs: nowMs, requests: completedRequests };
      if (completedByRoute !== undefined) counter.settle(completedByRoute);
      return majors.length;
    },
    look(look) {
      surroundings.look(look);
      freedBuffers.see(look.sample.monotonicMs, look.sample.heap?.externalBytes);
    },
    judgement(nextPointSeconds) {
      // With too little data only the expected wait changes, and judging again is cheap.
      if (cached?.verdict === 'insufficient-data' && judgedFor !== nextPointSeconds) cached = undefined;
      judgedFor = nextPointSeconds;
      if (cached === undefined) {
        const judgement = judge({
          nowMs: clock.wall(),
          points: series.points,
          fillHorizonSeconds,
          ...(nextPointSeconds !== undefined && { nextPointSeconds }),
        });
        cached = standing(called, judgement, series.points);
        if (isAllegation(judgement)) called = judgement;
        else if (cached === judgement) called = undefined;
      }
      return cached;
    },
  };
}

function codeBytesOf({ spaces }: GcHeap): number {
  return spaces.reduce((sum, { name, usedBytes }) => (name.startsWith('code_') ? sum + usedBytes : sum), 0);
}

/** Starts and ends of the collections whose time is known: the process was running then. */
function momentsOf(events: readonly GcEvent[]): number[] {
  return events.flatMap(({ exactTime, startMs, pauseMs }) => (exactTime ? [startMs, startMs + pauseMs] : []));
}

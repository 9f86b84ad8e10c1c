import type { FloorPoint } from '../../../src/verdict/floors/floor-series.js';
import { judge } from '../../../src/verdict/judge.js';
import type { Judgement, VerdictName } from '../../../src/verdict/verdict.js';
import { floors, MiB, startMs, type FloorShape } from '../synthetic-floors.js';

export const base = 60 * MiB;
export const HORIZON_SECONDS = 600;

export function judged(points: readonly FloorPoint[], fillHorizonSeconds = HORIZON_SECONDS): Judgement {
  return judge({ nowMs: points.at(-1)?.atMs ?? startMs, points, fillHorizonSeconds });
}

export const verdictOf = (shape: FloorShape): VerdictName => judged(floors(shape)).verdict;

/** The verdicts after every `step`th floor from a time on. */
export function told(shape: FloorShape, fromSeconds = 0, step = 4): VerdictName[] {
  const points = floors(shape);
  return points.flatMap((point, i) =>
    point.monotonicMs < fromSeconds * 1000 || i % step !== 0 ? [] : [judged(points.slice(0, i + 1)).verdict],
  );
}

const ALLEGATIONS: ReadonlySet<VerdictName> = new Set(['leaking', 'native-growth']);
export const alleged = (verdicts: readonly VerdictName[]): number =>
  verdicts.filter((verdict) => ALLEGATIONS.has(verdict)).length;

/** Each request in hand holds so much; the rate is that of half a minute ago, as slow requests come in before they show. */
export const handled = (
  inFlight: (at: number) => number,
  held = 0.5 * MiB,
  leak = 0,
): Omit<FloorShape, 'points'> => ({
  heap: (at, requests) => base + held * inFlight(at) + leak * requests,
  traffic: (at) => 10 + 2 * inFlight(at),
  around: (at) => ({ inFlight: inFlight(at), requestsPerSecond: 10 + 2 * inFlight(at + 30) }),
});

export const sine = (at: number): number => 40 + 30 * Math.sin((2 * Math.PI * at) / 300);

/** One series for each class. */
export const classes: readonly (readonly [VerdictName, FloorShape])[] = [
  ['stable', { points: 60, heap: () => base }],
  ['growing', { points: 30, heap: (_, n) => base + 4096 * n }],
  ['leaking', { points: 80, heap: (_, n) => base + 4096 * n }],
  ['native-growth', { points: 80, heap: () => base, external: (_, n) => 5 * MiB + 4096 * n }],
  ['load-following', { points: 60, ...handled(sine) }],
  ['filling', { points: 10, heap: (at) => base + 60 * MiB * (1 - Math.exp(-at / 30)), noiseBytes: 0 }],
  ['fragmented', { points: 80, heap: () => base, emptyBytes: () => 200 * MiB }],
];

import type { EffectiveLimit } from '../measure/reading.js';
import type { Estimate } from '../statistics/poisson.js';

export type { Estimate };

/**
 * What rises: the live heap just after a major GC, external memory (Buffers) at the same moment, or the rest of the
 * process (addons, the allocator).
 */
export type Signal = 'heap-floor' | 'external-floor' | 'native-remainder';

export const VERDICT_NAMES = [
  'insufficient-data',
  'stable',
  'filling',
  'load-following',
  'churning',
  'fragmented',
  'growing',
  'leaking',
  'native-growth',
] as const;

export type VerdictName = (typeof VERDICT_NAMES)[number];

/** The time span that the verdict is based on. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly majorGcs: number;
  readonly requests: number;
}

export interface Growth {
  readonly bytesPerSecond: Estimate;
  /** Absent when no request completed in the window. */
  readonly bytesPerRequest?: Estimate;
}

export interface RuledOut {
  readonly verdict: VerdictName;
  readonly because: string;
}

interface Common {
  readonly ruledOut: readonly RuledOut[];
}

export interface InsufficientData extends Common {
  readonly verdict: 'insufficient-data';
  readonly missing: readonly string[];
  readonly readyInSeconds?: number;
}

export interface Stable extends Common {
  readonly verdict: 'stable' | 'load-following' | 'churning' | 'fragmented';
  readonly confidence: number;
  /** The evidence, in a sentence; absent where it is only that nothing rises. */
  readonly because?: string;
  readonly window: Window;
  readonly growth: Growth;
}

export interface Filling extends Common {
  readonly verdict: 'filling';
  readonly confidence: number;
  readonly signal: Signal;
  readonly window: Window;
  readonly growth: Growth;
}

export interface Rising extends Common {
  readonly verdict: 'growing' | 'leaking' | 'native-growth';
  readonly confidence: number;
  readonly signal: Signal;
  readonly window: Window;
  readonly growth: Growth;
  /** When `growing` will have lasted for the fill horizon; absent once it has. */
  readonly decidedAtMs?: number;
}

export type Judgement = InsufficientData | Stable | Filling | Rising;

export function isRising(judgement: Judgement): judgement is Rising {
  return (
    judgement.verdict === 'growing' ||
    judgement.verdict === 'leaking' ||
    judgement.verdict === 'native-growth'
  );
}

/** Time until growth meets the limit. */
export interface Exhaustion {
  readonly atMs: number;
  readonly inSeconds: Estimate;
}

/** When `usedBytes`, growing at `perSecond`, meets the limit; undefined when the growth may be zero. */
export function exhaustion(
  usedBytes: number,
  perSecond: Estimate,
  limit: EffectiveLimit,
  nowMs: number,
): Exhaustion | undefined {
  if (!(perSecond.low > 0)) return undefined;
  const roomBytes = Math.max(limit.bytes - usedBytes, 0);
  const value = roomBytes / perSecond.value;
  return {
    atMs: nowMs + value * 1000,
    inSeconds: { value, low: roomBytes / perSecond.high, high: roomBytes / perSecond.low },
  };
}

import type { CgroupReading, EffectiveLimit, EventLoopReading } from '../../measure/reading.js';
import type { VerdictName } from '../../verdict/verdict.js';
import type { NextStep } from '../curl-step.js';
import type { Suggestion } from '../optimize/suggestion.js';
import type { RouteFacts } from '../routes/text.js';
import type { VerdictAnswer } from '../verdict/answer.js';
import type { GcHealth } from './gc-health.js';
import type { Growth } from './growth.js';
import type { LoadCorrelation } from './load-correlation.js';

/** One stretch of time with one verdict. */
export interface Incident {
  readonly at: string;
  /** When another verdict took its place; absent while it lasts. */
  readonly until?: string;
  readonly verdict: VerdictName;
  readonly confidence?: number;
  readonly bytesPerSecond?: number;
  readonly route?: string;
  readonly site?: string;
}

export interface MemoryFacts {
  readonly heapUsedBytes?: number;
  readonly heapCommittedBytes?: number;
  readonly heapFloorBytes?: number;
  readonly externalBytes?: number;
  readonly arrayBuffersBytes?: number;
  readonly rssBytes?: number;
}

export interface LimitFacts {
  readonly effective?: EffectiveLimit & { readonly usedRatio?: number };
  readonly heapLimitBytes?: number;
  readonly cgroup?: CgroupReading;
}

/** The whole story, for an incident ticket. An alias and not an interface, so that it is a plain record too. */
export type ReportFacts = {
  readonly at: string;
  readonly headline: string;
  readonly process: { readonly pid: number; readonly uptimeSeconds: number; readonly nodeVersion: string };
  /** The gravest suggestions. */
  readonly actions: readonly Suggestion[];
  readonly verdict?: VerdictAnswer;
  readonly growth?: Growth;
  readonly routes: readonly RouteFacts[];
  readonly memory: MemoryFacts;
  readonly limits: LimitFacts;
  readonly gc: GcHealth;
  readonly load?: readonly LoadCorrelation[];
  readonly eventLoop?: EventLoopReading;
  readonly incidents: readonly Incident[];
  readonly cost: Readonly<Record<string, unknown>>;
  readonly next: readonly NextStep[];
};

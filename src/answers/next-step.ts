import type { ResolvedOptions } from '../config/options.js';
import type { NextStep } from './common.js';

/** Expected pauses of the expensive operations in this process now, in milliseconds. */
export interface ExpectedCosts {
  readonly gcPauseMs: number;
  readonly profileReadMs: number;
}

/** Which parts are on, and what they cost. */
export interface StepSource {
  readonly options: Pick<ResolvedOptions, Feature>;
  expectedCosts(): ExpectedCosts;
}

type Feature = 'verdict' | 'profile' | 'history' | 'requests' | 'snapshots';

interface KnownStep {
  readonly why: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly method?: 'POST';
  readonly file?: NextStep['file'];
  /** The parts that must be on for this step. */
  readonly needs?: readonly Feature[];
  readonly pauseMs?: (costs: ExpectedCosts) => number;
}

const TEXT = { format: 'text' };

/** The pauses of a retention window: a full collection before it, and one after it. */
export function windowPauseMs({ gcPauseMs }: ExpectedCosts): number {
  return 2 * gcPauseMs;
}

const STEPS = {
  verdict: {
    why: 'is it leaking, and what',
    path: '/memory/leak-detection',
    query: TEXT,
    needs: ['verdict'],
  },
  verdictGc: {
    why: 'the verdict with the newest floor exact',
    path: '/memory/leak-detection',
    query: { gc: '1' },
    needs: ['verdict'],
    pauseMs: ({ gcPauseMs }) => gcPauseMs,
  },
  verdictWindow: {
    why: 'which requests leave memory behind; follows them for a second or two',
    path: '/memory/leak-detection',
    query: { window: '1', ...TEXT },
    needs: ['verdict', 'profile', 'requests'],
    pauseMs: windowPauseMs,
  },
  retention: {
    why: 'what the requests of each route leave behind',
    path: '/memory/retention',
    method: 'POST',
    needs: ['profile', 'requests'],
    pauseMs: windowPauseMs,
  },
  stats: { why: 'where the memory is', path: '/memory/stats', query: TEXT },
  history: {
    why: 'how it came to this',
    path: '/memory/history',
    query: { step: '60', ...TEXT },
    needs: ['history'],
  },
  routes: { why: 'which routes keep memory', path: '/memory/routes', query: TEXT, needs: ['requests'] },
  gc: {
    why: 'what a full GC gives back',
    path: '/memory/gc',
    method: 'POST',
    pauseMs: ({ gcPauseMs }) => gcPauseMs,
  },
  profile: {
    why: 'which lines hold live memory',
    path: '/memory/profile',
    query: TEXT,
    needs: ['profile'],
    pauseMs: ({ profileReadMs }) => profileReadMs,
  },
  profileDelta: {
    why: 'which lines allocate what stays during half a minute',
    path: '/memory/profile',
    query: { seconds: '30', ...TEXT },
    needs: ['profile'],
    pauseMs: ({ profileReadMs }) => 2 * profileReadMs,
  },
  pprof: {
    why: 'a flame graph of live memory',
    path: '/debug/pprof/heap',
    file: { name: 'heap.pb.gz', open: 'go tool pprof -http=:' },
    needs: ['profile'],
    pauseMs: ({ profileReadMs }) => profileReadMs,
  },
  report: { why: 'the whole story, for a ticket', path: '/memory/report', query: { format: 'md' } },
  optimize: { why: 'what is worth changing', path: '/memory/optimize', query: TEXT },
  preflight: {
    why: 'what it would cost to see who holds it',
    path: '/memory/snapshot/preflight',
    query: TEXT,
    needs: ['snapshots'],
  },
} as const satisfies Readonly<Record<string, KnownStep>>;

export type StepName = keyof typeof STEPS;

/** Those of the steps that would be answered here: their part is on. */
export function nextSteps(source: StepSource, names: readonly StepName[]): readonly NextStep[] {
  const costs = source.expectedCosts();
  return names
    .map((name): KnownStep => STEPS[name])
    .filter(({ needs = [] }) => needs.every((feature) => source.options[feature].enabled))
    .map(({ why, path, query, method, file, pauseMs }) => ({
      why,
      method: method ?? 'GET',
      path,
      ...(query && { query }),
      role: method === undefined ? 'read' : 'operate',
      ...(file && { file }),
      cost: { pauseMs: Math.ceil(pauseMs?.(costs) ?? 0) },
    }));
}

/** A step that costs no pause, such as reading what is stored. */
export function freeStep(
  why: string,
  path: string,
  query: Readonly<Record<string, string>> = TEXT,
): NextStep {
  return { why, method: 'GET', path, query, role: 'read', cost: { pauseMs: 0 } };
}

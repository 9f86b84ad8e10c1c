import type { Role } from '../access/roles.js';
import type { ExpectedCosts } from '../cost/gc-pause.js';

/** A command worth running now, why, and what it costs. */
export interface NextStep {
  readonly why: string;
  readonly curl: string;
  readonly cost: { readonly pauseMs: number };
}

/** How we were reached, so that the commands we hand back work when they are pasted. */
export interface CurlTarget {
  /** `http://127.0.0.1:3000` with the prefix of the diagnostics. */
  readonly base: string;
  readonly usesToken: boolean;
  /** What the caller may do; commands that need more are not offered. Without it, everything. */
  readonly role?: Role;
}

export function curl(target: CurlTarget, path: string, method: 'GET' | 'POST' = 'GET'): string {
  const parts = ['curl', '-s'];
  if (method !== 'GET') parts.push('-X', method);
  if (target.usesToken) parts.push('-H', '"Authorization: Bearer $TIDEMARK_TOKEN"');
  parts.push(`'${target.base}${path}'`);
  return parts.join(' ');
}

export type StepName =
  | 'verdict'
  | 'verdictGc'
  | 'stats'
  | 'history'
  | 'routes'
  | 'gc'
  | 'profile'
  | 'profileDelta'
  | 'pprof'
  | 'report'
  | 'optimize'
  | 'preflight';

/** The command of that name; pprof answers a file, so its command writes one. */
export function step(name: StepName, target: CurlTarget, costs: ExpectedCosts): NextStep {
  const free = { pauseMs: 0 };
  const read = { pauseMs: Math.ceil(costs.profileReadMs) };
  const gc = { pauseMs: Math.ceil(costs.gcPauseMs) };
  switch (name) {
    case 'verdict':
      return {
        why: 'is it leaking, and what',
        curl: curl(target, '/memory/leak-detection?format=text'),
        cost: free,
      };
    case 'verdictGc':
      return {
        why: 'the verdict with the newest floor exact',
        curl: curl(target, '/memory/leak-detection?gc=1'),
        cost: gc,
      };
    case 'stats':
      return { why: 'where the memory is', curl: curl(target, '/memory/stats?format=text'), cost: free };
    case 'history':
      return {
        why: 'how it came to this',
        curl: curl(target, '/memory/history?step=60&format=text'),
        cost: free,
      };
    case 'routes':
      return {
        why: 'which routes keep memory',
        curl: curl(target, '/memory/routes?format=text'),
        cost: free,
      };
    case 'gc':
      return { why: 'what a full GC gives back', curl: curl(target, '/memory/gc', 'POST'), cost: gc };
    case 'profile':
      return {
        why: 'which lines hold live memory',
        curl: curl(target, '/memory/profile?format=text'),
        cost: read,
      };
    case 'profileDelta':
      return {
        why: 'which lines allocate what stays during half a minute',
        curl: curl(target, '/memory/profile?seconds=30&format=text'),
        cost: { pauseMs: 2 * read.pauseMs },
      };
    case 'pprof':
      return {
        why: 'a flame graph of live memory',
        curl: `${curl(target, '/debug/pprof/heap')} -o heap.pb.gz && go tool pprof -http=: heap.pb.gz`,
        cost: read,
      };
    case 'report':
      return {
        why: 'the whole story, for a ticket',
        curl: curl(target, '/memory/report?format=md'),
        cost: free,
      };
    case 'preflight':
      return {
        why: 'what it would cost to see who holds it',
        curl: curl(target, '/memory/snapshot/preflight?format=text'),
        cost: free,
      };
    case 'optimize':
      return {
        why: 'what is worth changing',
        curl: curl(target, '/memory/optimize?format=text'),
        cost: free,
      };
  }
}

export function steps(
  names: readonly StepName[],
  target: CurlTarget,
  costs: ExpectedCosts,
): readonly NextStep[] {
  return names.map((name) => step(name, target, costs));
}

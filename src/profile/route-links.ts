import type { Frame } from './frames.js';
import type { RawProfile } from './raw-profile.js';
import { liveStacks, type LiveStacks } from './live-stacks.js';
import { originOf, type Origin, type Stack } from './site.js';

export interface RouteShare {
  readonly route: number;
  /** Share of the allocation, 0 to 1. The weights of one result sum to at most 1; the rest is unlinked. */
  readonly weight: number;
  /** Main evidence of the share: the route's own frame in the stack, or links learned from other stacks. */
  readonly evidence: 'stack' | 'link';
}

/** Which routes a function works for, learned from its observed callers. */
export interface RouteLinks {
  /** Number of known functions. */
  readonly functions: number;
  /** Functions dropped for lack of room. */
  readonly dropped: number;
  /**
   * Declares a function (`ClassifiedFrame.key`, script:line:column) the handler of a route: counts as much as `weight`
   * samples that show it.
   */
  seed(functionKey: string, row: number, weight?: number): void;
  /** Learns from the samples newer than those of the last profile learned. */
  learn(profile: RawProfile | LiveStacks): void;
  resolve(stack: Stack): RouteShare[];
  resolveOrigin(origin: Origin): RouteShare[];
}

export interface RouteLinksOptions {
  readonly maxFunctions: number;
  /** Roots kept for each function. Default 16. */
  readonly maxRoots?: number;
}

/** Chains of resumed functions longer than this are rare, and each step dilutes the evidence. */
const MAX_STEPS = 4;
/** Bounds the walk through the roots of roots: at most 100 of them can have this share. */
const MIN_SHARE = 0.01;

/** The body of a module starts its file. What it calls while loading says nothing about who calls it later. */
function isModuleBody(frame: Frame): boolean {
  return frame.line === 1 && frame.column === 1;
}

/**
 * A function resumed after an `await` starts a new stack: nothing in it shows whose request it serves. But before the
 * `await` it was called normally. So each stack teaches: everything in it was called under its root, a route or a
 * resumed function; and a resumed function is traced through its own roots.
 */
export function createRouteLinks({ maxFunctions, maxRoots = 16 }: RouteLinksOptions): RouteLinks {
  const roots = new Map<string, Map<number | string, number>>();
  const handlers = new Set<string>();
  let dropped = 0;
  let epoch = Number.NaN;
  let learnedOrdinal = 0;

  function count(functionKey: string, root: number | string, weight: number): void {
    let known = roots.get(functionKey);
    if (known === undefined) {
      if (roots.size >= maxFunctions) {
        dropped += 1;
        return;
      }
      known = new Map();
      roots.set(functionKey, known);
    }
    if (known.has(root) || known.size < maxRoots) known.set(root, (known.get(root) ?? 0) + weight);
    else dropped += 1;
  }

  function learnStack(stack: Stack, weight: number): void {
    const origin = originOf(stack);
    const root = origin.kind === 'route' ? origin.route : origin.keys[0];
    if (root === undefined || stack.some((frame) => frame.key === root && isModuleBody(frame))) return;
    const wrapper = stack.findLastIndex((frame) => frame.kind === 'route');
    // Callers of the wrapper (hooks that continued to the handler) serve every route.
    const called = new Set<string>();
    for (const frame of wrapper < 0 ? stack : stack.slice(0, wrapper)) {
      if (frame.kind === 'application' && frame.key !== root) called.add(frame.key);
    }
    for (const key of called) count(key, root, weight);
  }

  function trace(functionKey: string, weight: number, steps: number, found: Map<number, number>): void {
    const known = roots.get(functionKey);
    if (known === undefined || steps === 0) return;
    let total = 0;
    for (const evidence of known.values()) total += evidence;
    for (const [root, evidence] of known) {
      const share = (weight * evidence) / total;
      if (share < MIN_SHARE) continue;
      if (typeof root === 'string') trace(root, share, steps - 1, found);
      else found.set(root, (found.get(root) ?? 0) + share);
    }
  }

  function resolveOrigin(origin: Origin): RouteShare[] {
    if (origin.kind === 'route') return [{ route: origin.route, weight: 1, evidence: 'stack' }];
    for (const [depth, key] of origin.keys.entries()) {
      // Below an unknown function a helper is no evidence: others call it as well. A handler still is.
      if (depth > 0 && !handlers.has(key)) continue;
      const found = new Map<number, number>();
      trace(key, 1, MAX_STEPS, found);
      if (found.size > 0) {
        return [...found]
          .map(([route, weight]) => ({ route, weight, evidence: 'link' as const }))
          .toSorted((a, b) => b.weight - a.weight);
      }
    }
    return [];
  }

  return {
    get functions() {
      return roots.size;
    },
    get dropped() {
      return dropped;
    },
    seed(functionKey, row, weight = 1) {
      count(functionKey, row, weight);
      if (roots.has(functionKey)) handlers.add(functionKey);
    },
    learn(profile) {
      const live = 'tree' in profile ? profile : liveStacks(profile);
      const { samples, highestOrdinal } = live.profile;
      if (live.profile.epoch !== epoch) learnedOrdinal = 0;
      epoch = live.profile.epoch;
      const fresh = new Map<number, number>();
      for (const [index, { ordinal }] of samples.entries()) {
        const row = live.rowOfSample[index] ?? 0;
        if (ordinal > learnedOrdinal) fresh.set(row, (fresh.get(row) ?? 0) + 1);
      }
      learnedOrdinal = Math.max(learnedOrdinal, highestOrdinal);
      for (const [row, weight] of fresh) learnStack(live.stack(row), weight);
    },
    resolve: (stack) => resolveOrigin(originOf(stack)),
    resolveOrigin,
  };
}

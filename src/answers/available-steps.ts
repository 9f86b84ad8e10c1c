import type { ResolvedOptions } from '../config/options.js';
import type { ExpectedCosts } from '../cost/gc-pause.js';
import { steps, type CurlTarget, type NextStep, type StepName } from './curl-step.js';

/** Whether the command would be answered: its feature is on, and the caller has its role. */
function works(name: StepName, options: ResolvedOptions, target: CurlTarget): boolean {
  switch (name) {
    case 'verdict':
    case 'verdictGc':
      return options.verdict.enabled;
    case 'profile':
    case 'profileDelta':
    case 'pprof':
      return options.profile.enabled;
    case 'history':
      return options.history.enabled;
    case 'routes':
      return options.requests.enabled;
    case 'preflight':
      return options.snapshots.enabled;
    case 'gc':
      return target.role !== 'read';
    case 'stats':
    case 'report':
    case 'optimize':
      return true;
  }
}

export interface StepSource {
  readonly options: ResolvedOptions;
  expectedCosts(): ExpectedCosts;
}

/** Those of the commands that would work here and now for this caller. */
export function nextSteps(
  core: StepSource,
  names: readonly StepName[],
  target: CurlTarget,
): readonly NextStep[] {
  const working = names.filter((name) => works(name, core.options, target));
  return steps(working, target, core.expectedCosts());
}

import type { ResolvedOptions } from '../../config/options.js';
import type { PauseBudget } from '../../cost/pause-budget.js';
import type { Sample } from '../../measure/reading.js';
import type { LiveProfile } from '../../profile/live-profile.js';
import type { RetentionWindows } from '../../profile/windows/windows.js';
import { windowPauseMs, type ExpectedCosts } from '../next-step.js';
import { percent } from '../render/phrases.js';
import { formatSeconds } from '../render/units.js';

/** What opening a window depends on. */
export interface WindowAvailability {
  readonly options: Pick<ResolvedOptions, 'cost' | 'profile' | 'requests'>;
  readonly profile: Pick<LiveProfile, 'running' | 'refusal'> | undefined;
  readonly windows: Pick<RetentionWindows, 'open' | 'refusal' | 'creditInSeconds'> | undefined;
  readonly budget: Pick<PauseBudget, 'canSpend'>;
  latest(): Pick<Sample, 'eventLoop'>;
  expectedCosts(): ExpectedCosts;
}

/** Why no window can ever be opened here, until an option or another agent changes; undefined where one can. */
export function whyNeverAWindow({ options, profile }: WindowAvailability): string | undefined {
  if (!options.profile.enabled) return 'profile.enabled is false';
  if (!options.requests.enabled) return 'requests.enabled is false';
  return profile?.running === true ? undefined : (profile?.refusal ?? 'the profile is not running');
}

/** Why no window can be opened now, in words; undefined where one can. */
export function whyNoWindow(source: WindowAvailability): string | undefined {
  return whyNeverAWindow(source) ?? notNow(source);
}

function notNow({ options, windows, budget, ...source }: WindowAvailability): string | undefined {
  if (windows === undefined) return 'the profile is not running';
  if (windows.open !== undefined) return 'one is already open';
  const { utilization = 0 } = source.latest().eventLoop ?? {};
  if (utilization > options.cost.maxEventLoopUtilization)
    return `the event loop is busy for ${percent(utilization)} of the time`;
  if (windows.creditInSeconds > 0)
    return `the budget for promise hooks is spent; it is available again in ${formatSeconds(windows.creditInSeconds)}`;
  const paid = budget.canSpend(windowPauseMs(source.expectedCosts()));
  if (!paid.ok)
    return `the pause budget is spent; it is available again in ${formatSeconds(paid.retryAfterSeconds)}`;
  return windows.refusal();
}

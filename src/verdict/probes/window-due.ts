import type { Retention } from '../../profile/windows/windows.js';
import { windowEvidence } from '../attribution/window-evidence.js';

/** With this many survivors, the figure of the leading cause is within 16 % in 95 % of cases. */
const SURVIVORS_WANTED = 150;
/** More windows do not help with a cause that leaves few survivors, such as one outside the heap. */
const MOST_IN_A_ROW = 4;
/** Pause between windows until then. */
const SPACING_MS = 3_000;
/** Pause before the next window if the rise continues. */
const AGAIN_MS = 600_000;

/** Whether a rise needs another retention window. `windows` are those during the rise, newest last; monotonic clock. */
export function windowIsDue(windows: readonly Retention[], nowMs: number): boolean {
  const newest = windows.at(-1);
  if (newest === undefined) return true;
  const { routes, outside } = windowEvidence(windows);
  const outsideSamples = outside.sites.reduce((sum, { left }) => sum + left.samples, 0);
  const isKnown = Math.max(routes[0]?.samples ?? 0, outsideSamples) >= SURVIVORS_WANTED;
  const isEnough = windows.length >= (isKnown ? 2 : MOST_IN_A_ROW);
  return nowMs - newest.toMs >= (isEnough ? AGAIN_MS : SPACING_MS);
}

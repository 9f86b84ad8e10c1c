import { setTimeout as delay } from 'node:timers/promises';

/** Entries of `after` that are not in `before`, with multiplicity. Fewer than before is not a leak. */
export function beyond(after: readonly string[], before: readonly string[]): string[] {
  const rest = [...before];
  return after.filter((entry) => {
    const at = rest.indexOf(entry);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** Entries beyond `before` that remain after some time: closing may take a few turns of the loop. */
export async function leftOver(
  now: () => readonly string[],
  before: readonly string[],
  limitMs = 10_000,
): Promise<string[]> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const left = beyond(now(), before);
    if (left.length === 0 || performance.now() > endMs) return left;
    await delay(10);
  }
}

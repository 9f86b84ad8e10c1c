import type { PastSampling, PastStack } from '../../profile/past-samplings.js';
import { placeText, type Locator } from '../../profile/place.js';
import { OTHER_SITE, siteOf, type Site } from '../../profile/site.js';
import { iso } from '../common.js';
import type { ProfileAnswer } from './schema.js';

type Earlier = NonNullable<ProfileAnswer['earlier']>;

const MAX_SITES = 50;

interface SiteSum {
  readonly site: Site;
  /** The one with most bytes. */
  heaviest: PastStack;
  bytes: number;
  samples: number;
  takenAtMs: number;
}

/** What samplings before the one of now knew when they were last read; undefined when there were none. */
export function buildEarlier(past: readonly PastSampling[], locate: Locator): Earlier | undefined {
  const [first, last] = [past[0], past.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    since: iso(first.startedAtMs),
    takenAt: iso(last.takenAtMs),
    liveBytes: Math.round(past.reduce((sum, { liveBytes }) => sum + liveBytes, 0)),
    liveSamples: past.reduce((sum, { liveSamples }) => sum + liveSamples, 0),
    sites: sumsBySite(past)
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, MAX_SITES)
      .map(({ site, heaviest, bytes, samples, takenAtMs }) => ({
        ...locate(site),
        kind: site.kind,
        ...(site.packageName !== undefined && { package: site.packageName }),
        liveBytes: Math.round(bytes),
        liveSamples: samples,
        takenAt: iso(takenAtMs),
        stack: heaviest.stack.map((frame) => placeText(locate(frame))),
      })),
    samplings: past.map((one) => ({
      since: iso(one.startedAtMs),
      takenAt: iso(one.takenAtMs),
      endedBy: one.ended,
      runs: one.runs,
      samplingIntervalBytes: one.samplingIntervalBytes,
      liveBytes: Math.round(one.liveBytes),
    })),
  };
}

function sumsBySite(past: readonly PastSampling[]): SiteSum[] {
  const sums = new Map<string, SiteSum>();
  for (const one of past.flatMap(({ stacks }) => stacks)) {
    const { stack, bytes, samples, takenAtMs } = one;
    const site = stack.length === 0 ? OTHER_SITE : siteOf(stack);
    const sum = sums.get(site.key) ?? { site, heaviest: one, bytes: 0, samples: 0, takenAtMs };
    sum.bytes += bytes;
    sum.samples += samples;
    sum.takenAtMs = Math.max(sum.takenAtMs, takenAtMs);
    if (bytes > sum.heaviest.bytes) sum.heaviest = one;
    sums.set(site.key, sum);
  }
  return [...sums.values()];
}

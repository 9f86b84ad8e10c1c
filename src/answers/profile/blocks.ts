import { left, nextBlocks, path, right, section, table, type Block, type Column } from '../render/block.js';
import { firstOf, interval, percent, place } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { ProfileAnswer } from './schema.js';

type Site = ProfileAnswer['sites'][number];
type Earlier = NonNullable<ProfileAnswer['earlier']>;

const ROWS = 20;

/** Sites, largest first. */
export function profileBlocks(profile: ProfileAnswer): Block[] {
  const { mode, sites, earlier, limitations, next } = profile;
  const shown = mode === 'live' ? sites : sites.filter(({ growthBytes }) => growthBytes.value > 0);
  return [
    { kind: 'paragraph', text: summary(profile) },
    ...listOf(limitations.map(({ because }) => sentence(because))),
    ...table(siteColumns(profile), shown, ROWS),
    ...(earlier === undefined ? [] : earlierBlocks(earlier)),
    ...nextBlocks(next),
  ];
}

function summary({ mode, seconds, liveBytes, liveSamples, costMs, ...facts }: ProfileAnswer): string {
  const what =
    mode === 'live'
      ? `allocated since ${facts.since} and alive now: ${formatBytes(liveBytes)}`
      : `allocated within ${formatSeconds(seconds ?? 0)} and still alive, of ${formatBytes(liveBytes)} since ${facts.since}`;
  const sampled = `${liveSamples} samples, one in ${formatBytes(facts.samplingIntervalBytes)}`;
  return `${what}; ${sampled}; at ${facts.takenAt}; paused for ${formatSeconds(costMs / 1000)}`;
}

function earlierBlocks({ since, takenAt, liveBytes, liveSamples, sites }: Earlier): Block[] {
  const text = `allocated from ${since} to ${takenAt} and alive when it was last read: ${formatBytes(liveBytes)}; ${liveSamples} samples; what was freed since then is still counted here`;
  const columns: Column<Earlier['sites'][number]>[] = [
    right('alive then', (site) => formatBytes(site.liveBytes)),
    left('last read', (site) => site.takenAt),
    path('where', place),
    left('function', (site) => (site.file === '' ? '' : site.function)),
  ];
  return section('Allocated earlier', { kind: 'paragraph', text }, ...table(columns, sites, ROWS));
}

function listOf(items: readonly string[]): Block[] {
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function siteColumns({ mode, liveBytes }: ProfileAnswer): Column<Site>[] {
  const isLive = mode === 'live';
  const live = right<Site>('alive', (site) => formatBytes(site.liveBytes));
  const grown = right<Site>(isLive ? 'grown since the first reading' : 'grown meanwhile', (site) =>
    interval(site.growthBytes),
  );
  const share = right<Site>('share', (site) =>
    percent(isLive ? site.liveBytes / Math.max(liveBytes, 1) : site.share),
  );
  return [
    ...(isLive ? [live, share, grown] : [grown, share, live]),
    path('where', place),
    left('function', (site) => (site.file === '' ? '' : site.function)),
    left('route', (site) => firstOf(site.routes)),
  ];
}

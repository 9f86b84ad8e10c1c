import { left, nextBlocks, path, right, table, type Block, type Column } from '../render/block.js';
import { firstOf, interval, percent, place } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { ProfileAnswer } from './schema.js';

type Site = ProfileAnswer['sites'][number];

const ROWS = 20;

/** Sites, largest first. */
export function profileBlocks(profile: ProfileAnswer): Block[] {
  const { mode, sites, next } = profile;
  const shown = mode === 'live' ? sites : sites.filter(({ growthBytes }) => growthBytes.value > 0);
  return [
    { kind: 'paragraph', text: summary(profile) },
    ...table(siteColumns(profile), shown, ROWS),
    ...nextBlocks(next),
  ];
}

function summary({ mode, seconds, liveBytes, liveSamples, costMs, ...facts }: ProfileAnswer): string {
  const what =
    mode === 'live'
      ? `alive: ${formatBytes(liveBytes)}`
      : `allocated within ${formatSeconds(seconds ?? 0)} and still alive, of ${formatBytes(liveBytes)} in all`;
  const sampled = `${liveSamples} samples, one in ${formatBytes(facts.samplingIntervalBytes)}`;
  return `${what}; ${sampled}; at ${facts.takenAt}; paused for ${formatSeconds(costMs / 1000)}`;
}

function siteColumns({ mode, liveBytes }: ProfileAnswer): Column<Site>[] {
  const isLive = mode === 'live';
  const live = right<Site>('alive', (site) => formatBytes(site.liveBytes));
  const grown = right<Site>(isLive ? 'grown since the start' : 'grown meanwhile', (site) =>
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

import type { Estimate } from '../../verdict/verdict.js';
import type { NextStep } from '../curl-step.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { head, table, tail, type Column } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';
import { firstOf, interval, percent, place, type Placed } from '../render/phrases.js';

export interface ProfiledSite extends Placed {
  readonly liveBytes: number;
  readonly growthBytes: Estimate;
  readonly share: number;
  readonly routes: readonly string[];
}

/** An alias and not an interface, so that it is a plain record too. */
export type ProfileFacts = {
  readonly takenAt: string;
  readonly mode: 'live' | 'delta';
  readonly seconds?: number;
  readonly samplingIntervalBytes: number;
  readonly liveBytes: number;
  readonly liveSamples: number;
  readonly costMs: number;
  readonly sites: readonly ProfiledSite[];
  readonly routes: readonly {
    readonly route: string;
    readonly growthBytes: Estimate;
    readonly share: number;
  }[];
  readonly next: readonly NextStep[];
};

const ROWS = 20;

/** Sites, greatest first, then the routes that what grew belongs to. */
export function profileText(facts: ProfileFacts): string {
  const { mode, sites, routes, next } = facts;
  const shown = mode === 'live' ? sites : sites.filter(({ growthBytes }) => growthBytes.value > 0);
  const grown = routes.filter(({ growthBytes }) => growthBytes.value > 0);
  const lines = [
    title(facts),
    '',
    ...table(siteColumns(facts), shown.slice(0, ROWS)),
    ...(shown.length > ROWS ? [`and ${shown.length - ROWS} more in the JSON`] : []),
    ...(grown.length === 0 ? [] : ['', ...table(routeColumns, grown.slice(0, ROWS))]),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

function title({ mode, seconds, liveBytes, liveSamples, costMs, ...facts }: ProfileFacts): string {
  const what =
    mode === 'live'
      ? `alive: ${formatBytes(liveBytes)}`
      : `allocated within ${formatSeconds(seconds ?? 0)} and still alive, of ${formatBytes(liveBytes)} in all`;
  const sampled = `${liveSamples} samples, one in ${formatBytes(facts.samplingIntervalBytes)}`;
  return `${what}; ${sampled}; at ${facts.takenAt}; paused for ${formatSeconds(costMs / 1000)}`;
}

function siteColumns({ mode, liveBytes }: ProfileFacts): Column<ProfiledSite>[] {
  const live: Column<ProfiledSite> = {
    name: 'alive',
    align: 'right',
    of: (site) => formatBytes(site.liveBytes),
  };
  const grown: Column<ProfiledSite> = {
    name: mode === 'live' ? 'grown since the start' : 'grown meanwhile',
    align: 'right',
    of: (site) => interval(site.growthBytes),
  };
  const share: Column<ProfiledSite> = {
    name: 'share',
    align: 'right',
    of: (site) => percent(mode === 'live' ? site.liveBytes / Math.max(liveBytes, 1) : site.share),
  };
  return [
    ...(mode === 'live' ? [live, share, grown] : [grown, share, live]),
    { name: 'where', align: 'left', of: (site) => tail(place(site), 44) },
    { name: 'function', align: 'left', of: (site) => head(site.file === '' ? '' : site.function, 20) },
    { name: 'route', align: 'left', of: (site) => head(firstOf(site.routes), 28) },
  ];
}

const routeColumns: Column<ProfileFacts['routes'][number]>[] = [
  { name: 'grown by route', align: 'right', of: ({ growthBytes }) => interval(growthBytes) },
  { name: 'share', align: 'right', of: ({ share }) => percent(share) },
  { name: 'route', align: 'left', of: ({ route }) => head(route, 70) },
];

import {
  fact,
  left,
  nextBlocks,
  path,
  right,
  section,
  table,
  type Block,
  type Column,
} from '../render/block.js';
import { interval, percent, place, whole } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { isSure, leadingRoute } from './headline.js';
import type { RetentionAnswer, RetentionFindings } from './schema.js';

type Route = RetentionFindings['routes'][number];
type Site = Route['sites'][number];
type Outside = RetentionFindings['outside'][number];

const ROUTES = 20;
const SITES = 10;
const FRAMES = 8;

/** The leading route, then how it was measured, then all routes. */
export function retentionBlocks({ next, ...findings }: RetentionAnswer): readonly Block[] {
  return [
    { kind: 'headline', text: findings.headline, tone: toneOf(findings) },
    ...evidenceBlocks(findings),
    ...stackBlocks(leadingRoute(findings.routes)?.sites[0]),
    ...nextBlocks(next),
  ];
}

/** The same within another answer, which has its own headline, stacks and commands. */
export function retentionSection(findings: RetentionFindings | undefined): readonly Block[] {
  if (findings === undefined) return [];
  return section(
    'what requests left in retention windows',
    { kind: 'paragraph', text: findings.headline },
    ...evidenceBlocks(findings),
  );
}

function toneOf({ windows, routes }: RetentionFindings): 'bad' | 'unsure' | 'good' {
  const leading = leadingRoute(routes);
  if (leading !== undefined) return isSure(leading) ? 'bad' : 'unsure';
  return windows.length === 0 ? 'unsure' : 'good';
}

function evidenceBlocks(findings: RetentionFindings): Block[] {
  const { routes, outside, limitations = [], unattributedShare: unknown } = findings;
  const after = routes.filter(({ afterEndBytes }) => afterEndBytes > 0);
  const facts: Block = {
    kind: 'facts',
    rows: [
      ...fact('followed', followedWords(findings)),
      ...fact(
        'not attributed',
        unknown === undefined ? undefined : `${percent(unknown)} of the surviving memory`,
      ),
      ...after
        .slice(0, SITES)
        .map(
          ({ route, afterEndBytes }) =>
            [
              'after the end',
              `${formatBytes(afterEndBytes)} retained by work that continued after requests of ${route} had ended`,
            ] as const,
        ),
      ...fact('cost', costWords(findings)),
      ...limitations.map((because) => ['limitation', because] as const),
    ],
  };
  const sites = routes.flatMap(({ route, sites }) => sites.map((site) => ({ ...site, route })));
  return [
    ...(facts.rows.length === 0 ? [] : [facts]),
    ...table(ROUTE_COLUMNS, routes, ROUTES),
    ...table(SITE_COLUMNS, sites, SITES),
    ...table(OUTSIDE_COLUMNS, outside, SITES),
  ];
}

function followedWords({ windows, requests, from }: RetentionFindings): string | undefined {
  const newest = windows.at(-1);
  if (newest === undefined || from === undefined) return undefined;
  const seconds = windows.reduce((sum, one) => sum + one.seconds, 0);
  const many = windows.length === 1 ? '' : ` in ${windows.length} windows, the last of which`;
  const ended = windows.length === 1 ? `, until ${newest.because}` : ` ended because ${newest.because}`;
  return `${whole(requests)} requests for ${formatSeconds(seconds)} from ${from}${many}${ended}`;
}

function costWords({ windows, cost }: RetentionFindings): string | undefined {
  if (windows.length === 0) return undefined;
  const { hooksSeconds, pauseMs, marksBytes } = cost;
  return `promise hooks for ${formatSeconds(hooksSeconds)}, a pause of ${formatSeconds(pauseMs / 1000)} in all, ${formatBytes(marksBytes)} for marks`;
}

const ROUTE_COLUMNS: readonly Column<Route>[] = [
  left('route', ({ route }) => route),
  right('requests', ({ requests }) => whole(requests)),
  right('left per request', leftWords),
  right('survivors', ({ samples }) => whole(samples)),
  path('most at', ({ sites: [site] }) => (site === undefined ? '' : place(site))),
];

function leftWords({ samples, bytesPerRequest, unseenBytesPerRequest }: Route): string {
  if (samples > 0) return interval(bytesPerRequest);
  return `nothing repeatedly (detection limit ${formatBytes(unseenBytesPerRequest)})`;
}

const SITE_COLUMNS: readonly Column<Site & { readonly route: string }>[] = [
  right('per request', ({ bytesPerRequest }) => interval(bytesPerRequest)),
  right('survivors', ({ samples }) => whole(samples)),
  path('allocated at', place),
  left('function', ({ file, function: name }) => (file === '' ? '' : name)),
  left('by', ({ route }) => route),
];

const OUTSIDE_COLUMNS: readonly Column<Outside>[] = [
  right('per second', ({ bytesPerSecond }) => interval(bytesPerSecond)),
  right('survivors', ({ samples }) => whole(samples)),
  path('outside requests, at', place),
  left('function', ({ file, function: name }) => (file === '' ? '' : name)),
  left('run by', ({ cause = '' }) => cause),
];

function stackBlocks(site: Site | undefined): Block[] {
  if (site === undefined || site.stack.length === 0) return [];
  const more = site.stack.length - FRAMES;
  const lines = [...site.stack.slice(0, FRAMES), ...(more > 0 ? [`and ${more} more in the JSON`] : [])];
  return section(`stack of ${place(site)}, the allocating function first`, { kind: 'code', lines });
}

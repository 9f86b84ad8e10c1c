import { interval, percent, place } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { SiteView } from '../verdict/answer.js';
import { left, path, right, table, type Block, type Column } from '../render/block.js';
import type { ReportFacts } from './report-facts.js';

const SITES = 5;
const STACKS = 3;
const FRAMES = 12;

/** The lines that allocated what stays, with their stacks. */
export function siteBlocks({ verdict }: ReportFacts): Block[] {
  const sites = verdict?.suspects?.sites.slice(0, SITES) ?? [];
  if (sites.length === 0) return [];
  return [
    { kind: 'heading', text: 'Lines that allocated what stays' },
    ...table(SITE_COLUMNS, sites),
    ...sites
      .slice(0, STACKS)
      .filter(({ stack }) => stack.length > 0)
      .map((site) => ({ kind: 'code', lines: stackOf(site) }) as const),
  ];
}

const SITE_COLUMNS: readonly Column<SiteView>[] = [
  path('where', place),
  left('function', (site) => (site.file === '' ? '' : site.function)),
  right('grown', ({ growthBytes }) => interval(growthBytes)),
  right('share', ({ share }) => percent(share)),
  left('routes', ({ routes }) => routes.join(', ') || '-'),
];

function stackOf(site: SiteView): string[] {
  const more = site.stack.length - FRAMES;
  return [
    `${place(site)} was called like this, the allocating function first`,
    ...site.stack.slice(0, FRAMES).map((frame) => `  ${frame}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** The routes that retain, then the busiest. */
export function routeBlocks({ routes, verdict }: ReportFacts): Block[] {
  if (routes.length === 0) return [];
  const alike = (verdict?.suspects?.routes ?? [])
    .filter(({ collinearWith }) => collinearWith.length > 0)
    .map(({ route, collinearWith }) => `${route} cannot be told apart from ${collinearWith.join(', ')}`);
  return [
    { kind: 'heading', text: 'Routes' },
    ...table(ROUTE_COLUMNS, routes),
    ...(alike.length === 0 ? [] : [{ kind: 'list', items: alike } as const]),
  ];
}

const ROUTE_COLUMNS: readonly Column<ReportFacts['routes'][number]>[] = [
  left('route', ({ route }) => route),
  right('requests', ({ requests }) => String(requests)),
  right('5xx', ({ statuses }) => String(statuses['5xx'] ?? 0)),
  right('in flight', ({ inFlight }) => String(inFlight)),
  right('p99', ({ duration }) => (duration === undefined ? '-' : formatSeconds(duration.p99Ms / 1000))),
  right('heap a request', ({ heapDelta }) =>
    heapDelta === undefined ? '-' : formatBytes(heapDelta.p50Bytes),
  ),
  right('retained a request', ({ retainedBytesPerRequest }) =>
    retainedBytesPerRequest === undefined ? '-' : interval(retainedBytesPerRequest),
  ),
];

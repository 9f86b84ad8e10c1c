import { interval, percent, place } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { SiteView } from '../verdict/answer.js';
import { left, right, type Block } from '../render/block.js';
import type { ReportFacts } from './report-facts.js';

const SITES = 5;
const STACKS = 3;
const FRAMES = 12;

/** The lines that allocated what stays, with their stacks. */
export function siteBlocks({ verdict }: ReportFacts): Block[] {
  const sites = verdict?.suspects?.sites.slice(0, SITES) ?? [];
  if (sites.length === 0) return [];
  const rows = sites.map((site) => [
    place(site),
    site.file === '' ? '' : site.function,
    interval(site.growthBytes),
    percent(site.share),
    site.routes.join(', ') || '-',
  ]);
  return [
    { kind: 'heading', text: 'Lines that allocated what stays' },
    {
      kind: 'table',
      table: {
        columns: [left('where'), left('function'), right('grown'), right('share'), left('routes')],
        rows,
      },
    },
    ...sites
      .slice(0, STACKS)
      .filter(({ stack }) => stack.length > 0)
      .map((site) => ({ kind: 'code', lines: stackOf(site) }) as const),
  ];
}

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
  const rows = routes.map((row) => [
    row.route,
    String(row.requests),
    String(row.statuses['5xx'] ?? 0),
    String(row.inFlight),
    row.duration === undefined ? '-' : formatSeconds(row.duration.p99Ms / 1000),
    row.heapDelta === undefined ? '-' : formatBytes(row.heapDelta.p50Bytes),
    row.retainedBytesPerRequest === undefined ? '-' : interval(row.retainedBytesPerRequest),
  ]);
  return [
    { kind: 'heading', text: 'Routes' },
    {
      kind: 'table',
      table: {
        columns: [
          left('route'),
          right('requests'),
          right('5xx'),
          right('in flight'),
          right('p99'),
          right('heap a request'),
          right('retained a request'),
        ],
        rows,
      },
    },
    ...(alike.length === 0 ? [] : [{ kind: 'list', items: alike } as const]),
  ];
}

import type { Estimate } from '../../verdict/verdict.js';
import type { NextStep } from '../curl-step.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { head, table, type Column } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';
import { interval, percent } from '../render/phrases.js';

export interface RouteFacts {
  readonly route: string;
  readonly requests: number;
  readonly inFlight: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly duration?: { readonly p50Ms: number; readonly p90Ms: number; readonly p99Ms: number };
  readonly heapDelta?: { readonly p50Bytes: number; readonly p90Bytes: number; readonly p99Bytes: number };
  readonly cleanShare?: number;
  readonly retainedBytesPerRequest?: Estimate;
}

export interface DeepSampleFacts {
  readonly route: string;
  readonly at: string;
  readonly durationMs: number;
  readonly statusCode: number;
  readonly heapUsedBytes: number;
  readonly oldSpaceUsedBytes: number;
  readonly externalBytes: number;
  readonly rssBytes: number;
}

/** An alias and not an interface, so that it is a plain record too. */
export type RoutesFacts = {
  readonly at: string;
  readonly sort: string;
  readonly total: number;
  readonly routes: readonly RouteFacts[];
  readonly deepSamples?: { readonly taken: number; readonly newest: readonly DeepSampleFacts[] };
  readonly next: readonly NextStep[];
};

const DEEP_ROWS = 10;

/** One line a route, then the newest deep samples. */
export function routesText({ at, sort, total, routes, deepSamples, next }: RoutesFacts): string {
  const lines = [
    `${routes.length} of ${total} routes by ${sort}, at ${at}; heap deltas are of requests that ran alone, unspoiled by a GC`,
    '',
    ...routeTable(routes),
    ...(deepSamples === undefined ? [] : deepLines(deepSamples)),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

function deepLines({ taken, newest }: NonNullable<RoutesFacts['deepSamples']>): string[] {
  const shown = newest.slice(0, DEEP_ROWS);
  if (shown.length === 0) return [];
  return ['', `${taken} requests were profiled, the newest:`, ...table(deepColumns, shown)];
}

const ms = (value: number | undefined): string => (value === undefined ? '-' : formatSeconds(value / 1000));
const bytes = (value: number | undefined): string => (value === undefined ? '-' : formatBytes(value));

const columns: readonly Column<RouteFacts>[] = [
  { name: 'route', align: 'left', of: ({ route }) => head(route, 40) },
  { name: 'requests', align: 'right', of: ({ requests }) => String(requests) },
  { name: '5xx', align: 'right', of: ({ statuses }) => String(statuses['5xx'] ?? 0) },
  { name: 'now', align: 'right', of: ({ inFlight }) => String(inFlight) },
  { name: 'p50', align: 'right', of: ({ duration }) => ms(duration?.p50Ms) },
  { name: 'p99', align: 'right', of: ({ duration }) => ms(duration?.p99Ms) },
  { name: 'heap p50', align: 'right', of: ({ heapDelta }) => bytes(heapDelta?.p50Bytes) },
  { name: 'heap p99', align: 'right', of: ({ heapDelta }) => bytes(heapDelta?.p99Bytes) },
  {
    name: 'clean',
    align: 'right',
    of: ({ cleanShare }) => (cleanShare === undefined ? '-' : percent(cleanShare)),
  },
  {
    name: 'retained a request',
    align: 'left',
    of: ({ retainedBytesPerRequest }) =>
      retainedBytesPerRequest === undefined ? '-' : interval(retainedBytesPerRequest),
  },
];

export function routeTable(routes: readonly RouteFacts[], indent = ''): string[] {
  return table(columns, routes, indent);
}

const deepColumns: readonly Column<DeepSampleFacts>[] = [
  { name: 'at', align: 'left', of: ({ at }) => at },
  { name: 'route', align: 'left', of: ({ route }) => head(route, 40) },
  { name: 'status', align: 'right', of: ({ statusCode }) => String(statusCode) },
  { name: 'took', align: 'right', of: ({ durationMs }) => ms(durationMs) },
  { name: 'heap', align: 'right', of: ({ heapUsedBytes }) => formatBytes(heapUsedBytes) },
  { name: 'old space', align: 'right', of: ({ oldSpaceUsedBytes }) => formatBytes(oldSpaceUsedBytes) },
  { name: 'external', align: 'right', of: ({ externalBytes }) => formatBytes(externalBytes) },
  { name: 'rss', align: 'right', of: ({ rssBytes }) => formatBytes(rssBytes) },
];

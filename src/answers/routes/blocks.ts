import { left, nextBlocks, right, section, table, type Block, type Column } from '../render/block.js';
import { interval, percent } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { RoutesAnswer } from './schema.js';

type Row = RoutesAnswer['routes'][number];
type DeepSample = NonNullable<RoutesAnswer['deepSamples']>['newest'][number];

const DEEP_ROWS = 10;

/** One line a route, then the newest deep samples. */
export function routesBlocks({ at, sort, total, routes, deepSamples, next }: RoutesAnswer): readonly Block[] {
  const text = `${routes.length} of ${total} routes by ${sort}, at ${at}; heap deltas are of requests that ran alone, unspoiled by a GC`;
  return [
    { kind: 'paragraph', text },
    ...routeTable(routes),
    ...(deepSamples === undefined
      ? []
      : section(
          `${deepSamples.taken} requests were profiled, the newest`,
          ...table(deepColumns, deepSamples.newest.slice(0, DEEP_ROWS)),
        )),
    ...nextBlocks(next),
  ];
}

/** Routes as table rows, for every answer that lists some. */
export function routeTable(routes: readonly Row[]): Block[] {
  return table(columns, routes);
}

const ms = (value: number | undefined): string => (value === undefined ? '-' : formatSeconds(value / 1000));
const bytes = (value: number | undefined): string => (value === undefined ? '-' : formatBytes(value));

const columns: readonly Column<Row>[] = [
  left('route', ({ route }) => route),
  right('requests', ({ requests }) => String(requests)),
  right('5xx', ({ statuses }) => String(statuses['5xx'] ?? 0)),
  right('now', ({ inFlight }) => String(inFlight)),
  right('p50', ({ duration }) => ms(duration?.p50Ms)),
  right('p99', ({ duration }) => ms(duration?.p99Ms)),
  right('heap p50', ({ heapDelta }) => bytes(heapDelta?.p50Bytes)),
  right('heap p99', ({ heapDelta }) => bytes(heapDelta?.p99Bytes)),
  right('clean', ({ cleanShare }) => (cleanShare === undefined ? '-' : percent(cleanShare))),
  right('retained a request', ({ retainedBytesPerRequest: retained }) =>
    retained === undefined ? '-' : interval(retained),
  ),
];

const deepColumns: readonly Column<DeepSample>[] = [
  left('at', ({ at }) => at),
  left('route', ({ route }) => route),
  right('status', ({ statusCode }) => String(statusCode)),
  right('took', ({ durationMs }) => ms(durationMs)),
  right('heap', ({ heapUsedBytes }) => formatBytes(heapUsedBytes)),
  right('old space', ({ oldSpaceUsedBytes }) => formatBytes(oldSpaceUsedBytes)),
  right('external', ({ externalBytes }) => formatBytes(externalBytes)),
  right('rss', ({ rssBytes }) => formatBytes(rssBytes)),
];

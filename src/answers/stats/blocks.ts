import { left, nextBlocks, right, section, table, type Block, type Column } from '../render/block.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { routeTable } from '../routes/blocks.js';
import type { StatsAnswer } from './schema.js';

/** The verdict first, then section by section; lists become tables, empty parts are left out. */
export function statsBlocks(answer: StatsAnswer): readonly Block[] {
  const { verdict, heap, gc, handles, routes = [], instances = [], windows, cost, next, ...rest } = answer;
  return [
    { kind: 'values', values: { ...(verdict !== undefined && { verdict }), ...rest } },
    ...heapBlocks(heap),
    ...gcBlocks(gc),
    ...(handles === undefined ? [] : section('handles', { kind: 'paragraph', text: counts(handles) })),
    ...section('routes', ...routeTable(routes)),
    ...section('instances', ...table(instanceColumns, instances)),
    ...section('retention windows', windowsBlock(windows)),
    ...section('cost', costBlock(cost)),
    ...nextBlocks(next),
  ];
}

/** What the plugin itself costs. */
export function costBlock({ errors, ...totals }: StatsAnswer['cost']): Block {
  return { kind: 'values', values: { ...totals, errors: counts(errors) } };
}

function windowsBlock({ newest, ...totals }: StatsAnswer['windows']): Block {
  return {
    kind: 'values',
    values: {
      ...totals,
      ...(newest && { newestEndedAt: newest.endedAt, newestMarksBytes: newest.marksBytes }),
    },
  };
}

function heapBlocks(heap: StatsAnswer['heap']): Block[] {
  if (heap === undefined) return [];
  const { spaces, ...totals } = heap;
  const used = spaces.filter(({ committedBytes }) => committedBytes > 0);
  return section('heap', { kind: 'values', values: totals }, ...table(spaceColumns, used));
}

function gcBlocks({ major, minor, incremental, reclaimedBytes, allocatedBytes }: StatsAnswer['gc']): Block[] {
  const kinds = Object.entries({ major, minor, incremental }).filter(([, { count }]) => count > 0);
  const text = `${formatBytes(allocatedBytes)} allocated, ${formatBytes(reclaimedBytes)} reclaimed`;
  return section('gc', { kind: 'paragraph', text }, ...table(kindColumns, kinds));
}

function counts(record: Readonly<Record<string, number>>): string {
  const some = Object.entries(record).filter(([, count]) => count > 0);
  return some.length === 0 ? 'none' : some.map(([name, count]) => `${count} ${name}`).join(', ');
}

const spaceColumns: readonly Column<NonNullable<StatsAnswer['heap']>['spaces'][number]>[] = [
  left('space', ({ name }) => name),
  right('used', ({ usedBytes }) => formatBytes(usedBytes)),
  right('committed', ({ committedBytes }) => formatBytes(committedBytes)),
];

const instanceColumns: readonly Column<NonNullable<StatsAnswer['instances']>[number]>[] = [
  left('class', (row) => row.class),
  right('live', ({ live }) => (live === undefined ? '-' : String(live))),
  right('created', ({ created }) => String(created)),
  right('a second', ({ growthPerSecond }) => growthPerSecond?.value.toFixed(2) ?? '-'),
  right('exact', ({ exact }) => (exact === undefined ? '-' : String(exact.count))),
];

const kindColumns: readonly Column<[string, StatsAnswer['gc']['major']]>[] = [
  left('kind', ([name]) => name),
  right('count', ([, { count }]) => String(count)),
  right('paused', ([, { pauseMs }]) => formatSeconds(pauseMs / 1000)),
  right('reclaimed', ([, { reclaimedBytes }]) => formatBytes(reclaimedBytes)),
];

import type { NextStep } from '../curl-step.js';
import { plainText } from '../render/old-values.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { table, type Column } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';
import { routeTable, type RouteFacts } from '../routes/text.js';

interface GcKindFacts {
  readonly count: number;
  readonly pauseMs: number;
  readonly reclaimedBytes: number;
}

interface SpaceFacts {
  readonly name: string;
  readonly usedBytes: number;
  readonly committedBytes: number;
}

export interface InstanceFacts {
  readonly class: string;
  readonly created: number;
  readonly live?: number;
  readonly exact?: { readonly count: number; readonly at: string };
  readonly growthPerSecond?: { readonly value: number; readonly low: number; readonly high: number };
}

/** Which writer of heap snapshots is used and why, and what came of the captures so far. */
export interface SnapshotFacts {
  /** Absent until the test has told. */
  readonly writer?: string;
  readonly reason: string;
  readonly captures: number;
  readonly written: number;
  readonly failed: number;
  readonly retries: number;
  readonly killed: number;
}

export interface StatsFacts {
  readonly [section: string]: unknown;
  readonly heap?: { readonly spaces: readonly SpaceFacts[] } & Readonly<Record<string, unknown>>;
  readonly gc: {
    readonly major: GcKindFacts;
    readonly minor: GcKindFacts;
    readonly incremental: GcKindFacts;
    readonly reclaimedBytes: number;
    readonly allocatedBytes: number;
  };
  readonly handles?: Readonly<Record<string, number>>;
  readonly routes?: readonly RouteFacts[];
  readonly instances?: readonly InstanceFacts[];
  readonly snapshots?: SnapshotFacts;
  readonly cost: { readonly errors: Readonly<Record<string, number>> };
  readonly verdict?: string;
  readonly next: readonly NextStep[];
}

/** The verdict first, then section by section; what is many is a table, what is nothing is left out. */
export function statsText({
  verdict,
  heap,
  gc,
  handles,
  routes,
  instances,
  cost,
  next,
  ...rest
}: StatsFacts): string {
  const { spaces, ...heapTotals } = heap ?? { spaces: [] };
  const { errors, ...costTotals } = cost;
  const lines = [
    ...plainText({ ...(verdict !== undefined && { verdict }), ...rest }),
    ...(heap === undefined ? [] : plainText({ heap: heapTotals })),
    ...table(
      spaceColumns,
      spaces.filter(({ committedBytes }) => committedBytes > 0),
      '  ',
    ),
    ...gcLines(gc),
    ...(handles === undefined ? [] : [`handles  ${counts(handles)}`]),
    ...(routes === undefined || routes.length === 0 ? [] : ['routes', ...routeTable(routes, '  ')]),
    ...(instances === undefined ? [] : ['instances', ...table(instanceColumns, instances, '  ')]),
    ...plainText({ cost: { ...costTotals, errors: counts(errors) } }),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

function gcLines({ major, minor, incremental, reclaimedBytes, allocatedBytes }: StatsFacts['gc']): string[] {
  const kinds = Object.entries({ major, minor, incremental }).filter(([, { count }]) => count > 0);
  return [
    `gc       ${formatBytes(allocatedBytes)} allocated, ${formatBytes(reclaimedBytes)} reclaimed`,
    ...(kinds.length === 0 ? [] : table(kindColumns, kinds, '  ')),
  ];
}

function counts(record: Readonly<Record<string, number>>): string {
  const some = Object.entries(record).filter(([, count]) => count > 0);
  return some.length === 0 ? 'none' : some.map(([name, count]) => `${count} ${name}`).join(', ');
}

const spaceColumns: readonly Column<SpaceFacts>[] = [
  { name: 'space', align: 'left', of: ({ name }) => name },
  { name: 'used', align: 'right', of: ({ usedBytes }) => formatBytes(usedBytes) },
  { name: 'committed', align: 'right', of: ({ committedBytes }) => formatBytes(committedBytes) },
];

const instanceColumns: readonly Column<InstanceFacts>[] = [
  { name: 'class', align: 'left', of: (row) => row.class },
  { name: 'live', align: 'right', of: ({ live }) => (live === undefined ? '-' : String(live)) },
  { name: 'created', align: 'right', of: ({ created }) => String(created) },
  {
    name: 'a second',
    align: 'right',
    of: ({ growthPerSecond }) => growthPerSecond?.value.toFixed(2) ?? '-',
  },
  { name: 'exact', align: 'right', of: ({ exact }) => (exact === undefined ? '-' : String(exact.count)) },
];

const kindColumns: readonly Column<[string, GcKindFacts]>[] = [
  { name: 'kind', align: 'left', of: ([name]) => name },
  { name: 'count', align: 'right', of: ([, { count }]) => String(count) },
  { name: 'paused', align: 'right', of: ([, { pauseMs }]) => formatSeconds(pauseMs / 1000) },
  { name: 'reclaimed', align: 'right', of: ([, kind]) => formatBytes(kind.reclaimedBytes) },
];

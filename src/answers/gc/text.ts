import type { NextStep } from '../curl-step.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { table, type Column } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';
import { percent } from '../render/phrases.js';

interface Run {
  readonly pauseMs: number;
  readonly usedBytes: number;
  readonly reclaimedBytes: number;
}

interface Space {
  readonly name: string;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly reclaimedBytes: number;
}

/** An alias and not an interface, so that it is a plain record too. */
export type GcFacts = {
  readonly runs: readonly Run[];
  readonly before: { readonly usedBytes: number };
  readonly after: { readonly usedBytes: number };
  readonly reclaimedBytes: number;
  readonly spaces: readonly Space[];
  readonly verdict?: {
    readonly verdict: string;
    readonly confidenceBefore?: number;
    readonly confidenceAfter?: number;
  };
  readonly next: readonly NextStep[];
};

/** What the experiment showed, then each run and each space that holds something. */
export function gcText({ runs, before, after, reclaimedBytes, spaces, verdict, next }: GcFacts): string {
  const pauseMs = runs.reduce((sum, run) => sum + run.pauseMs, 0);
  const gaveBack = reclaimedBytes > 0 ? `gave back ${formatBytes(reclaimedBytes)}` : 'gave nothing back';
  const lines = [
    `${runs.length} full GC${runs.length === 1 ? '' : 's'} ${gaveBack} of ${formatBytes(before.usedBytes)}; ` +
      `${formatBytes(after.usedBytes)} stay; the server stood still for ${formatSeconds(pauseMs / 1000)}`,
    ...(verdict === undefined ? [] : [verdictWords(verdict)]),
    '',
    ...table(runColumns, runs),
    '',
    ...table(
      spaceColumns,
      spaces.filter((space) => space.beforeBytes > 0 || space.afterBytes > 0),
    ),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

function verdictWords({
  verdict,
  confidenceBefore,
  confidenceAfter,
}: NonNullable<GcFacts['verdict']>): string {
  return `verdict now: ${verdict}; confidence before ${confidenceWords(confidenceBefore)}, after ${confidenceWords(confidenceAfter)}`;
}

function confidenceWords(confidence: number | undefined): string {
  return confidence === undefined ? 'none' : percent(confidence);
}

const runColumns: readonly Column<Run>[] = [
  { name: 'pause', align: 'right', of: ({ pauseMs }) => formatSeconds(pauseMs / 1000) },
  { name: 'used after', align: 'right', of: ({ usedBytes }) => formatBytes(usedBytes) },
  { name: 'reclaimed', align: 'right', of: ({ reclaimedBytes }) => formatBytes(reclaimedBytes) },
];

const spaceColumns: readonly Column<Space>[] = [
  { name: 'space', align: 'left', of: ({ name }) => name },
  { name: 'before', align: 'right', of: ({ beforeBytes }) => formatBytes(beforeBytes) },
  { name: 'after', align: 'right', of: ({ afterBytes }) => formatBytes(afterBytes) },
  { name: 'reclaimed', align: 'right', of: ({ reclaimedBytes }) => formatBytes(reclaimedBytes) },
];

import { left, nextBlocks, right, table, type Block } from '../render/block.js';
import { percent } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { GcAnswer } from './schema.js';

/** The result of the experiment, then each run and each space that is not empty. */
export function gcBlocks(answer: GcAnswer): readonly Block[] {
  const { runs, spaces, verdict, next } = answer;
  return [
    { kind: 'paragraph', text: outcomeWords(answer) },
    ...(verdict === undefined ? [] : [{ kind: 'paragraph', text: verdictWords(verdict) } as const]),
    ...table<GcAnswer['runs'][number]>(
      [
        right('pause', ({ pauseMs }) => formatSeconds(pauseMs / 1000)),
        right('used after', ({ usedBytes }) => formatBytes(usedBytes)),
        right('reclaimed', ({ reclaimedBytes }) => formatBytes(reclaimedBytes)),
      ],
      runs,
    ),
    ...table<GcAnswer['spaces'][number]>(
      [
        left('space', ({ name }) => name),
        right('before', ({ beforeBytes }) => formatBytes(beforeBytes)),
        right('after', ({ afterBytes }) => formatBytes(afterBytes)),
        right('reclaimed', ({ reclaimedBytes }) => formatBytes(reclaimedBytes)),
      ],
      spaces.filter(({ beforeBytes, afterBytes }) => beforeBytes > 0 || afterBytes > 0),
    ),
    ...nextBlocks(next),
  ];
}

function outcomeWords({ runs, before, after, reclaimedBytes }: GcAnswer): string {
  const pauseMs = runs.reduce((sum, run) => sum + run.pauseMs, 0);
  const gaveBack = reclaimedBytes > 0 ? `gave back ${formatBytes(reclaimedBytes)}` : 'gave nothing back';
  return (
    `${runs.length} full GC${runs.length === 1 ? '' : 's'} ${gaveBack} of ${formatBytes(before.usedBytes)}; ` +
    `${formatBytes(after.usedBytes)} stay; the server stood still for ${formatSeconds(pauseMs / 1000)}`
  );
}

function verdictWords({
  verdict,
  confidenceBefore,
  confidenceAfter,
}: NonNullable<GcAnswer['verdict']>): string {
  return `verdict now: ${verdict}; confidence before ${confidenceWords(confidenceBefore)}, after ${confidenceWords(confidenceAfter)}`;
}

function confidenceWords(confidence: number | undefined): string {
  return confidence === undefined ? 'none' : percent(confidence);
}

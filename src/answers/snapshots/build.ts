import { analysisText } from '../analysis/text.js';
import { comparisonText } from '../comparison/text.js';
import type { HeapComparison } from '../../heap/comparison/compare.js';
import type { HeapSummary } from '../../heap/summary/summary.js';
import type { PreflightReport } from '../../snapshot/service/capture.js';
import type { SnapshotMetadata } from '../../snapshot/store/metadata.js';
import type { SnapshotList } from '../../snapshot/store/store.js';
import { curl, type CurlTarget, type NextStep } from '../curl-step.js';
import { withText } from '../render/old-values.js';

type Answer = Record<string, unknown>;

const FREE = { pauseMs: 0 };
const analysisStep = (id: string, target: CurlTarget): NextStep => ({
  why: 'what holds its memory',
  curl: curl(target, `/memory/snapshots/${id}/analysis?format=text`),
  cost: FREE,
});
const listStep = (target: CurlTarget): NextStep => ({
  why: 'all stored snapshots',
  curl: curl(target, '/memory/snapshots?format=text'),
  cost: FREE,
});

export function preflightView(
  { choice, memory, disk, pauseMs, ...rest }: PreflightReport,
  target: CurlTarget,
): Answer {
  const mayOperate = target.role !== 'read';
  const cost = Math.ceil(pauseMs.value);
  return {
    ...rest,
    reason: choice.writer === rest.writer ? choice.reason : 'named in the query',
    detail: choice.detail,
    pauseMs,
    ...(memory && { memory }),
    ...(disk && { disk }),
    next: mayOperate
      ? [
          {
            why: 'take the snapshot',
            curl: curl(target, '/memory/snapshot', 'POST'),
            cost: { pauseMs: cost },
          },
          {
            why: 'who holds what grows: two snapshots some traffic apart; ask until it answers 200',
            curl: curl(target, '/memory/leak-detection?deep=1&format=text'),
            cost: { pauseMs: 2 * cost },
          },
        ]
      : [],
  };
}

export function snapshotsView(
  { snapshots, problems, storedBytes }: SnapshotList,
  target: CurlTarget,
): Answer {
  const [newest, before] = snapshots;
  return {
    stored: snapshots.length,
    storedBytes,
    snapshots,
    problems,
    next: [
      ...(newest ? [analysisStep(newest.id, target)] : []),
      ...(newest && before
        ? [
            {
              why: 'what grew since the one before it',
              curl: curl(
                target,
                `/memory/snapshot/compare?snapshot1=${before.id}&snapshot2=${newest.id}&format=text`,
              ),
              cost: FREE,
            },
          ]
        : []),
    ],
  };
}

export function snapshotView(snapshot: SnapshotMetadata, target: CurlTarget): Answer {
  return { ...snapshot, next: [analysisStep(snapshot.id, target), listStep(target)] };
}

/** The whole of the analysis but its chart, which is for the pages that the command line writes. */
export function analysisView(id: string, found: HeapSummary, target: CurlTarget): Answer {
  const { chart: _, ...summary } = found;
  const answer = { snapshot: id, ...summary, next: [listStep(target)] };
  return withText(answer, () => analysisText(id, summary));
}

export function comparisonView(
  ids: readonly string[],
  comparison: HeapComparison,
  target: CurlTarget,
): Answer {
  const { snapshots, ...rest } = comparison;
  const named = snapshots.map((facts, i) => ({ id: ids[i] ?? '', ...facts }));
  const answer = { snapshots: named, ...rest, next: [analysisStep(ids.at(-1) ?? '', target)] };
  return withText(answer, () => comparisonText([...ids], comparison));
}

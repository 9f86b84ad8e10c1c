import type { SnapshotMetadata } from '../../snapshot/store/metadata.js';
import type { SnapshotList } from '../../snapshot/store/store.js';
import { freeStep } from '../next-step.js';
import type { SnapshotAnswer, SnapshotsAnswer } from './schema.js';
import { analysisStep, snapshotsStep } from './steps.js';

export function buildSnapshots({ snapshots, problems, storedBytes }: SnapshotList): SnapshotsAnswer {
  const [newest, before] = snapshots;
  return {
    stored: snapshots.length,
    storedBytes,
    snapshots,
    problems,
    next: [
      ...(newest ? [analysisStep(newest.id)] : []),
      ...(newest && before
        ? [
            freeStep('what grew since the one before it', '/memory/snapshot/compare', {
              snapshot1: before.id,
              snapshot2: newest.id,
              format: 'text',
            }),
          ]
        : []),
    ],
  };
}

export function buildSnapshot(snapshot: SnapshotMetadata): SnapshotAnswer {
  return { ...snapshot, next: [analysisStep(snapshot.id), snapshotsStep] };
}

import type { NextStep } from '../common.js';
import { freeStep } from '../next-step.js';

export const snapshotsStep: NextStep = freeStep('all stored snapshots', '/memory/snapshots');

export function analysisStep(id: string): NextStep {
  return freeStep('what holds its memory', `/memory/snapshots/${id}/analysis`);
}

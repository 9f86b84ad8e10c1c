import type { HeapComparison } from '../../heap/comparison/compare.js';
import { analysisStep } from '../snapshots/steps.js';
import type { ComparisonAnswer, Growth } from './schema.js';

/** The comparison of snapshots or files with these names. */
export function growthOf(ids: readonly string[], { snapshots, ...found }: HeapComparison): Growth {
  return { snapshots: snapshots.map((sizes, i) => ({ id: ids[i] ?? '', ...sizes })), ...found };
}

export function buildComparison(ids: readonly string[], found: HeapComparison): ComparisonAnswer {
  return { ...growthOf(ids, found), next: [analysisStep(ids.at(-1) ?? '')] };
}

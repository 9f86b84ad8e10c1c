import type { HeapSummary } from '../../heap/summary/summary.js';
import { snapshotsStep } from '../snapshots/steps.js';
import type { AnalysisAnswer } from './schema.js';

/** All findings except the chart, which only pages show. */
export function buildAnalysis(id: string, found: HeapSummary): AnalysisAnswer {
  const { chart: _, ...findings } = found;
  return { snapshot: id, ...findings, next: [snapshotsStep] };
}

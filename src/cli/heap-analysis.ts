import path from 'node:path';
import { analyzeHeap, type AnalysisStep, type HeapAnalysis } from '../heap/analysis.js';
import { SnapshotReader } from '../heap/format/snapshot-reader.js';
import { computeDominatorsInThread } from '../snapshot/analysis/dominators-in-thread.js';
import type { Progress } from './progress.js';
import { readSnapshotFile } from './snapshot-file.js';

const STEPS: Readonly<Record<AnalysisStep, string>> = {
  edges: 'sorting edges',
  names: 'finding duplicate names',
  sizes: 'assigning sizes to owners',
  classes: 'grouping by class',
  distances: 'finding shortest paths',
  dominators: 'finding dominators and retained sizes',
};

const openReader = (expectedBytes: number): SnapshotReader => new SnapshotReader({ expectedBytes });

/** Reads a file and runs all passes over it. */
export async function analyzeFile(file: string, progress: Progress): Promise<HeapAnalysis> {
  const graph = await readSnapshotFile(file, openReader, progress);
  const onStep = (step: AnalysisStep): void => progress.show(`${path.basename(file)}: ${STEPS[step]}`);
  return analyzeHeap(graph, { computeDominatorsInThread, onStep });
}

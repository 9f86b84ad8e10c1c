import path from 'node:path';
import { TidemarkError } from '../base/errors.js';
import { findDominatorsAside } from '../snapshot/analysis/dominators-aside.js';
import { analyzeHeap, type AnalysisStep, type HeapAnalysis } from '../heap/analysis.js';
import { LightReader, type LightSummary } from '../heap/format/light-reader.js';
import { SnapshotReader } from '../heap/format/snapshot-reader.js';
import type { Progress } from './progress.js';
import { feedFile, inspectFile, type FileFacts, type Sink } from './snapshot-file.js';

const STEPS: Readonly<Record<AnalysisStep, string>> = {
  edges: 'telling what holds from what does not',
  names: 'looking for names that stand twice',
  sizes: 'assigning sizes to owners',
  classes: 'telling classes apart',
  distances: 'finding shortest paths',
  dominators: 'finding dominators and retained sizes',
};

export async function loadAnalysis(file: string, progress: Progress): Promise<HeapAnalysis> {
  const facts = await inspectFile(file);
  const reader = new SnapshotReader(facts.isGzip ? {} : { expectedBytes: facts.bytes });
  await feed(file, facts, reader, progress);
  const graph = named(file, () => reader.finish());
  const onStep = (step: AnalysisStep): void => progress.show(`${path.basename(file)}: ${STEPS[step]}`);
  return analyzeHeap(graph, { findDominatorsAside, onStep });
}

export async function loadLight(file: string, progress: Progress): Promise<LightSummary> {
  const reader = new LightReader();
  await feed(file, await inspectFile(file), reader, progress);
  return named(file, () => reader.finish());
}

async function feed(file: string, facts: FileFacts, sink: Sink, progress: Progress): Promise<void> {
  try {
    await feedFile(file, facts, sink, (bytes) => {
      progress.show(`${path.basename(file)}: reading, ${Math.floor((100 * bytes) / facts.bytes)} %`);
    });
  } catch (error) {
    throw withFile(file, error);
  }
}

function named<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw withFile(file, error);
  }
}

/** With several files on the command line the reader's message alone does not say which one is meant. */
function withFile(file: string, error: unknown): unknown {
  if (!(error instanceof TidemarkError) || error.message.includes(file)) return error;
  return new TidemarkError(error.code, { reason: `${file}: ${error.message}`, cause: error });
}

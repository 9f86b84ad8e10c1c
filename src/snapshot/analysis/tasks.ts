import { once } from 'node:events';
import { analyzeHeap, type AnalysisStep, type HeapAnalysis } from '../../heap/analysis.js';
import { compareHeaps, type HeapComparison } from '../../heap/comparison/compare.js';
import { takeFootprint, type Footprint } from '../../heap/comparison/footprint.js';
import { SnapshotReader } from '../../heap/format/snapshot-reader.js';
import { summarize } from '../../heap/summary/summarize.js';
import type { HeapSummary } from '../../heap/summary/summary.js';
import { createRedaction, redacting, type RedactionSummary } from '../redaction/redaction.js';
import type { SnapshotDescription, SnapshotMetadata } from '../store/metadata.js';
import { openSnapshotStore, type SnapshotStore } from '../store/store.js';
import { computeDominatorsInThread } from './dominators-in-thread.js';
import type { AnalyzeTask, CompareTask, ParentMessage, StoreTask } from './messages.js';

type Report = (share: number, step: string) => void;

/** Reading takes about two fifths of an analysis. */
const READING_SHARE = 0.4;

/** Redacts the input and stores it with the description that the server sends after it has written everything. */
export async function storeTask(
  task: StoreTask,
  input: AsyncIterable<Uint8Array>,
  report: Report,
): Promise<SnapshotMetadata> {
  const described = receiveDescription();
  const store = await openSnapshotStore(task);
  let description: SnapshotDescription | undefined;
  let summary: RedactionSummary | undefined;
  // A raw snapshot passes the redactor too, which counts its nodes and refuses what is no snapshot.
  const redaction = createRedaction();
  const counted = withProgress(input, task.expectedBytes, (share) => report(share, 'writing'));
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    if (task.redact) yield* redacting(redaction, (all) => (summary = all))(counted);
    else yield* checked(counted);
    report(1, 'storing');
    description = await described;
  }
  async function* checked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of source) {
      for (const redacted of redaction.push(chunk)) void redacted;
      yield chunk;
    }
    summary = redaction.end();
  }
  return store.add(bytes(), () => ({
    ...description!,
    heapBytes: summary!.heapBytes,
    nodeCount: summary!.nodes,
    edgeCount: summary!.edges,
  }));
}

async function receiveDescription(): Promise<SnapshotDescription> {
  const [message] = (await once(process, 'message')) as [ParentMessage];
  return message.description;
}

export async function analyzeTask(task: AnalyzeTask, report: Report): Promise<HeapSummary> {
  const store = await openSnapshotStore(task);
  return summarize(await analysisOf(store, task.id, report));
}

export async function compareTask(task: CompareTask, report: Report): Promise<HeapComparison> {
  const store = await openSnapshotStore(task);
  const footprints: Footprint[] = [];
  for (const [i, id] of task.ids.entries()) {
    const part: Report = (share, step) => report((i + share) / task.ids.length, step);
    const analysis = await analysisOf(store, id, part);
    if (i === task.ids.length - 1) return compareHeaps(footprints, analysis);
    footprints.push(takeFootprint(analysis));
  }
  throw new RangeError('a comparison needs two snapshots');
}

async function analysisOf(store: SnapshotStore, id: string, report: Report): Promise<HeapAnalysis> {
  const snapshot = await store.open(id, 'identity');
  const expectedBytes = snapshot.metadata.rawBytes;
  try {
    const reader = new SnapshotReader({ expectedBytes });
    const counted = withProgress(snapshot.stream(), expectedBytes, (share) =>
      report(READING_SHARE * share, 'reading'),
    );
    for await (const chunk of counted) reader.push(chunk);
    const onStep = (step: AnalysisStep): void => report(READING_SHARE, step);
    return await analyzeHeap(reader.finish(), { computeDominatorsInThread, onStep });
  } finally {
    await snapshot.close();
  }
}

async function* withProgress(
  source: AsyncIterable<Uint8Array>,
  expectedBytes: number,
  report: (share: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    // The expected size is a prediction; only the end of the input is 100 %.
    report(Math.min(0.99, bytes / Math.max(1, expectedBytes)));
    yield chunk;
  }
}

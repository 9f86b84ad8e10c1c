import { createReadStream, statSync } from 'node:fs';
import { computeDominatorsInThread } from '../../../dist/src/snapshot/analysis/dominators-in-thread.js';
import { analyzeHeap } from '../../../dist/src/heap/analysis.js';
import { SnapshotReader } from '../../../dist/src/heap/format/snapshot-reader.js';
import { summarize } from '../../../dist/src/heap/summary/summarize.js';

/** A complete analysis, including suspects, collections and duplicate strings. @type {import('./case.js').Analyze} */
export async function analyze(file, classes) {
  const reader = new SnapshotReader({ expectedBytes: statSync(file).size });
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) reader.push(chunk);
  const analysis = await analyzeHeap(reader.finish(), { computeDominatorsInThread });
  const summary = summarize(analysis);
  const { names } = analysis.classes;
  return {
    totalBytes: summary.totalBytes,
    classes: classes.map((name) => {
      const row = names.indexOf(name);
      return {
        name,
        count: analysis.aggregates.count[row] ?? 0,
        retainedBytes: analysis.aggregates.retainedSize[row] ?? 0,
      };
    }),
  };
}

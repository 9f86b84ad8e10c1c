import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { startAnalysis } from '../../../src/snapshot/analysis/client.js';
import { errorOf, faultOf, type StorePlace } from '../../../src/snapshot/analysis/messages.js';
import { analyzeTask, compareTask, storeTask } from '../../../src/snapshot/analysis/tasks.js';
import { TidemarkError } from '../../../src/base/errors.js';
import type { SnapshotDescription } from '../../../src/snapshot/store/metadata.js';
import { LEAKING_PROGRAM, runProgram, temporaryFolder } from '../../heap/helpers/real.js';

const description: SnapshotDescription = {
  writer: 'v8',
  trigger: 'request',
  redacted: true,
  nodeVersion: process.version,
};

t.test('what is stored is redacted, counted, and can be analysed and compared', async (t) => {
  const folder = await temporaryFolder(t);
  await runProgram(folder, LEAKING_PROGRAM);
  const place: StorePlace = {
    directory: path.join(folder, 'store'),
    quota: { maxCount: 10, maxBytes: 2 ** 30, maxAgeSeconds: 3_600 },
  };
  const steps = new Set<string>();
  const shares: number[] = [];
  const report = (share: number, step: string): void => {
    steps.add(step);
    shares.push(share);
  };
  const store = async (file: string, redact: boolean): Promise<string> => {
    const task = { kind: 'store', ...place, redact, expectedBytes: 1_000_000 } as const;
    const stored = storeTask(task, createReadStream(path.join(folder, file)), report);
    // As the server says it over the channel of the process.
    process.emit(
      'message',
      { type: 'describe', description: { ...description, redacted: redact } },
      undefined,
    );
    const metadata = await stored;
    t.ok(metadata.nodeCount! > 10_000 && metadata.edgeCount! > metadata.nodeCount!);
    t.match(metadata, { writer: 'v8', redacted: redact, heapBytes: Number });
    return metadata.id;
  };
  const first = await store('1.heapsnapshot', true);
  const last = await store('3.heapsnapshot', false);
  t.same([...steps], ['writing', 'storing']);
  t.ok(shares.every((share) => share >= 0 && share <= 1));

  const summary = await analyzeTask({ kind: 'analyze', ...place, id: last }, report);
  t.match(
    summary.collections.find(({ collection }) => collection === 'Map')?.path?.text,
    /^sessions in module .*cache\.cjs → Map$/,
  );
  const { holders } = await compareTask({ kind: 'compare', ...place, ids: [first, last] }, report);
  t.match(holders[0]?.path?.text, /^sessions in module .*cache\.cjs → Map$/);
  await t.rejects(compareTask({ kind: 'compare', ...place, ids: [] }, report), RangeError);
  await t.rejects(analyzeTask({ kind: 'analyze', ...place, id: 'none' }, report), {
    code: 'TIDEMARK_ERR_SNAPSHOT_UNKNOWN',
  });
  for (const redact of [true, false]) {
    const task = { kind: 'store', ...place, redact, expectedBytes: 1 } as const;
    await t.rejects(storeTask(task, Readable.from([Buffer.from('{"snapshot":')]), report), {
      code: 'TIDEMARK_ERR_REDACTION_MALFORMED',
    });
  }

  await t.test('the child answers the same, and its faults arrive with their code', async (t) => {
    const progress: string[] = [];
    const child = startAnalysis<'analyze'>(
      { kind: 'analyze', ...place, id: last },
      { onProgress: (_, step) => progress.push(step) },
    );
    const { totalBytes } = await child.until(new AbortController().signal);
    t.equal(totalBytes, summary.totalBytes);
    t.ok(progress.includes('reading'));
    const unknown = startAnalysis<'analyze'>({ kind: 'analyze', ...place, id: 'none' });
    await t.rejects(unknown.result, { code: 'TIDEMARK_ERR_SNAPSHOT_UNKNOWN' });
    const killed = startAnalysis<'analyze'>({ kind: 'analyze', ...place, id: last });
    await t.rejects(killed.until(AbortSignal.abort()), {
      code: 'TIDEMARK_ERR_ANALYSIS_ENDED',
      message: /killed/,
    });
    const crashed = startAnalysis<'analyze'>({ kind: 'other', ...place, id: last } as never);
    await t.rejects(crashed.result, { code: 'TIDEMARK_ERR_ANALYSIS_ENDED' });
  });
});

t.test('an error is the same on the other side of a process', async (t) => {
  const error = new TidemarkError('TIDEMARK_ERR_HEAP_LIMIT', { reason: 'too many nodes' });
  t.match(errorOf(faultOf(error)), { code: error.code, message: error.message });
  t.match(errorOf(faultOf(new TidemarkError('TIDEMARK_ERR_HEAP_INVALID'))), {
    code: 'TIDEMARK_ERR_HEAP_INVALID',
  });
  t.match(errorOf(faultOf(new Error('what?'))), { code: 'TIDEMARK_ERR_INTERNAL', message: /what\?/ });
});

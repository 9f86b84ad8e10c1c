import { tmpdir } from 'node:os';
import t from 'tap';
import { learnCosts, priorCosts } from '../../../../src/snapshot/preflight/costs.js';
import { createPreflightReader } from '../../../../src/snapshot/preflight/readings.js';
import { predict } from '../../../../src/snapshot/preflight/preflight.js';
import { createForkWriter } from '../../../../src/snapshot/writers/fork-writer.js';
import { fileReader, forkTools } from '../capture-tools.js';

t.setTimeout(230_000);
const tools = await forkTools();
const skip = typeof tools === 'string' ? tools : false;

t.test('after one real capture the next one is predicted', { skip }, async (t) => {
  if (typeof tools === 'string') return;
  const read = createPreflightReader();
  const writer = createForkWriter(tools);
  const capture = async () => {
    const { heapUsedBytes, heapCommittedBytes } = await read('fork', tmpdir());
    const outcome = await writer.capture({ spawnReader: fileReader('/dev/null') });
    if (outcome.outcome !== 'written') throw outcome.error;
    return { heapUsedBytes, heapCommittedBytes, outcome };
  };
  tools.collect();
  const learned = learnCosts(priorCosts, await capture());
  t.equal(learned.captures, 1);
  tools.collect();
  const { fileBytes, peakBytes } = predict(await read('fork', tmpdir()), learned);
  const next = await capture();
  const { writtenBytes = 0, attempts } = next.outcome;
  t.ok(
    writtenBytes > fileBytes.low && writtenBytes < fileBytes.high,
    `${writtenBytes} of ${JSON.stringify(fileBytes)}`,
  );
  const added = attempts[0]?.addedBytes ?? 0;
  t.ok(added > 1e6 && added < peakBytes.high, `${added} bytes were added`);
});

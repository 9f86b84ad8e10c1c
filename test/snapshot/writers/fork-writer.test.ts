import { join } from 'node:path';
import t from 'tap';
import { createForkWriter } from '../../../src/snapshot/writers/fork-writer.js';
import { ended, fileReader, forkTools, parseSnapshot, temporaryFolder } from './capture-tools.js';

const tools = await forkTools();
const options = typeof tools === 'string' ? { skip: tools } : {};

class PlantedForTheFork {
  readonly name = 'planted for the fork';
}

t.test('a forked child writes a whole snapshot of what was in the heap', options, async (t) => {
  if (typeof tools === 'string') return;
  const held = Array.from({ length: 1000 }, () => new PlantedForTheFork());
  const file = join(temporaryFolder(t), 'out.heapsnapshot');
  const outcome = await createForkWriter(tools).capture({ spawnReader: fileReader(file) });
  t.equal(outcome.outcome, 'written', outcome.outcome === 'failed' ? outcome.error.message : '');
  if (outcome.outcome !== 'written') return;
  t.equal(await ended(outcome.reader), 0);
  const { snapshot, nodes, strings } = parseSnapshot(file);
  const width = snapshot.meta.node_fields.length;
  const name = strings.indexOf('PlantedForTheFork');
  let count = 0;
  for (let at = 0; at < nodes.length; at += width) if (nodes[at] === 3 && nodes[at + 1] === name) count += 1;
  t.equal(count, held.length);
  t.equal(outcome.attempts.length, 1);
  t.ok(outcome.pauseMs > 0 && outcome.pauseMs < outcome.totalMs);
});

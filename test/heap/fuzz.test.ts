import t from 'tap';
import { fuzz, mutate, readOne } from './helpers/fuzz.js';
import { fuzzBases } from './helpers/fuzz-bases.js';
import { temporaryFolder } from './helpers/real.js';

t.test('changed snapshots are read or refused with a code, and nothing else happens', async (t) => {
  const bases = await fuzzBases(await temporaryFolder(t));
  for (const base of bases) t.equal(await readOne(base, 1000), 'accepted', 'unchanged');
  t.not(Buffer.compare(mutate(bases[0]!, 1), Buffer.from(bases[0]!)), 0, 'a mutation changes something');
  const outcome = await fuzz(bases, 2000, 1);
  if ('error' in outcome) throw new Error(`seed ${outcome.seed}`, { cause: outcome.error });
  t.equal(outcome.inputs, 2000);
  t.ok(outcome.accepted > 20, 'some changes go as far as the passes');
  t.ok((outcome.refused['TIDEMARK_ERR_HEAP_INVALID'] ?? 0) > 500);
  t.ok((outcome.refused['TIDEMARK_ERR_HEAP_TRUNCATED'] ?? 0) > 0);
});

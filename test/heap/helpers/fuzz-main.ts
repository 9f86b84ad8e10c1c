import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';
import { fuzzBases } from './fuzz-bases.js';

// npm run fuzz:heap -- --inputs 100000 --seed 1: the reader and all passes on changed snapshots.
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const folder = await mkdtemp(path.join(os.tmpdir(), 'tidemark-fuzz-'));
try {
  const bases = await fuzzBases(folder);
  const outcome = await fuzz(bases, Number(values.inputs), Number(values.seed), (done) => {
    if (done % 10_000 === 0) console.log(`${done.toLocaleString('en')} inputs`);
  });
  if ('error' in outcome) {
    const file = path.join(os.tmpdir(), `tidemark-fuzz-${outcome.seed}.heapsnapshot`);
    await writeFile(file, outcome.input);
    console.error(`seed ${outcome.seed}, kept as ${file}:`, outcome.error);
    process.exitCode = 1;
  } else {
    console.log(JSON.stringify(outcome, undefined, 2));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

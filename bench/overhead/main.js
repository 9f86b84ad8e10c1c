import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { integerOption, parseCommandLine, refuse } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { machineLine } from '../lib/machine.js';
import { cases } from './cases/all.js';
import { overheadReport } from './report.js';
import { runRound } from './round.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const USAGE = `CPU time a request of Tidemark and its peers, beside bare Fastify.

npm run bench:overhead -- [options]
  --rounds N       rounds; every case runs in a fresh process in each (default 9)
  --requests N     timed requests for each case and route in a round (default 10000)
  --only NAME      this case and bare Fastify only; may be repeated
  --build DIR      the compiled plugin (default dist)
  --against DIR    measure the Tidemark cases of another compiled plugin too
  --json FILE      write all figures there
  --write          put the tables into docs/benchmarks.md
  --help           print this

Cases: ${cases.map(({ name }) => name).join(', ')}`;

const values = parseCommandLine(
  {
    rounds: { type: 'string' },
    requests: { type: 'string' },
    only: { type: 'string', multiple: true },
    build: { type: 'string' },
    against: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const rounds = integerOption(values['rounds'], { name: 'rounds', least: 1, fallback: 9, usage: USAGE });
const requests = integerOption(values['requests'], {
  name: 'requests',
  least: 100,
  fallback: 10_000,
  usage: USAGE,
});
const only = /** @type {string[] | undefined} */ (values['only']);
const unknown = only?.find((name) => !cases.some((known) => known.name === name));
if (unknown !== undefined) refuse(`There is no case "${unknown}"`, USAGE);

const build = typeof values['build'] === 'string' ? path.resolve(values['build']) : DIST;

/** @returns {import('./round.js').Contender[]} */
function contenders() {
  const chosen = cases.filter(({ name }, i) => i === 0 || only === undefined || only.includes(name));
  const other = values['against'];
  return chosen.flatMap((chosenCase) => [
    { name: chosenCase.name, case: chosenCase, build },
    ...(typeof other === 'string' && chosenCase.name.startsWith('tidemark')
      ? [{ name: `${chosenCase.name}@${path.basename(other)}`, case: chosenCase, build: path.resolve(other) }]
      : []),
  ]);
}

const field = contenders();
const stateDirectory = await mkdtemp(path.join(os.tmpdir(), 'tidemark-bench-'));
try {
  console.log(`${field.length} cases, ${rounds} rounds of ${requests} requests, on ${machineLine()}`);
  const figures = [];
  for (let round = 1; round <= rounds; round += 1) {
    const startedMs = performance.now();
    figures.push(await runRound(round, field, { requests, stateDirectory }));
    console.log(`round ${round} of ${rounds}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  }
  const { results, text } = overheadReport(field, figures, requests);
  console.log(`\n${text}`);
  if (typeof values['json'] === 'string') {
    const names = field.map(({ name }) => name);
    const report = { machine: machineLine(), requests, names, rounds: figures, results };
    await writeFile(values['json'], `${JSON.stringify(report, null, 2)}\n`);
  }
  if (values['write'] === true) await writeSection('overhead', text);
} finally {
  await rm(stateDirectory, { recursive: true, force: true });
}

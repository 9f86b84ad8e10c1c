import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { integerOption, parseCommandLine } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { loadAverage, machineLine } from '../lib/machine.js';
import { cleanEnvironment } from '../lib/server-process.js';
import { median, medianInterval } from '../lib/statistics.js';
import { table } from '../lib/table.js';
import { cases } from './cases.js';

/** @typedef {import('./case-process.js').Figures} Figures */

const ROOT = new URL('../../', import.meta.url);
const CASE_PROCESS = fileURLToPath(new URL('case-process.js', import.meta.url));
const TARGETS = { readyMs: 120, rssMib: 14 };
const USAGE = `The start of a server: from before the import of a plugin until the server is ready, and the memory it then takes.

npm run bench:start -- [options]
  --rounds N     rounds; every case starts in a fresh process in each (default 15)
  --entry FILE   the compiled entry of Tidemark (default: what the package exports)
  --json FILE    write all figures there
  --write        put the table into docs/benchmarks.md
  --help         print this

Cases: ${cases.map(({ name }) => name).join(', ')}`;

const values = parseCommandLine(
  {
    rounds: { type: 'string' },
    entry: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const rounds = integerOption(values['rounds'], { name: 'rounds', least: 1, fallback: 15, usage: USAGE });

async function packageEntry() {
  const { exports } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
  return new URL(exports['.'].default, ROOT).href;
}

/** @param {string} name @param {import('./cases.js').Settings} settings @returns {Promise<Figures>} */
async function start(name, settings) {
  const child = fork(CASE_PROCESS, [JSON.stringify({ name, ...settings })], {
    execArgv: ['--expose-gc'],
    env: cleanEnvironment(),
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The process of "${name}" ended with code ${code} before it was ready`);
  });
  const [figures] = await Promise.race([once(child, 'message'), ended]);
  await ended.catch(() => {});
  return figures;
}

const { entry } = values;
const tidemarkEntry = typeof entry === 'string' ? pathToFileURL(entry).href : await packageEntry();
/** @type {Record<string, Figures>[]} One row per round, one column per case. */
const figures = [];
const folder = await mkdtemp(path.join(os.tmpdir(), 'tidemark-bench-'));
try {
  for (let round = 0; round < rounds; round += 1) {
    /** @type {Record<string, Figures>} */
    const row = {};
    // The order changes from round to round.
    for (let i = 0; i < cases.length; i += 1) {
      const name = cases[(i + round) % cases.length]?.name ?? '';
      const stateDirectory = path.join(folder, `${name}-${round}`);
      row[name] = await start(name, { entry: tidemarkEntry, stateDirectory });
    }
    figures.push(row);
    console.log(`round ${round + 1} of ${rounds}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param {string} name @param {keyof Figures} figure */
const ofCase = (name, figure) => figures.map((row) => row[name]?.[figure] ?? NaN);
const mib = (/** @type {number[]} */ bytes) => bytes.map((value) => value / 2 ** 20);
/** Within each round, so that a slow round does not distort the result. @param {string} name @param {keyof Figures} figure */
const added = (name, figure) => {
  const bare = ofCase('bare', figure);
  return ofCase(name, figure).map((value, round) => value - (bare[round] ?? NaN));
};
/** @param {number[]} sample */
const interval = (sample) => {
  const { low, high } = medianInterval(sample);
  return `${low.toFixed(1)} … ${high.toFixed(1)}`;
};

const rows = cases.map(({ name, title }) => {
  const ready = ofCase(name, 'readyMs');
  const rss = mib(added(name, 'rssBytes'));
  const heap = mib(added(name, 'heapBytes'));
  return [
    title,
    median(ready).toFixed(1),
    interval(ready),
    median(ofCase(name, 'cpuMs')).toFixed(1),
    median(mib(ofCase(name, 'rssBytes'))).toFixed(1),
    ...(name === 'bare' ? ['', '', ''] : [median(rss).toFixed(1), interval(rss), median(heap).toFixed(1)]),
  ];
});
const readyMs = median(ofCase('tidemark', 'readyMs'));
const rssMib = median(mib(added('tidemark', 'rssBytes')));
const coverage = medianInterval(ofCase('tidemark', 'readyMs')).coverage;
const judged = (/** @type {number} */ value, /** @type {number} */ target) =>
  value <= target ? 'met' : 'missed';
const text = [
  `${rounds} rounds, a fresh process a case and round; ${machineLine()}; load average at the end ${loadAverage().toFixed(1)}.`,
  '',
  table(
    [
      '',
      'ready after, ms',
      'interval',
      'CPU, ms',
      'RSS, MiB',
      'added, MiB',
      'interval',
      'of it heap and external',
    ],
    rows,
  ),
  '',
  `Ready: from before the plugin's import, with Fastify imported, until \`app.ready()\` is done; CPU time is that of all threads of the process meanwhile. Memory a second later; heap and external after full collections. Medians; what is added is taken within each round; the intervals cover the median with ${(coverage * 100).toFixed(0)} %.`,
  '',
  `Tidemark is ready after ${readyMs.toFixed(0)} ms (target: ${TARGETS.readyMs} or less, ${judged(readyMs, TARGETS.readyMs)}) and adds ${rssMib.toFixed(1)} MiB of RSS (target: ${TARGETS.rssMib} or less, ${judged(rssMib, TARGETS.rssMib)}).`,
].join('\n');
console.log(`\n${text}`);
if (typeof values['json'] === 'string') {
  await writeFile(values['json'], `${JSON.stringify({ machine: machineLine(), figures }, undefined, 2)}\n`);
}
if (values['write'] === true) await writeSection('start', text);

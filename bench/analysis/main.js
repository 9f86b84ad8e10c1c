import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { integerOption, parseCommandLine } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { loadAverage, machineLine } from '../lib/machine.js';
import { table } from '../lib/table.js';
import { generateSnapshot } from './generate.js';

const CHILD = fileURLToPath(new URL('case-process.js', import.meta.url));
const ENGINES = ['tidemark', 'v8-heap-parser', 'memlab'];
const CLASSES = ['Session'];
const SMALL_NODES = 100_000;
const TARGET = { seconds: 6, peakBytes: 0.9e9, timesAsFast: 3 };
const USAGE = `Reading and analysing the heap snapshot of a generated heap: time and peak memory of Tidemark's engine and its peers, each in a
process of its own. The answers are compared on a small snapshot before anything is timed.

npm run bench:analysis -- [options]
  --nodes N      size of the snapshot (default 5000000)
  --rounds N     runs of each engine, interleaved; the median counts (default 3)
  --only NAME    tidemark, v8-heap-parser or memlab alone
  --json FILE    write all figures there
  --write        put the table into docs/benchmarks.md
  --help         print this`;

const values = parseCommandLine(
  {
    nodes: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const nodes = integerOption(values['nodes'], {
  name: 'nodes',
  least: 10_000,
  fallback: 5_000_000,
  usage: USAGE,
});
const rounds = integerOption(values['rounds'], { name: 'rounds', least: 1, fallback: 3, usage: USAGE });
const engines = ENGINES.filter((engine) => values['only'] === undefined || values['only'] === engine);

/** @typedef {{ answer: import('./cases/case.js').Answer, seconds: number, cpuSeconds: number, peakRssBytes: number }} Run */

/** @param {string} engine @param {string} file @returns {Promise<Run>} */
function run(engine, file) {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [engine, file, ...CLASSES], {
      execArgv: ['--max-old-space-size=8192'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    /** @type {Run | undefined} */
    let result;
    child.on('message', (message) => {
      result = /** @type {Run} */ (message);
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result === undefined) reject(new Error(`${engine} ended with ${code} and without an answer`));
      else resolve(result);
    });
  });
}

/** @param {readonly number[]} figures */
const median = (figures) => [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? NaN;
const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(0);

const folder = await mkdtemp(path.join(os.tmpdir(), 'tidemark-bench-'));
/** @type {Record<string, Run[]>} */
const runs = Object.fromEntries(engines.map((engine) => [engine, []]));
let facts;
try {
  const small = path.join(folder, 'small.heapsnapshot');
  generateSnapshot(small, SMALL_NODES);
  const answers = [];
  for (const engine of engines)
    answers.push({ engine, text: JSON.stringify((await run(engine, small)).answer) });
  for (const { engine, text } of answers) {
    if (text !== answers[0]?.text)
      throw new Error(`${engine} answers ${text}, ${answers[0]?.engine} ${answers[0]?.text}`);
  }
  console.log(`The engines agree on the small snapshot: ${answers[0]?.text}`);
  const file = path.join(folder, 'large.heapsnapshot');
  facts = generateSnapshot(file, nodes);
  for (let round = 0; round < rounds; round++) {
    for (const engine of engines) {
      const result = await run(engine, file);
      runs[engine]?.push(result);
      console.log(`${engine}: ${result.seconds.toFixed(1)} s, ${mb(result.peakRssBytes)} MB`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const figures = engines.map((engine) => ({
  engine,
  seconds: median((runs[engine] ?? []).map((one) => one.seconds)),
  cpuSeconds: median((runs[engine] ?? []).map((one) => one.cpuSeconds)),
  peakBytes: Math.max(...(runs[engine] ?? []).map((one) => one.peakRssBytes)),
}));
const own = figures.find(({ engine }) => engine === 'tidemark');
const peers = figures.filter(({ engine }) => engine !== 'tidemark');
const fastest = Math.min(...peers.map(({ seconds }) => seconds));
const rows = figures.map(({ engine, seconds, cpuSeconds, peakBytes }) => [
  engine,
  seconds.toFixed(1),
  cpuSeconds.toFixed(1),
  mb(peakBytes),
  own === undefined ? '-' : (seconds / own.seconds).toFixed(1),
]);
const isMet =
  own !== undefined &&
  own.seconds <= TARGET.seconds &&
  own.peakBytes <= TARGET.peakBytes &&
  (peers.length === 0 || fastest >= TARGET.timesAsFast * own.seconds);
const text = [
  `${facts.nodes.toLocaleString('en')} objects, ${facts.edges.toLocaleString('en')} references, ${mb(facts.bytes)} MB; ${rounds} rounds; ${machineLine()}; load average at the end ${loadAverage().toFixed(1)}.`,
  '',
  table(['engine', 'seconds', 'of processor', 'peak RSS, MB', 'ratio'], rows),
  '',
  `Target: ${TARGET.seconds} s and ${mb(TARGET.peakBytes)} MB or less for 5 million objects, and ${TARGET.timesAsFast} times as fast as the fastest peer: ${isMet ? 'met' : 'missed'}. Tidemark's figure is for all that an analysis says: suspects, paths, collections and duplicate strings too.`,
].join('\n');
console.log(`\n${text}`);
if (typeof values['json'] === 'string')
  await writeFile(values['json'], JSON.stringify({ facts, runs }, undefined, 2));
if (values['write'] === true) await writeSection('analysis', text);

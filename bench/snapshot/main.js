import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { integerOption, parseCommandLine, refuse } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { machineLine } from '../lib/machine.js';
import { median } from '../lib/statistics.js';
import { table } from '../lib/table.js';
import { runCase } from './case.js';

const BENCH = fileURLToPath(new URL('..', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const METHODS = ['v8.writeHeapSnapshot', 'heapdump', 'tidemark, v8', 'tidemark, fork'];
const TARGET_MEDIAN = 1 / 200;
const TARGET_WORST = 1 / 20;
const TARGET_P99 = 2;
const USAGE = `How long a server stands still for a heap snapshot, and what its requests notice of it.

npm run bench:snapshot -- [options]
  --heaps LIST     megabytes of heap, with commas (default 20,220)
  --rounds N       rounds; every case runs in a fresh process in each (default 3)
  --only NAME      this method only; may be repeated
  --rate N         requests a second (default 100)
  --build DIR      the compiled plugin (default dist)
  --json FILE      write all figures there
  --write          put the table into docs/benchmarks.md
  --help           print this

Methods: ${METHODS.join('; ')}`;

const values = parseCommandLine(
  {
    heaps: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string', multiple: true },
    rate: { type: 'string' },
    build: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const rounds = integerOption(values['rounds'], { name: 'rounds', least: 1, fallback: 3, usage: USAGE });
const requestsPerSecond = integerOption(values['rate'], {
  name: 'rate',
  least: 1,
  fallback: 100,
  usage: USAGE,
});
const heaps = String(values['heaps'] ?? '20,220')
  .split(',')
  .map((text) => integerOption(text, { name: 'heaps', least: 10, fallback: 20, usage: USAGE }));
const only = /** @type {string[] | undefined} */ (values['only']);
const unknown = only?.find((name) => !METHODS.includes(name));
if (unknown !== undefined) refuse(`There is no method "${unknown}"`, USAGE);
const build = typeof values['build'] === 'string' ? path.resolve(values['build']) : DIST;

/** Why heapdump cannot be compared; it is built at the first use. */
function withoutHeapdump() {
  const loads = () =>
    spawnSync(process.execPath, ['-e', "require('heapdump')"], {
      cwd: BENCH,
      env: { ...process.env, NODE_HEAPDUMP_OPTIONS: 'nosignal' },
    }).status === 0;
  try {
    createRequire(import.meta.url).resolve('heapdump');
  } catch {
    return 'it is not installed in bench/';
  }
  if (loads()) return undefined;
  spawnSync('npm', ['rebuild', 'heapdump', '--prefix', BENCH], { stdio: 'ignore', timeout: 300_000 });
  return loads() ? undefined : `it does not build on Node ${process.version}`;
}

const chosen = METHODS.filter((name) => only === undefined || only.includes(name));
const reason = chosen.includes('heapdump') ? withoutHeapdump() : undefined;
const methods = chosen.filter((name) => name !== 'heapdump' || reason === undefined);
const skipped = reason === undefined ? [] : [`heapdump was left out: ${reason}.`];

/** @type {Map<string, import('./case.js').CaseResult[]>} */
const figures = new Map();
const folder = await mkdtemp(path.join(os.tmpdir(), 'tidemark-bench-'));
try {
  console.log(
    `${methods.length} methods, heaps of ${heaps.join(' and ')} MB, ${rounds} rounds, on ${machineLine()}`,
  );
  for (let round = 1; round <= rounds; round += 1) {
    for (const heapMb of heaps) {
      for (const method of methods) {
        const file = path.join(folder, 'case.heapsnapshot');
        const result = await runCase({ method, heapMb, file, build, requestsPerSecond, beforeMs: 8000 });
        const key = `${heapMb} MB, ${method}`;
        figures.set(key, [...(figures.get(key) ?? []), result]);
        const { longestBlockMs, totalMs, attempts, said } = result;
        console.log(
          `round ${round}, ${key}: ${longestBlockMs.toFixed(0)} ms of ${totalMs.toFixed(0)} ${attempts.join(', ')}${said === undefined ? '' : `, ${said} ms by its own account`}`,
        );
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const middle = (
  /** @type {readonly import('./case.js').CaseResult[]} */ results,
  /** @type {(result: import('./case.js').CaseResult) => number} */ of,
) => median(results.map(of));
const ms = (/** @type {number} */ value) => value.toFixed(value < 10 ? 1 : 0);

const rows = [...figures].map(([key, results]) => {
  const added = results.flatMap(({ addedMb }) => addedMb ?? []);
  return [
    key,
    ms(middle(results, (one) => one.longestBlockMs)),
    ms(Math.max(...results.map((one) => one.longestBlockMs))),
    `${ms(middle(results, (one) => one.before.p50))} / ${ms(middle(results, (one) => one.before.p99))}`,
    `${ms(middle(results, (one) => one.during.p50))} / ${ms(middle(results, (one) => one.during.p99))}`,
    (middle(results, (one) => one.totalMs) / 1000).toFixed(1),
    middle(results, (one) => one.fileMb).toFixed(0),
    added.length === 0 ? '' : median(added).toFixed(0),
  ];
});

const say = (/** @type {boolean} */ met) => (met ? 'met' : 'missed');

/** Whether the targets were met; only if both sides were measured. */
function judgement() {
  const largest = Math.max(...heaps);
  const [v8, ours] = ['v8.writeHeapSnapshot', 'tidemark, fork'].map((name) =>
    figures.get(`${largest} MB, ${name}`),
  );
  if (v8 === undefined || ours === undefined) return [];
  const anchor = middle(v8, (one) => one.longestBlockMs);
  const share = middle(ours, (one) => one.longestBlockMs) / anchor;
  const worst = Math.max(...ours.map((one) => one.longestBlockMs)) / anchor;
  const p99 = middle(ours, (one) => one.during.p99 / one.before.p99);
  return [
    `The pause of the fork is 1/${(1 / share).toFixed(0)} of \`v8.writeHeapSnapshot\` in the median (target 1/200: ${say(share <= TARGET_MEDIAN)}), 1/${(1 / worst).toFixed(0)} at worst (target 1/20: ${say(worst <= TARGET_WORST)}); p99 of the requests during the capture is ${p99.toFixed(1)} times that before (target ${TARGET_P99}: ${say(p99 <= TARGET_P99)}).`,
  ];
}

const text = [
  `${rounds} rounds, ${requestsPerSecond} requests a second, a fresh process a case and round; ${machineLine()}. Medians; milliseconds unless another unit is named.`,
  '',
  table(
    ['', 'pause', 'at worst', 'p50 / p99 before', 'p50 / p99 during', 'total s', 'file MB', "child's MB"],
    rows,
  ),
  '',
  ...judgement(),
  ...skipped,
].join('\n');
console.log(`\n${text}`);
if (typeof values['json'] === 'string') {
  const report = {
    machine: machineLine(),
    requestsPerSecond,
    rounds,
    figures: Object.fromEntries(figures),
    skipped,
  };
  await writeFile(values['json'], `${JSON.stringify(report, null, 2)}\n`);
}
if (values['write'] === true) await writeSection('snapshot', text);

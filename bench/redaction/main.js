import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { integerOption, parseCommandLine } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { machineLine } from '../lib/machine.js';
import { median } from '../lib/statistics.js';
import { table } from '../lib/table.js';

const HEAP = fileURLToPath(new URL('heap.js', import.meta.url));
const READER = fileURLToPath(new URL('reader.js', import.meta.url));
const SECRET = 'QWXZKVJYPGHT';
const CHECK_OBJECTS = 2000;
const TARGET_RATIO = 2;
const USAGE = `Redaction while a snapshot streams, beside a plain copy of the same stream: one process takes the snapshot of its heap and writes it to a pipe, another reads the pipe and
writes a file.

npm run bench:redaction -- [options]
  --objects N    objects of the application, each of five (default 100000)
  --rounds N     snapshots a case, interleaved (default 3)
  --json FILE    write all figures there
  --write        put the table into docs/benchmarks.md
  --help         print this`;

const values = parseCommandLine(
  {
    objects: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const objects = integerOption(values['objects'], {
  name: 'objects',
  least: 10,
  fallback: 100_000,
  usage: USAGE,
});
const rounds = integerOption(values['rounds'], { name: 'rounds', least: 1, fallback: 3, usage: USAGE });

/** @typedef {{ bytes: number, wholeMs: number, streamMs: number, cpuMs: number, rssMib: number }} Figures */

/**
 * @param {'copy' | 'redact'} mode
 * @param {number} count
 * @param {string} file
 * @returns {Promise<Figures>}
 */
async function run(mode, count, file) {
  const heap = spawn(process.execPath, [HEAP, String(count), SECRET], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const asked = once(heap, 'message');
  const reader = spawn(process.execPath, [READER, mode, file], { stdio: [heap.stdout, 'pipe', 'inherit'] });
  const exits = Promise.all([once(heap, 'exit'), once(reader, 'exit')]);
  // Only the reader may hold the end of the pipe.
  heap.stdout?.destroy();
  const said = await json(/** @type {import('node:stream').Readable} */ (reader.stdout));
  for (const [code] of await exits) if (code !== 0) throw new Error(`A process ended with ${code}`);
  const [{ askedMs }] = await asked;
  const { endedMs, ...figures } = /** @type {Figures & { endedMs: number }} */ (said);
  return { ...figures, wholeMs: endedMs - askedMs };
}

/** Checks the output: a benchmark of wrong output is meaningless. @param {string} file */
async function check(file) {
  await run('redact', CHECK_OBJECTS, file);
  const text = await readFile(file, 'utf8');
  const { snapshot, nodes, edges, strings } = JSON.parse(text);
  const width = snapshot.meta.node_fields.length;
  if (nodes.length !== snapshot.node_count * width || edges.length !== snapshot.edge_count * 3) {
    throw new Error('The redacted snapshot is not whole');
  }
  if (text.includes(SECRET)) throw new Error('The redacted snapshot holds a secret');
  if (!strings.includes('placedAt')) throw new Error('The redacted snapshot lacks a name');
}

/** @type {Record<'copy' | 'redact', Figures[]>} */
const results = { copy: [], redact: [] };
const folder = await mkdtemp(path.join(os.tmpdir(), 'tidemark-bench-'));
try {
  const file = path.join(folder, 'out.heapsnapshot');
  await check(file);
  for (let round = 0; round < rounds; round += 1) {
    for (const mode of /** @type {const} */ (['copy', 'redact'])) {
      results[mode].push(await run(mode, objects, file));
      console.log(`round ${round + 1} of ${rounds}: ${mode}`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param {'copy' | 'redact'} mode @param {keyof Figures} figure */
const middle = (mode, figure) => median(results[mode].map((figures) => figures[figure]));
const ratioOf = (/** @type {keyof Figures} */ figure) => middle('redact', figure) / middle('copy', figure);
const judged = (/** @type {number} */ ratio) =>
  `${ratio.toFixed(2)} (target: ${TARGET_RATIO} or less, ${ratio <= TARGET_RATIO ? 'met' : 'missed'})`;
const row = (/** @type {string} */ name, /** @type {'copy' | 'redact'} */ mode) => [
  name,
  (middle(mode, 'wholeMs') / 1000).toFixed(2),
  (middle(mode, 'streamMs') / 1000).toFixed(2),
  (middle(mode, 'cpuMs') / 1000).toFixed(2),
  middle(mode, 'rssMib').toFixed(0),
];
const text = [
  `${(middle('redact', 'bytes') / 2 ** 20).toFixed(0)} MiB of snapshot, ${rounds} rounds; ${machineLine()}. Medians.`,
  '',
  table(
    ['', 'asked to last byte, s', 'first to last byte, s', 'CPU of the reader, s', 'its memory, MiB'],
    [row('plain copy of the stream', 'copy'), row('redaction', 'redact')],
  ),
  '',
  `Ratio of the whole, with the time that V8 takes before its first byte: ${judged(ratioOf('wholeMs'))}. Of the bytes alone: ${judged(ratioOf('streamMs'))}.`,
].join('\n');
console.log(text);
if (typeof values['json'] === 'string')
  await writeFile(values['json'], `${JSON.stringify(results, undefined, 2)}\n`);
if (values['write'] === true) await writeSection('redaction', text);

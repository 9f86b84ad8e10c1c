import { writeFile } from 'node:fs/promises';
import { integerOption, parseCommandLine } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { machineLine } from '../lib/machine.js';
import { table } from '../lib/table.js';
import { floorEvidence } from '../../dist/src/verdict/attribution/floor-evidence.js';
import { judge } from '../../dist/src/verdict/judge.js';
import { isRising } from '../../dist/src/verdict/verdict.js';
import { traffic } from '../../dist/test/verdict/traffic.js';
import { floorBytes, readingBytes } from './state.js';

const FLOORS = 96;
const TARGET_STATE_MIB = 4;
const FILL_HORIZON_SECONDS = 600;
const TARGET_MS = 20;
const USAGE = `What a verdict costs the serving thread, and the memory it rests on: the rules over a full history of floors, and, where the memory rises, the
regression of the floors on the requests of each route.

npm run bench:judging -- [options]
  --routes N     routes with traffic (default 1000)
  --rounds N     histories judged in each case, each a new one (default 60)
  --json FILE    write all figures there
  --write        put the table into docs/benchmarks.md
  --help         print this`;

const values = parseCommandLine(
  {
    routes: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const routes = integerOption(values['routes'], { name: 'routes', least: 1, fallback: 1000, usage: USAGE });
const rounds = integerOption(values['rounds'], { name: 'rounds', least: 3, fallback: 60, usage: USAGE });

const around = { connections: 20, requestsPerSecond: 200, gcSeconds: 0, allocatedBytes: 0, nativeBytes: 5e7 };
const wave = (/** @type {number} */ i) => Math.round(40 + 30 * Math.sin(i / 6));

/** @type {Record<string, { shape: Partial<import('../../dist/test/verdict/traffic.js').TrafficShape>, held?: number }>} */
const cases = {
  'nothing rises': { shape: {} },
  'one route leaks': { shape: { leaks: { 3: 4096 } } },
  'it leaks beside a wave of the load': { shape: { leaks: { 3: 4096 } }, held: 100_000 },
};

const state = { floors: floorBytes(routes), readings: await readingBytes() };
const mib = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(2);

const summary = Object.entries(cases).map(([name, { shape, held = 0 }]) => {
  const ms = Array.from({ length: rounds }, (_, round) => {
    const points = traffic({ floors: FLOORS, routes, seed: round + 1, ...shape }).map((point, i) => ({
      ...point,
      heapBytes: point.heapBytes + held * wave(i),
      around: { ...around, inFlight: wave(i) },
    }));
    const nowMs = points.at(-1)?.atMs ?? 0;
    const startedMs = performance.now();
    const judgement = judge({ nowMs, points, fillHorizonSeconds: FILL_HORIZON_SECONDS });
    if (isRising(judgement)) floorEvidence(points, judgement);
    return performance.now() - startedMs;
  });
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return { name, firstMs: ms[0] ?? NaN, medianMs: at(0.5), p95Ms: at(0.95) };
});

const met = summary.every(({ p95Ms }) => p95Ms <= TARGET_MS);
const text = [
  `${FLOORS} floors, ${routes.toLocaleString('en')} routes, ${rounds} histories a case; ${machineLine()}. Milliseconds of the serving thread.`,
  '',
  table(
    ['', 'first call', 'median', '95th percentile'],
    summary.map(({ name, firstMs, medianMs, p95Ms }) => [
      name,
      ...[firstMs, medianMs, p95Ms].map((ms) => ms.toFixed(1)),
    ]),
  ),
  '',
  `Target: ${TARGET_MS} ms or less, ${met ? 'met' : 'missed'} at the 95th percentile. The first call of a process also compiles the code.`,
  '',
  `What is kept for it: ${mib(state.floors)} MiB of floors with their counts by route, and ${mib(state.readings)} MiB of 24 readings of a profile of 400 functions (target: ${TARGET_STATE_MIB} MiB or less in all): ${state.floors + state.readings <= TARGET_STATE_MIB * 2 ** 20 ? 'met' : 'missed'}.`,
].join('\n');
console.log(text);
if (typeof values['json'] === 'string')
  await writeFile(values['json'], `${JSON.stringify({ summary, state }, undefined, 2)}\n`);
if (values['write'] === true) await writeSection('judging', text);

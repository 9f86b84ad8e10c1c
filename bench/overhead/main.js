import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { integerOption, parseCommandLine, refuse } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { loadAverage, machineLine } from '../lib/machine.js';
import { cases } from './cases/all.js';
import { CONNECTIONS } from './contender-process.js';
import { scenarios } from './scenarios/all.js';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
/** The fewest that have an interval; it covers 87 %. */
const QUICK_ROUNDS = 4;
const USAGE = `What Tidemark and its peers add to a request, beside bare Fastify: under load, after a quiet start, in retention windows.

npm run bench:overhead -- [options]
  --rounds N       rounds; every case runs in a fresh process in each (default 7)
  --only NAME      this scenario, or this case beside its baseline; may be repeated
  --quick          ${QUICK_ROUNDS} rounds, and less of everything
  --build DIR      the compiled plugin (default dist)
  --against DIR    measure the Tidemark cases of another compiled plugin too
  --json FILE      write all figures there
  --write          put the tables into docs/benchmarks.md
  --help           print this

Scenarios: ${scenarios.map(({ name }) => name).join(', ')}
Cases: ${cases.map(({ name }) => name).join(', ')}`;

const values = parseCommandLine(
  {
    rounds: { type: 'string' },
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean' },
    build: { type: 'string' },
    against: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const quick = values['quick'] === true;
const rounds = integerOption(values['rounds'], {
  name: 'rounds',
  least: 1,
  fallback: quick ? QUICK_ROUNDS : 7,
  usage: USAGE,
});
const only = /** @type {string[]} */ (values['only'] ?? []);
const known = new Set([...scenarios, ...cases].map(({ name }) => name));
const unknown = only.find((name) => !known.has(name));
if (unknown !== undefined) refuse(`There is no scenario or case "${unknown}"`, USAGE);

const build = typeof values['build'] === 'string' ? path.resolve(values['build']) : DIST;
const chosenCases = only.filter((name) => cases.some((one) => one.name === name));
const chosenScenarios = scenarios.filter(
  ({ name }) => only.length === chosenCases.length || only.includes(name),
);

/**
 * @param {import('./scenarios/scenario.js').Scenario} scenario
 * @returns {import('./scenarios/scenario.js').Contender[]}
 */
function fieldOf(scenario) {
  const [baseline] = scenario.cases;
  // Cases that a scenario has not among its own join where they are asked for by name.
  const names = chosenCases.length === 0 ? scenario.cases : [baseline, ...chosenCases];
  const other = values['against'];
  return cases
    .filter(({ name }) => names.includes(name))
    .flatMap((one) => [
      { name: one.name, title: one.title, case: one, build },
      ...(typeof other === 'string' && one.name.startsWith('tidemark')
        ? [
            {
              name: `${one.name}@${path.basename(other)}`,
              title: `${one.title} (${path.basename(other)})`,
              case: one,
              build: path.resolve(other),
            },
          ]
        : []),
    ]);
}

const stateDirectory = await mkdtemp(path.join(os.tmpdir(), 'tidemark-bench-'));
try {
  console.log(machineLine());
  const startedMs = performance.now();
  const outcomes = [];
  for (const scenario of chosenScenarios) {
    const field = fieldOf(scenario);
    const beganMs = performance.now();
    /** @param {string} text */
    const progress = (text) =>
      console.log(`${scenario.name}: ${text}, ${((performance.now() - beganMs) / 1000).toFixed(0)} s`);
    const outcome = await scenario.run(field, {
      rounds,
      quick,
      stateDirectory: path.join(stateDirectory, scenario.name),
      progress,
    });
    outcomes.push({ ...scenario, ...outcome, field: field.map(({ name }) => name) });
  }
  const minutes = (performance.now() - startedMs) / 60_000;
  const text = [
    `${machineLine()}. ${rounds} rounds, a fresh process a case and round, ${CONNECTIONS} connections; the run took ` +
      `${minutes.toFixed(0)} minutes, load average at its end ${loadAverage().toFixed(1)}.`,
    ...outcomes.map(({ title, text }) => `### ${title}\n\n${text}`),
    'CPU time a request of the server process, all its threads. What is added is the Hodges–Lehmann estimate of the differences ' +
      'from bare Fastify in the same round, with an interval that covers 95 % if there are six rounds or more. A measurement begins ' +
      'once the CPU time of successive slices differs by 3 % or less.',
  ].join('\n\n');
  console.log(`\n${text}`);
  if (typeof values['json'] === 'string') {
    const report = { machine: machineLine(), rounds, quick, outcomes };
    await writeFile(values['json'], `${JSON.stringify(report, null, 2)}\n`);
  }
  if (values['write'] === true) await writeSection('overhead', text);
} finally {
  await rm(stateDirectory, { recursive: true, force: true });
}

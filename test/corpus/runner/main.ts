import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { allScenarios, type Entry } from '../catalogue.js';
import { parseSettings, USAGE, type Settings } from './arguments.js';
import { createProgress } from './progress.js';
import type { RunRecord } from './record.js';
import { reportText } from './report.js';
import { runScenario } from './run.js';
import { loadRuns, saveRuns } from './store.js';
import { summarize } from './summary.js';
import { measureTruth } from './truth.js';

interface Job {
  readonly entry: Entry;
  readonly seed: number;
}

function settingsOrEnd(): Settings {
  try {
    const settings = parseSettings(process.argv.slice(2), os.availableParallelism());
    if (settings !== undefined) return settings;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function runAll(jobs: readonly Job[], settings: Settings, signal: AbortSignal): Promise<RunRecord[]> {
  const runs: RunRecord[] = [];
  const progress = createProgress(jobs.length, settings.seconds, settings.atOnce);
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined && !signal.aborted; job = waiting.shift()) {
      const { entry, seed } = job;
      try {
        const truth = await measureTruth(entry, seed);
        const { seconds, fillHorizonSeconds } = settings;
        const run = await runScenario(entry, { seconds, fillHorizonSeconds, seed, truth, signal });
        runs.push(run);
        progress.ended(run);
      } catch (error) {
        if (signal.aborted) return;
        progress.failed(entry, error);
        process.exitCode = 1;
      }
    }
  };
  await Promise.all(Array.from({ length: settings.atOnce }, work));
  return runs.toSorted((a, b) => (a.family + a.name < b.family + b.name ? -1 : 1));
}

const settings = settingsOrEnd();
const scenarios = (await allScenarios()).filter(
  ({ family, name }) =>
    settings.only.length === 0 || settings.only.some((part) => `${family}/${name}`.includes(part)),
);
if (scenarios.length === 0) {
  console.error(`No scenario is named like ${settings.only.join(', ')}; --list prints them all`);
  process.exit(2);
}
if (settings.list) {
  for (const { family, name, label, about } of scenarios) console.log(`${family}/${name}: ${label.verdict}. ${about}`);
  process.exit(0);
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

const jobs = Array.from({ length: settings.repeat }, (_, i) =>
  scenarios.map((entry): Job => ({ entry, seed: settings.seed + i })),
).flat();
const runs =
  settings.replay === undefined
    ? await runAll(jobs, settings, interrupted.signal)
    : await loadRuns(settings.replay);
if (settings.series !== undefined) await saveRuns(settings.series, runs);
const summary = summarize(runs);
console.log(`\n${reportText(summary)}`);
if (settings.json !== undefined) await writeFile(settings.json, `${JSON.stringify(summary.scores, undefined, 2)}\n`);

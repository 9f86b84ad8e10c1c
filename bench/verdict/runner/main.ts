import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { allScenarios, type Entry } from '../catalogue.js';
import { parseSettings, USAGE, type Settings } from './arguments.js';
import { createProgress } from './progress.js';
import type { RunRecord } from './record.js';
import { machineLine, writeSection } from './document.js';
import { holdOut } from './fit.js';
import { replay, replayWindows } from './replay.js';
import { againText, heldOutText, reportText, windowsText } from './report.js';
import { runScenario } from './run.js';
import { loadRuns, saveRuns } from './store.js';
import { isMissed, summarize } from './summary.js';
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
        // Saved after each run: an hour of runs must survive an interruption.
        if (settings.series !== undefined) await saveRuns(settings.series, runs);
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
const isWanted = ({ family, name }: { family: string; name: string }): boolean =>
  settings.only.length === 0 || settings.only.some((part) => `${family}/${name}`.includes(part));
const scenarios = (await allScenarios()).filter(isWanted);
if (scenarios.length === 0) {
  console.error(`No scenario is named like ${settings.only.join(', ')}; --list prints them all`);
  process.exit(2);
}
if (settings.list) {
  for (const { family, name, label, about } of scenarios)
    console.log(`${family}/${name}: ${label.verdict}. ${about}`);
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
    : (await loadRuns(settings.replay)).filter(isWanted).map((run) => replay(run));
const summary = summarize(runs);
const horizon = runs[0]?.fillHorizonSeconds ?? settings.fillHorizonSeconds;
const head =
  settings.replay === undefined
    ? `Measured on ${machineLine()}; ${runs.length} runs of ${settings.seconds} s, ${settings.atOnce} at once, fill horizon ${horizon} s.`
    : `Judged again from recorded runs on ${machineLine()}; ${runs.length} runs, fill horizon ${horizon} s.`;
const text = `${head}\n\n${reportText(summary)}`;
console.log(`\n${text}`);
if (settings.json !== undefined)
  await writeFile(settings.json, `${JSON.stringify(summary.scores, undefined, 2)}\n`);
if (settings.write && settings.replay === undefined) await writeSection('runs', text);
if (settings.replay !== undefined) await replayFurther(settings);
if (!interrupted.signal.aborted && isMissed(summary)) process.exitCode = 1;

async function replayFurther({ windows, holdOut: wanted, write }: Settings): Promise<void> {
  const parts: string[] = [againText(summary)];
  if (windows > 0) parts.push(windowsText(replayWindows(runs, windows)));
  if (wanted) {
    const showing = process.stdout.isTTY;
    const families = holdOut(runs, (done, of) => {
      if (showing) process.stdout.write(`\rfitting ${done + 1} of ${of}`);
    });
    parts.push(heldOutText(families));
  }
  const further = parts.join('\n\n');
  console.log(`\n${further}`);
  if (write) await writeSection('held-out', further);
}

import { readFile, writeFile } from 'node:fs/promises';
import { packageFolder } from '../base/package-folders.js';
import { TidemarkError } from '../base/errors.js';
import { compareHeaps } from '../heap/comparison/compare.js';
import { takeFootprint, type Footprint } from '../heap/comparison/footprint.js';
import { summarize } from '../heap/summary/summarize.js';
import { analysisHtml, lightHtml } from './analysis-html.js';
import { analysisText, lightText } from '../answers/analysis/text.js';
import { parseCommand, USAGE, type Command } from './arguments.js';
import { comparisonHtml } from './comparison-html.js';
import { comparisonText } from '../answers/comparison/text.js';
import { loadAnalysis, loadLight } from './load.js';
import { Progress, type ProgressStream } from './progress.js';
import { fileError } from './snapshot-file.js';

export interface CommandStreams {
  stdout(text: string): unknown;
  readonly stderr: ProgressStream;
}

type Analyze = Extract<Command, { kind: 'analyze' }>;
type Compare = Extract<Command, { kind: 'compare' }>;

/** Runs the `tidemark` command; returns its exit code and never throws. */
export async function runCommandLine(argv: readonly string[], streams: CommandStreams): Promise<number> {
  const progress = new Progress(streams.stderr);
  try {
    await run(parseCommand(argv), streams, progress);
    return 0;
  } catch (error) {
    progress.clear();
    const isKnown = error instanceof TidemarkError;
    streams.stderr.write(isKnown ? `${error.code}: ${error.message}\n` : `${String(error)}\n`);
    return isKnown && error.code === 'TIDEMARK_ERR_CLI_USAGE' ? 2 : 1;
  }
}

async function run(command: Command, streams: CommandStreams, progress: Progress): Promise<void> {
  switch (command.kind) {
    case 'help':
      streams.stdout(USAGE);
      return;
    case 'version':
      streams.stdout(`${await version()}\n`);
      return;
    case 'analyze':
      return command.light ? analyzeLightly(command, streams, progress) : analyze(command, streams, progress);
    case 'compare':
      return compare(command, streams, progress);
  }
}

async function analyze(command: Analyze, streams: CommandStreams, progress: Progress): Promise<void> {
  const { file, top, showStrings } = command;
  const summary = summarize(await loadAnalysis(file, progress), { top, showStrings });
  progress.clear();
  await put(command, streams, {
    json: () => ({ file, ...summary }),
    text: () => analysisText(file, summary),
    html: () => analysisHtml(file, summary),
  });
}

async function analyzeLightly(command: Analyze, streams: CommandStreams, progress: Progress): Promise<void> {
  const { file, top } = command;
  const summary = await loadLight(file, progress);
  progress.clear();
  await put(command, streams, {
    json: () => ({
      file,
      ...summary,
      classes: summary.classes.slice(0, top),
      classesInAll: summary.classes.length,
    }),
    text: () => lightText(file, summary, top),
    html: () => lightHtml(file, summary, top),
  });
}

async function compare(command: Compare, streams: CommandStreams, progress: Progress): Promise<void> {
  const { files, top } = command;
  const earlier: Footprint[] = [];
  // One graph at a time: of the earlier ones only their footprints stay.
  for (const file of files.slice(0, -1)) earlier.push(takeFootprint(await loadAnalysis(file, progress)));
  const comparison = compareHeaps(earlier, await loadAnalysis(files.at(-1)!, progress), { top });
  progress.clear();
  await put(command, streams, {
    json: () => ({ files, ...comparison }),
    text: () => comparisonText(files, comparison),
    html: () => comparisonHtml(files, comparison),
  });
}

interface Forms {
  json(): object;
  text(): string;
  html(): string;
}

async function put({ output }: Analyze | Compare, { stdout }: CommandStreams, forms: Forms): Promise<void> {
  if (output.kind === 'json') stdout(`${JSON.stringify(forms.json(), undefined, 2)}\n`);
  else if (output.kind === 'text') stdout(forms.text());
  else if (output.kind === 'html') {
    try {
      // What a heap holds is not for every user of the machine.
      await writeFile(output.file, forms.html(), { mode: 0o600 });
    } catch (error) {
      throw fileError(output.file, error);
    }
  }
}

async function version(): Promise<string> {
  const text = await readFile(new URL('package.json', packageFolder), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

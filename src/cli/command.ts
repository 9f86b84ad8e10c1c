import { readFile, writeFile } from 'node:fs/promises';
import { TidemarkError } from '../errors.js';
import { summarize } from '../heap/summary/summarize.js';
import { analysisText, lightText } from './analysis-text.js';
import { parseCommand, USAGE, type Command } from './arguments.js';
import { loadAnalysis, loadLight } from './load.js';
import { Progress, type ProgressStream } from './progress.js';
import { fileError } from './snapshot-file.js';

export interface CommandStreams {
  stdout(text: string): unknown;
  readonly stderr: ProgressStream;
}

type Analyze = Extract<Command, { kind: 'analyze' }>;

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
      await analyze(command, streams, progress);
  }
}

async function analyze(command: Analyze, streams: CommandStreams, progress: Progress): Promise<void> {
  const { file, top, showStrings, output } = command;
  if (command.light) {
    const light = await loadLight(file, progress);
    progress.clear();
    streams.stdout(
      output.kind === 'json'
        ? `${JSON.stringify({ file, ...light, classes: light.classes.slice(0, top) }, undefined, 2)}\n`
        : lightText(file, light, top),
    );
    return;
  }
  const summary = summarize(await loadAnalysis(file, progress), { top, showStrings });
  progress.clear();
  streams.stdout(
    output.kind === 'json'
      ? `${JSON.stringify({ file, ...summary }, undefined, 2)}\n`
      : analysisText(file, summary),
  );
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
void writeFile;
void fileError;

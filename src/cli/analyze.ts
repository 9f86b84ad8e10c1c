import { findingsBlocks } from '../answers/analysis/blocks.js';
import { left, right, section, table } from '../answers/render/block.js';
import { whole } from '../answers/render/phrases.js';
import { formatBytes } from '../answers/render/units.js';
import { LightReader, type LightClass } from '../heap/format/light-reader.js';
import { summarize } from '../heap/summary/summarize.js';
import { defineCommand, usageError } from './command.js';
import { analyzeFile } from './heap-analysis.js';
import { checkOutput, integer, OUTPUT_FLAGS, put, TOP_FLAG, type CommandAnswer } from './output.js';
import { withProgress, type Progress } from './progress.js';
import { readSnapshotFile } from './snapshot-file.js';

export const analyze = defineCommand({
  name: 'analyze',
  synopsis: 'FILE [options]',
  about: `Says what holds the memory of a heap snapshot. FILE is a .heapsnapshot as it is or packed with gzip.`,
  flags: {
    ...OUTPUT_FLAGS,
    top: TOP_FLAG,
    light: { type: 'boolean', help: 'classes only, with a tenth of the memory' },
    'show-strings': {
      type: 'boolean',
      help: 'show the beginning of duplicate strings; without it no content of a string is shown',
    },
  },
  async run(files, values, streams) {
    checkOutput(values);
    const top = integer('--top', values.top, 1, 1000);
    const [file] = files;
    if (file === undefined || files.length !== 1) {
      throw usageError(`analyze takes one file, not ${files.length}`);
    }
    const answer = await withProgress(streams, async (progress) =>
      values.light
        ? classesOf(file, top, progress)
        : findingsOf(file, { top, showStrings: values['show-strings'] }, progress),
    );
    await put(answer, values, streams);
  },
});

async function findingsOf(
  file: string,
  options: { readonly top: number; readonly showStrings: boolean },
  progress: Progress,
): Promise<CommandAnswer> {
  const { chart, ...findings } = summarize(await analyzeFile(file, progress), options);
  return { json: { file, ...findings, chart }, blocks: findingsBlocks(file, findings, chart) };
}

const lightColumns = [
  left<LightClass>('class', ({ name }) => name),
  right<LightClass>('count', ({ count }) => whole(count)),
  right<LightClass>('own size', ({ selfBytes }) => formatBytes(selfBytes)),
];

async function classesOf(file: string, top: number, progress: Progress): Promise<CommandAnswer> {
  const { classes, ...sums } = await readSnapshotFile(file, () => new LightReader(), progress);
  const { nodes, edges, selfBytes } = sums;
  const shown = classes.slice(0, top);
  const size = `${formatBytes(selfBytes)} in ${whole(nodes)} objects with ${whole(edges)} references`;
  return {
    json: { file, ...sums, classes: shown, classesInAll: classes.length },
    blocks: [
      { kind: 'title', text: `Heap snapshot ${file}` },
      { kind: 'paragraph', text: size },
      ...section(`Classes (${shown.length} of ${whole(classes.length)})`, ...table(lightColumns, shown)),
    ],
  };
}

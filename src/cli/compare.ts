import { growthBlocks } from '../answers/comparison/blocks.js';
import { growthOf } from '../answers/comparison/build.js';
import { compareHeaps } from '../heap/comparison/compare.js';
import { takeFootprint, type Footprint } from '../heap/comparison/footprint.js';
import { defineCommand, usageError } from './command.js';
import { analyzeFile } from './heap-analysis.js';
import { checkOutput, integer, OUTPUT_FLAGS, put, TOP_FLAG } from './output.js';
import { withProgress } from './progress.js';

const MAX_FILES = 10;

export const compare = defineCommand({
  name: 'compare',
  synopsis: 'FIRST SECOND [MORE...] [options]',
  about: 'Says what grew from the first to the last of several heap snapshots of one process.',
  flags: { ...OUTPUT_FLAGS, top: TOP_FLAG },
  async run(files, values, streams) {
    checkOutput(values);
    const top = integer('--top', values.top, 1, 1000);
    if (files.length < 2 || files.length > MAX_FILES) {
      throw usageError(`compare takes 2 to ${MAX_FILES} files, not ${files.length}`);
    }
    const comparison = await withProgress(streams, async (progress) => {
      const earlier: Footprint[] = [];
      // One graph at a time: only the footprints of earlier ones are kept.
      for (const file of files.slice(0, -1)) earlier.push(takeFootprint(await analyzeFile(file, progress)));
      return compareHeaps(earlier, await analyzeFile(files.at(-1)!, progress), { top });
    });
    const blocks = growthBlocks(growthOf(files, comparison));
    await put({ json: { files, ...comparison }, blocks }, values, streams);
  },
});

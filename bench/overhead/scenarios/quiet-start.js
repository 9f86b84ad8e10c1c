import { setTimeout as sleep } from 'node:timers/promises';
import { table } from '../../lib/table.js';
import { ContenderProcess } from '../contender-process.js';
import { addedText, addedTo, ratioText, verdictOn } from '../summary.js';

const SLICES = 4;
const SLICE_MS = 5_000;
const QUIET_MS = 60_000;
const MOST_PAIRS = 4;
const TARGET_RATIO = 1.05;

/**
 * A server that nobody asks for a minute and that is then busy, as after a deployment. All processes of the run are quiet at
 * the same time, and loaded one after another.
 * @type {import('./scenario.js').Scenario}
 */
export const quietStart = {
  name: 'quiet-start',
  title: 'Load after a quiet start, JSON of 200 objects',
  cases: ['bare', 'tidemark', 'tidemark-no-profile'],
  async run(field, { rounds, quick, stateDirectory, progress }) {
    const pairs = Math.min(rounds, MOST_PAIRS);
    const sliceMs = quick ? SLICE_MS / 5 : SLICE_MS;
    const quietMs = quick ? QUIET_MS / 10 : QUIET_MS;
    const processes = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      for (const [c, contender] of field.entries()) {
        const started = await ContenderProcess.start(contender, `${stateDirectory}/${pair}-${c}`);
        processes.push({ pair, c, process: started });
      }
    }
    progress(`${processes.length} processes are quiet for ${quietMs / 1000} s`);
    await sleep(quietMs);

    /** @type {number[][][]} By contender, pair, slice; the last is that of all slices. */
    const user = field.map(() => []);
    const order = processes.toSorted((a, b) => a.pair - b.pair || (a.pair % 2 === 0 ? a.c - b.c : b.c - a.c));
    for (const { pair, c, process } of order) {
      const slices = [];
      for (let slice = 0; slice < SLICES; slice += 1) {
        const endMs = performance.now() + sliceMs;
        slices.push((await process.measure('products', { isOver: () => performance.now() >= endMs })).user);
      }
      /** @type {number[][]} */ (user[c])[pair] = [
        ...slices,
        slices.reduce((sum, value) => sum + value, 0) / SLICES,
      ];
      await process.stop();
    }
    progress(`${pairs} pairs`);

    /** @param {number} c @param {number} slice */
    const of = (c, slice) => (user[c] ?? []).map((slices) => slices[slice] ?? NaN);
    const spans = Array.from(
      { length: SLICES },
      (_, i) => `${(i * sliceMs) / 1000} to ${((i + 1) * sliceMs) / 1000} s`,
    );
    const rows = field.flatMap(({ title }, c) =>
      [...spans, 'all of them'].map((span, slice) => {
        const added = addedTo(of(c, slice), of(0, slice));
        return [
          title,
          span,
          added.value.toFixed(1),
          ...(c === 0 ? ['', ''] : [addedText(added), ratioText(added)]),
        ];
      }),
    );
    const c = field.findIndex(({ name }) => name === 'tidemark');
    const whole = addedTo(of(c, SLICES), of(0, SLICES));
    const verdict = verdictOn(whole, { ratio: TARGET_RATIO });
    const text =
      `${table(['', 'after the quiet', 'user, µs', 'added', 'ratio'], rows)}\n\n` +
      `Quiet for ${quietMs / 1000} s or more; ${pairs} processes of each, whose intervals cover ${(whole.coverage * 100).toFixed(0)} %.` +
      (c < 0
        ? ''
        : `\n\nTarget: ${TARGET_RATIO} × or less in these ${(SLICES * sliceMs) / 1000} s: ${verdict}`);
    return { text, figures: user };
  },
};

import t from 'tap';

/** The benchmarks are plain JavaScript, outside the build. */
const load = async (path: string): Promise<unknown> =>
  import(new URL(`../../../../bench/${path}`, import.meta.url).href);

interface Shift {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly coverage: number;
}
interface Added {
  readonly added: number;
  readonly ratio: number;
  readonly isResolved: boolean;
}

const { shiftOf } = (await load('lib/signed-rank.js')) as {
  shiftOf(differences: readonly number[], confidence?: number): Shift;
};
const { addedTo, addedText, ratioText, verdictOn, quantile } = (await load('overhead/summary.js')) as {
  addedTo(values: readonly number[], baseline: readonly number[]): Added;
  addedText(added: Added): string;
  ratioText(added: Added): string;
  verdictOn(added: Added, target: { added: number } | { ratio: number }): string;
  quantile(values: readonly number[], q: number): number;
};
const { isSteady, settle } = (await load('overhead/settle.js')) as {
  isSteady(slices: readonly number[]): boolean;
  settle(slice: () => Promise<number>, limits: { leastSlices: number; mostMs: number }): Promise<boolean>;
};

t.test('a shift is the median of the averages of all pairs', async (t) => {
  // Averages: 1, 1.5, 2, 2, 2.5, 3, 5.5, 6, 6.5, 10.
  t.match(shiftOf([1, 2, 3, 10]), { estimate: (2.5 + 3) / 2, low: 1, high: 10, coverage: 0.875 });
});

t.test('its interval is the one of the signed ranks', async (t) => {
  // Critical values for two sides and 5 %, as printed in tables of the Wilcoxon test: n = 6: 0, 7: 2, 8: 3, 10: 8.
  for (const [n, outside, coverage] of [
    [6, 0, 1 - 2 / 64],
    [7, 2, 1 - 6 / 128],
    [8, 3, 1 - 10 / 256],
    [10, 8, 1 - 50 / 1024],
  ] as const) {
    const values = Array.from({ length: n }, (_, i) => 2 ** i);
    const averages = values
      .flatMap((value, i) => values.slice(i).map((other) => (value + other) / 2))
      .sort((a, b) => a - b);
    const { low, high, coverage: found } = shiftOf(values);
    t.same([low, high], [averages[outside], averages.at(-1 - outside)], `${n} values`);
    t.equal(found, coverage);
  }
  t.equal(shiftOf([1, 2, 3, 4, 5]).coverage, 1 - 2 / 32, 'five values cannot cover 95 %');
});

t.test('a difference that its interval swallows is not printed', async (t) => {
  const bare = [10, 11, 10, 12, 11, 10, 11];
  const clear = addedTo(
    bare.map((value, i) => value + 2 + i / 10),
    bare,
  );
  t.equal(addedText(clear), '+2.30 (+2.10 … +2.50)');
  t.equal(ratioText(clear), '1.209 (1.191 … 1.227)');
  const unclear = addedTo(
    bare.map((value, i) => value + (i % 2 === 0 ? 1 : -1.5)),
    bare,
  );
  t.match(addedText(unclear), /^below what this run resolves \(± [\d.]+\)$/);
  t.equal(ratioText(unclear), '');
  t.equal(addedText(addedTo([12], [10])), 'too few rounds to tell');
});

t.test('a target is met or missed only by the whole interval', async (t) => {
  const bare = Array.from({ length: 7 }, () => 100);
  const added = addedTo(
    bare.map((value, i) => value + 2 + i / 10),
    bare,
  );
  t.equal(verdictOn(added, { added: 3 }), 'met');
  t.equal(verdictOn(added, { added: 2 }), 'missed');
  t.equal(verdictOn(added, { added: 2.4 }), 'met by the estimate, not by its interval');
  t.equal(verdictOn(added, { added: 2.2 }), 'missed by the estimate, not by its interval');
  t.equal(verdictOn(added, { ratio: 1.03 }), 'met');
  t.equal(verdictOn(added, { ratio: 1.02 }), 'missed');
  t.equal(verdictOn(addedTo([1], [1]), { added: 1 }), 'too few rounds to tell');
});

t.test('quantiles', async (t) => {
  const values = Array.from({ length: 200 }, (_, i) => 200 - i);
  t.equal(quantile(values, 0.99), 199);
  t.equal(quantile(values, 1), 200);
});

t.test('a measurement waits until slices cost the same', async (t) => {
  t.notOk(isSteady([10, 10, 10, 10, 10]), 'too few to tell');
  t.notOk(isSteady([20, 18, 16, 14, 12, 11]));
  t.ok(isSteady([20, 14, 10, 10.2, 10.1, 10, 30, 10.3]), 'one outlier is none of its business');
  const costs = [40, 30, 22, 16, 13, 12, 10.1, 10, 10, 10, 10, 10];
  let taken = 0;
  t.ok(await settle(async () => costs[taken++] ?? 10, { leastSlices: 6, mostMs: 60_000 }));
  t.equal(taken, 11, '12, 10.1 and 10 before, three times 10 last');
  t.notOk(await settle(async () => taken++, { leastSlices: 6, mostMs: 0 }), 'time ran out');
});

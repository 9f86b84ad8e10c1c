import t from 'tap';
import { createFailures } from '../../src/base/failures.js';

const fail = (): never => {
  throw new Error('refused by the sandbox');
};

t.test('failures are counted by part, and the first of each part is logged', async (t) => {
  const parts: string[] = [];
  const failures = createFailures({ warn: (details) => void parts.push((details as { part: string }).part) });
  t.equal(failures.guarded('history', fail), undefined);
  t.equal(failures.guarded('history', fail), undefined);
  failures.report('probe', new Error('no way to collect'));
  t.equal(
    failures.guarded('profile', () => 42),
    42,
  );
  t.strictSame(failures.counts(), { history: 2, probe: 1 });
  t.strictSame(parts, ['history', 'probe']);
});

t.test('a guarded part is listed before it fails', async (t) => {
  const failures = createFailures({ warn: () => undefined });
  const heap = failures.guard('heap', fail);
  t.strictSame(failures.counts(), { heap: 0 });
  t.equal(heap(), undefined);
  failures.guard('heap', fail);
  t.strictSame(failures.counts(), { heap: 1 }, 'guarding the part again forgets nothing');
});

t.test('a log that throws changes nothing', async (t) => {
  const failures = createFailures({ warn: fail });
  t.equal(failures.guarded('heap', fail), undefined);
  t.strictSame(failures.counts(), { heap: 1 });
});

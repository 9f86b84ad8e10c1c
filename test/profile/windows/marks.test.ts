import t, { type Test } from 'tap';
import { acquire } from '../../../src/profile/isolate-profiler.js';
import {
  createMarks,
  isMark,
  LATE,
  NOBODY,
  UNKNOWN,
  type Marks,
  type Owner,
} from '../../../src/profile/windows/marks.js';
import type { ProtocolNode, ProtocolSample } from '../../../src/profile/raw-profile.js';

const INTERVAL = 512;
/** Four intervals and the header of the array; each of sixteen marks in turn is 64 bytes longer. */
const LEAST_BYTES = 4 * INTERVAL + 16;
const MARK_NODE = 3;
const OTHER_NODE = 4;

function node(id: number, url: string, children: readonly ProtocolNode[] = []): ProtocolNode {
  const callFrame = { functionName: '', scriptId: `${id}`, url, lineNumber: 0, columnNumber: 0 };
  return { callFrame, selfSize: 0, id, children };
}

const head = node(1, '', [
  node(2, 'tidemark:mark', [node(MARK_NODE, 'marks.js')]),
  node(OTHER_NODE, 'app.js'),
]);

const bytesOf = (mark: number): number => LEAST_BYTES + (mark % 16) * 64;

/** Samples in a line: numbers are marks that V8 sampled, `.` is what the application allocated. */
function sampled(
  line: readonly (number | '.' | { readonly bytes: number })[],
  addedBytes = 0,
): ProtocolSample[] {
  return line.map((one, ordinal) => {
    if (one === '.') return { nodeId: OTHER_NODE, size: 560, ordinal };
    const size = typeof one === 'number' ? bytesOf(one) + addedBytes : one.bytes;
    return { nodeId: MARK_NODE, size, ordinal };
  });
}

function marksOf(owners: readonly Owner[]): Marks {
  const marks = createMarks(INTERVAL, 2 ** 22);
  for (const owner of owners) marks.add(owner);
  return marks;
}

/** Owners of what the application allocated. */
function told(marks: Marks, samples: readonly ProtocolSample[]) {
  const { owners, marks: before, missed } = marks.ownersOf(samples, head);
  const own = samples.flatMap(({ nodeId }, row) => (nodeId === OTHER_NODE ? [row] : []));
  for (const [row, { nodeId }] of samples.entries()) {
    if ((nodeId === MARK_NODE) !== isMark(owners[row]!))
      throw new Error(`sample ${row} is taken for another`);
  }
  return { owners: own.map((row) => owners[row]!), before: own.map((row) => before[row]!), missed };
}

t.test('a sample between two marks belongs to the owner of the first', async (t) => {
  const marks = marksOf([7, 8, 7, NOBODY]);
  t.same(told(marks, sampled(['.', 0, '.', '.', 1, '.', 2, '.', 3, '.'])), {
    owners: [NOBODY, 7, 7, 8, 7, LATE],
    before: [-1, 0, 0, 1, 2, 3],
    missed: 0,
  });
  t.same(told(marksOf([]), sampled(['.'])).owners, [LATE], 'without a mark nobody was followed');
});

t.test('a missed mark leaves samples unknown only between different owners', async (t) => {
  const marks = marksOf([7, 7, 8, NOBODY]);
  t.same(told(marks, sampled([0, '.', 2, '.', 3, '.'])), {
    owners: [7, 8, LATE],
    before: [0, 2, 3],
    missed: 1,
  });
  t.match(told(marks, sampled([0, '.', 3, '.'])), { owners: [UNKNOWN, LATE], missed: 2 });
  t.match(told(marks, sampled(['.', 1, '.', 2, 3])), { owners: [UNKNOWN, 7], missed: 1 }, 'before the first');
  t.match(told(marks, sampled([0, '.', 1, '.'])), { owners: [7, UNKNOWN], missed: 2 }, 'after the last');
  t.match(told(marks, sampled(['.'])), { owners: [UNKNOWN], missed: 4 }, 'none at all');
});

t.test('numbers marks beyond sixteen, with some missed', async (t) => {
  const owners = Array.from({ length: 50 }, (_, mark) => mark % 7);
  const marks = marksOf(owners);
  const missing = new Set([3, 15, 16, 31, 33, 34, 35]);
  const seen = owners.flatMap((_, mark) => (missing.has(mark) ? [] : [mark]));
  const found = told(marks, sampled(seen.flatMap((mark) => [mark, '.'] as const)));
  t.equal(found.missed, missing.size);
  for (const [at, mark] of seen.entries()) {
    const expected = missing.has(mark + 1) ? UNKNOWN : mark === 49 ? LATE : owners[mark];
    t.equal(found.owners[at], expected, `after mark ${mark}`);
  }
});

t.test('recognises a mark by its size, with or without its header', async (t) => {
  const owners = Array.from({ length: 32 }, (_, mark) => mark);
  const line = owners.flatMap((mark) => [mark, '.'] as const);
  for (const addedBytes of [0, 16, 32, 48]) {
    const found = told(marksOf(owners), sampled(line, addedBytes));
    t.same(found.owners, [...owners.slice(0, -1), LATE], `${addedBytes} bytes more`);
    t.equal(found.missed, 0);
  }
});

t.test('other allocations of the function of marks are no marks', async (t) => {
  const marks = marksOf([7, 8, NOBODY]);
  const header = { bytes: 544 };
  t.match(told(marks, sampled([0, header, '.', 1, header, '.', 2])), { owners: [7, 8], missed: 0 });
  const code = { bytes: LEAST_BYTES + 16 * 64 };
  const more = { bytes: 7104 };
  t.match(told(marks, sampled([0, code, '.', more, 1, '.', more, 2])), { owners: [7, 8], missed: 0 });
});

/** All of one owner, or nobody knows of which: never another's. */
function isRightOrOpen(t: Test, found: readonly Owner[], owners: readonly Owner[], message: string): void {
  const wrong = found.filter((owner, at) => owner !== owners[at] && owner !== UNKNOWN);
  t.same(wrong, [], message);
  const open = found.filter((owner) => owner === UNKNOWN).length;
  t.ok(open <= 3, `${message}: ${open} are open`);
}

t.test('an allocation of a mark’s size by the compiler misleads only briefly', async (t) => {
  const owners = Array.from({ length: 40 }, (_, mark) => mark);
  for (const at of [0, 1, 20, 38]) {
    for (let phase = 0; phase < 16; phase += 1) {
      const line = owners.flatMap((mark) =>
        mark === at ? ([mark, '.', { bytes: bytesOf(phase) }, '.'] as const) : ([mark, '.'] as const),
      );
      const expected = owners.flatMap((mark) => (mark === at ? [mark, mark] : [mark]));
      const found = told(marksOf([...owners, NOBODY]), sampled([...line, 40]));
      isRightOrOpen(t, found.owners, expected, `one like mark ${phase} after mark ${at}`);
    }
  }
});

t.test('attributes nothing wrongly after a restart of the sampling', async (t) => {
  const owners = Array.from({ length: 80 }, (_, mark) => mark % 3);
  for (const lost of [16, 20, 32, 47, 79]) {
    const line = owners.flatMap((_, mark) => (mark < lost ? [] : ([mark, '.'] as const)));
    const found = told(marksOf(owners), sampled(line));
    t.same(new Set(found.owners), new Set([UNKNOWN]), `after ${lost} marks`);
  }
});

t.test('bounds the memory of marks, and releases it', async (t) => {
  // 2,048 bytes, half of the 1,024 by which they differ, and a header.
  const marks = createMarks(INTERVAL, 100 * (2048 + 512 + 16));
  let count = 0;
  while (marks.add(1)) count += 1;
  t.equal(count, 100);
  t.equal(marks.count, 100);
  t.equal(marks.bytes, 100 * 2576);
  t.equal(marks.add(2), false);
  t.equal(marks.count, 100);
  marks.release();
  t.match(marks, { count: 0, bytes: 0 });
  t.ok(createMarks(2 ** 20, 1).add(1), 'there is always room for some');
});

t.test('V8 samples nearly all marks, in order of allocation', async (t) => {
  const lease = acquire({ samplingIntervalBytes: 2 ** 19, stackDepth: 32 });
  t.teardown(() => lease.release());
  const marks = createMarks(INTERVAL, 2 ** 24);
  const kept: unknown[][] = [[], [], []];
  const profile = await lease.sampleFinely({
    samplingIntervalBytes: INTERVAL,
    async work() {
      for (let turn = 0; turn < 2000; turn += 1) {
        marks.add(turn % 3);
        // One of three owners keeps.
        const made = Array.from({ length: 100 }, () => turn);
        if (turn % 3 === 1) kept[1]!.push(made);
      }
      marks.add(NOBODY);
    },
  });
  const samples = profile.samples.toSorted((a, b) => a.ordinal - b.ordinal);
  const { owners, missed } = marks.ownersOf(samples, profile.head);
  marks.release();
  const bytes = [0, 1, 2].map((owner) =>
    samples.reduce((sum, { size }, row) => sum + (owners[row] === owner ? size : 0), 0),
  );
  t.ok(missed < 100, `${missed} of 2,001 marks were missed`);
  // The other two leave what V8 compiles.
  t.ok(bytes[1]! > 0.8 * 667 * 816, `${bytes.join(', ')} bytes`);
  t.ok(bytes[0]! < bytes[1]! / 5 && bytes[2]! < bytes[1]! / 5);
});

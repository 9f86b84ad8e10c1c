import t from 'tap';
import { matchCollections, type GcTrace } from '../../src/measure/gc-matching.js';
import type { GcKind } from '../../src/measure/reading.js';

const kinds: Record<string, GcKind> = { m: 'minor', M: 'major', i: 'incremental', w: 'weakcb' };

/** `'m2 M30'`: a minor collection of 2 ms, then a major one of 30. */
function traces(text: string): GcTrace[] {
  if (text === '') return [];
  return text.split(' ').map((word) => {
    const kind = kinds[word.charAt(0)];
    if (kind === undefined) throw new Error(word);
    return { kind, durationMs: Number(word.slice(1)) };
  });
}

const cases: [string, string, string, number[]][] = [
  ['nothing', '', '', []],
  ['nobody timed them', 'm1 M30', '', [-1, -1]],
  ['equal kinds in equal order are pairs', 'm1 M30 m1', 'm1.1 M31 m0.2', [0, 1, 2]],
  ['and so they are when durations contradict', 'm1 M30 m1', 'm9 M3 m8', [0, 1, 2]],
  ['the observer lags', 'm1 m2 M30 m4', 'm1.1 m2.1', [0, 1, -1, -1]],
  ['it lags, though a later one looks more alike', 'm0.1 m0.2 m0.3', 'm0.2', [0, -1, -1]],
  ['equal ones: the later stay alone', 'm1 m1 m1', 'm1 m1', [0, 1, -1]],
  ['one is missing at the front', 'm1 m5 m20', 'm5.2 m20.5', [-1, 0, 1]],
  ['one is missing inside', 'm1 M30 i0.2 M31 m2', 'm1 M30 M31 m2', [0, 1, -1, 2, 3]],
  ['kinds never mix', 'm1 m1', 'M1 w1', [-1, -1]],
  ['a timed one that nobody counted is left over', 'm1 M30', 'm1 m7 M30', [0, 2]],
  ['both lack some', 'm1 M30 m2 m9', 'm1 i3 m2 m9', [0, -1, 2, 3]],
  ['collections of no duration', 'w0 w0 m1', 'w0 m1', [0, -1, 1]],
];

for (const [name, counted, timed, expected] of cases) {
  t.test(name, async (t) => {
    t.strictSame([...matchCollections(traces(counted), traces(timed))], expected);
  });
}

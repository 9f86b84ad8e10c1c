import t from 'tap';
import { checkRange, parseRange } from '../../../src/snapshot/store/byte-range.js';

t.test('a range of bytes is read as RFC 9110 has it', async (t) => {
  for (const [header, expected] of [
    ['bytes=0-', { start: 0, end: 99 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=10-1000', { start: 10, end: 99 }],
    ['bytes=-5', { start: 95, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=99-99', { start: 99, end: 99 }],
  ] as const) {
    t.same(parseRange(header, 100), expected, header);
  }
});

t.test('what is no single range of bytes asks for the whole', async (t) => {
  for (const header of [
    undefined,
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=0-1,3-4',
    'rows=0-1',
    'bytes=a-b',
  ]) {
    t.equal(parseRange(header, 100), undefined, header ?? 'none');
  }
});

t.test('a range with no byte of the file is refused', async (t) => {
  for (const [header, size] of [
    ['bytes=100-', 100],
    ['bytes=-0', 100],
    ['bytes=0-', 0],
  ] as const) {
    t.throws(() => parseRange(header, size), { code: 'TIDEMARK_ERR_SNAPSHOT_RANGE' }, header);
  }
  for (const range of [
    { start: -1, end: 1 },
    { start: 2, end: 1 },
    { start: 0.5, end: 1 },
    { start: 0, end: 100 },
    { start: Number.NaN, end: 1 },
  ]) {
    t.throws(() => checkRange(range, 100), { code: 'TIDEMARK_ERR_SNAPSHOT_RANGE' });
  }
});

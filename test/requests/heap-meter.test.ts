import v8 from 'node:v8';
import t from 'tap';
import { COUNTED_FROM_BYTES, createHeapMeter } from '../../src/requests/heap-meter.js';
import { createRecorder } from '../../src/requests/recorder.js';
import { UNMATCHED_ROW } from '../../src/requests/route-table.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const MIB = 1024 * 1024;

/** A recorder of a V8 that counts allocated bytes; `request` is one that runs alone. */
function scripted() {
  const clock = scriptedClock();
  const statistics = { used_heap_size: 50 * MIB, total_allocated_bytes: 900 * MIB };
  const recorder = createRecorder({
    clock,
    maxRoutes: 1,
    durationBucketsSeconds: [],
    ...createHeapMeter(() => statistics),
  });
  return {
    clock,
    recorder,
    request(change: { usedBytes: number; allocatedBytes: number }, during: () => void = () => undefined) {
      const record = recorder.begin(UNMATCHED_ROW);
      clock.advance(10);
      statistics.used_heap_size += change.usedBytes;
      statistics.total_allocated_bytes += change.allocatedBytes;
      during();
      const { deltaBytes, heapUsedBytes, quality } = recorder.read(record)!;
      recorder.end(record, 200);
      return { deltaBytes, heapUsedBytes, quality };
    },
    settled() {
      clock.advance(2_000);
      recorder.settle();
      const { cleanSamples, gcSamples, overlapSamples, deltaSumBytes } = recorder.columns;
      const [clean, gc, overlap, sumBytes] = [cleanSamples, gcSamples, overlapSamples, deltaSumBytes].map(
        (column) => column[UNMATCHED_ROW],
      );
      return { clean, gc, overlap, sumBytes };
    },
  };
}

t.test('a large request in which a GC ran is measured by what V8 counts', async (t) => {
  const { clock, recorder, request, settled } = scripted();
  t.same(
    request({ usedBytes: -20 * MIB, allocatedBytes: 30 * MIB }),
    { deltaBytes: 30 * MIB, heapUsedBytes: 30 * MIB, quality: 'counted' },
    'the heap shrank',
  );
  const told = request({ usedBytes: 5 * MIB, allocatedBytes: 10 * MIB }, () =>
    recorder.markGc(clock.monotonic() - 5, clock.monotonic() - 4),
  );
  t.match(told, { deltaBytes: 10 * MIB, quality: 'counted' }, 'told while the request ran');
  const untold = request({ usedBytes: 7 * MIB, allocatedBytes: COUNTED_FROM_BYTES });
  recorder.markGc(clock.monotonic() - 5, clock.monotonic() - 4);
  t.match(untold, { deltaBytes: 7 * MIB, quality: 'clean' }, 'told afterwards, when the answer is gone');
  t.same(settled(), { clean: 3, gc: 0, overlap: 0, sumBytes: 40 * MIB + COUNTED_FROM_BYTES });
});

t.test('a large request without a GC is measured by the heap, which is exact', async (t) => {
  const { request, settled } = scripted();
  t.match(request({ usedBytes: 12 * MIB, allocatedBytes: 16 * MIB }), {
    deltaBytes: 12 * MIB,
    quality: 'clean',
  });
  t.same(settled(), { clean: 1, gc: 0, overlap: 0, sumBytes: 12 * MIB });
});

t.test('a small request is measured by the heap, and not when a GC ran', async (t) => {
  const { request, settled } = scripted();
  t.match(request({ usedBytes: 1_000, allocatedBytes: 200_000 }), { deltaBytes: 1_000, quality: 'clean' });
  t.match(request({ usedBytes: -5_000, allocatedBytes: COUNTED_FROM_BYTES - 1 }), {
    deltaBytes: -5_000,
    quality: 'gc',
  });
  t.same(settled(), { clean: 1, gc: 1, overlap: 0, sumBytes: 1_000 });
});

t.test('an overlapped request stays one', async (t) => {
  const { recorder, request, settled } = scripted();
  const other = recorder.begin(UNMATCHED_ROW);
  t.equal(request({ usedBytes: 0, allocatedBytes: 30 * MIB }).quality, 'overlap');
  recorder.end(other, 200);
  t.same(settled(), { clean: 0, gc: 0, overlap: 2, sumBytes: 0 });
});

t.test('the heap of this process: a request that makes 48 MiB of garbage', async (t) => {
  const counts = 'total_allocated_bytes' in v8.getHeapStatistics();
  const heap = createHeapMeter();
  t.equal(heap.allocatedBytes !== undefined, counts);
  const recorder = createRecorder({
    clock: scriptedClock(),
    maxRoutes: 1,
    durationBucketsSeconds: [],
    ...heap,
  });
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  const expectedBytes = 6000 * numbers.length * 8;
  const record = recorder.begin(UNMATCHED_ROW);
  for (let i = 0; i < 6000; i += 1) numbers.slice();
  recorder.markGc(0, Infinity);
  const { deltaBytes, heapUsedBytes, quality } = recorder.read(record)!;
  if (counts) {
    t.equal(quality, 'counted');
    t.ok(deltaBytes > expectedBytes && deltaBytes < expectedBytes * 1.2, `${deltaBytes} of ${expectedBytes}`);
  } else {
    t.equal(quality, 'gc');
  }
  t.ok(Math.abs(heapUsedBytes - v8.getHeapStatistics().used_heap_size) < 8 * MIB);
});

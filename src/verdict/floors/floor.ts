import type { Signal } from '../verdict.js';
import type { FloorPoint } from './floor-series.js';

/**
 * V8 optimizes what is run often for minutes, and keeps more than the machine code: feedback, what tells it how to deoptimize,
 * positions. Of servers that keep nothing, Node 20 to 26, the floor rose by 2.1 to 3.1 bytes for each byte of machine code.
 */
const PROGRAM_BYTES_PER_CODE_BYTE = 2.2;
/** More machine code than a large server has is no longer taken for its program's. */
const MOST_CODE_BYTES = 16 * 1024 * 1024;

/** The level that is judged, in bytes; of the heap without the program itself, which grows while it warms up. NaN: not known. */
export function floorOf(point: FloorPoint, signal: Signal): number {
  switch (signal) {
    case 'heap-floor':
      return point.heapBytes - programBytes(point);
    case 'external-floor':
      return point.externalBytes;
    case 'native-remainder':
      return point.around?.nativeBytes ?? Number.NaN;
  }
}

function programBytes({ codeBytes = 0 }: FloorPoint): number {
  return PROGRAM_BYTES_PER_CODE_BYTE * Math.min(codeBytes, MOST_CODE_BYTES);
}

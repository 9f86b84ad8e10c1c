import type { Signal } from '../verdict.js';
import type { FloorPoint } from './floor-series.js';

/**
 * V8 optimizes what is run often for minutes, and keeps more than the machine code: feedback, what tells it how to deoptimize,
 * positions. Of servers that keep nothing, Node 20 to 26, the floor rose by 2.1 to 3.1 bytes for each byte of machine code.
 */
const PROGRAM_BYTES_PER_CODE_BYTE = 2.2;
/** A small program compiles so much after its first floor; a large one as much as it had. What is more, somebody makes. */
const WARM_UP_CODE_BYTES = 1024 * 1024;

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
  return PROGRAM_BYTES_PER_CODE_BYTE * codeBytes;
}

/** Of the machine code at a floor, what is taken for the program's; `firstBytes` is that of the first floor. */
export function programCode(codeBytes: number, firstBytes: number): number {
  return Math.min(codeBytes, firstBytes + Math.max(firstBytes, WARM_UP_CODE_BYTES));
}

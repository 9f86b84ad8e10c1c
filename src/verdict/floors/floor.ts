import type { Signal } from '../verdict.js';
import type { FloorPoint } from './floor-series.js';

/**
 * V8 optimizes hot code for minutes, and keeps feedback, deoptimization data and source positions besides the machine
 * code. In servers that retain nothing (Node 20 to 26) the floor rose by 2.1 to 3.1 bytes for each byte of machine code.
 */
const PROGRAM_BYTES_PER_CODE_BYTE = 2.2;
/** A small program compiles up to this much after its first floor, a large one as much as it had; more is generated code. */
const WARM_UP_CODE_BYTES = 1024 * 1024;

/** The level that is judged, in bytes. The heap is taken without the program itself, which grows while it warms up. NaN: unknown. */
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

/** The part of the machine code at a floor that counts as the program's; `firstBytes` is that of the first floor. */
export function programCode(codeBytes: number, firstBytes: number): number {
  return Math.min(codeBytes, firstBytes + Math.max(firstBytes, WARM_UP_CODE_BYTES));
}

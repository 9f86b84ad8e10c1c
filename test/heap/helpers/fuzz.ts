import { TidemarkError } from '../../../src/base/errors.js';
import { analyzeHeap } from '../../../src/heap/analysis.js';
import { compareHeaps } from '../../../src/heap/comparison/compare.js';
import { takeFootprint } from '../../../src/heap/comparison/footprint.js';
import { LightReader } from '../../../src/heap/format/light-reader.js';
import { SnapshotReader } from '../../../src/heap/format/snapshot-reader.js';
import { summarize } from '../../../src/heap/summary/summarize.js';
import { createRandom } from './random.js';

export interface FuzzResult {
  inputs: number;
  /** Read, analysed, summarised and compared to the end. */
  accepted: number;
  /** Refused, by code. */
  refused: Record<string, number>;
}

export interface FuzzFailure {
  readonly seed: number;
  readonly input: Uint8Array;
  readonly error: unknown;
}

const INTERESTING = [
  '0',
  '-1',
  '4294967295',
  '4294967296',
  '1e9',
  '9007199254740993',
  '""',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  '\\',
];

/** Reads one input as a stored snapshot is read; anything but success or one of the reader's errors is thrown on. */
export async function readOne(bytes: Uint8Array, chunk: number): Promise<string> {
  const limits = { maxNodes: 100_000, maxEdges: 400_000, maxStrings: 100_000, maxStringBytes: 2 ** 24 };
  try {
    const reader = new SnapshotReader({ limits });
    const light = new LightReader(limits);
    for (let at = 0; at < bytes.length; at += chunk) {
      reader.push(bytes.subarray(at, at + chunk));
      light.push(bytes.subarray(at, at + chunk));
    }
    const analysis = await analyzeHeap(reader.finish());
    light.finish();
    JSON.stringify(summarize(analysis, { top: 5, showStrings: true }));
    JSON.stringify(compareHeaps([takeFootprint(analysis)], analysis));
    return 'accepted';
  } catch (error) {
    if (error instanceof TidemarkError && error.code.startsWith('TIDEMARK_ERR_HEAP_')) return error.code;
    throw error;
  }
}

/** One to eight changes: bytes, numbers, pieces cut out, doubled, or taken from elsewhere in the file. */
export function mutate(base: Uint8Array, seed: number): Uint8Array {
  const random = createRandom(seed);
  let bytes: Buffer = Buffer.from(base);
  for (let changes = 1 + random(8); changes > 0; changes--) {
    const at = random(bytes.length);
    const length = random(2) === 0 ? random(8) : random(200);
    const piece = bytes.subarray(at, at + length);
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = 0x30 + random(10);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(INTERESTING[random(INTERESTING.length)]!),
          bytes.subarray(at),
        ]);
        break;
      case 5: {
        // A whole number is replaced: most likely an offset, a name or a count.
        const end = bytes.indexOf(',', at);
        const start = bytes.lastIndexOf(',', at);
        const number = random(3) === 0 ? INTERESTING[random(6)]! : String(random(2000));
        if (start >= 0 && end > start) {
          bytes = Buffer.concat([bytes.subarray(0, start + 1), Buffer.from(number), bytes.subarray(end)]);
        }
        break;
      }
      default: {
        // A piece over another place of the same length, or a cut.
        if (random(20) === 0) bytes = bytes.subarray(0, at);
        else Buffer.from(piece).copy(bytes, random(bytes.length));
      }
    }
    if (bytes.length === 0) bytes = Buffer.from(base.subarray(0, 1));
  }
  return bytes;
}

/** Reads `inputs` mutations; a failure is returned with the seed that makes it again. */
export async function fuzz(
  bases: readonly Uint8Array[],
  inputs: number,
  firstSeed: number,
  onInput: (done: number) => void = () => {},
): Promise<FuzzResult | FuzzFailure> {
  const result: FuzzResult = { inputs: 0, accepted: 0, refused: {} };
  for (let seed = firstSeed; seed < firstSeed + inputs; seed++) {
    const input = mutate(bases[seed % bases.length]!, seed);
    try {
      const outcome = await readOne(input, 1 + ((seed * 7919) % 5000));
      if (outcome === 'accepted') result.accepted += 1;
      else result.refused[outcome] = (result.refused[outcome] ?? 0) + 1;
    } catch (error) {
      return { seed, input, error };
    }
    result.inputs += 1;
    onInput(result.inputs);
  }
  return result;
}

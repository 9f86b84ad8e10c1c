import { readFileSync } from 'node:fs';
import path from 'node:path';
import { shrink, type RawSnapshot } from './builder.js';
import { LEAKING_PROGRAM, runProgram } from './real.js';

/** Small files to change: parts of a snapshot that V8 wrote, in the layout of JSON and with V8's line ends. */
export async function fuzzBases(folder: string): Promise<readonly Uint8Array[]> {
  await runProgram(folder, LEAKING_PROGRAM);
  const raw = JSON.parse(readFileSync(path.join(folder, '1.heapsnapshot'), 'utf8')) as RawSnapshot;
  return [40, 150, 400].map((count) => {
    const small = shrink(raw, count);
    const strings = small.strings.map((text) => text.slice(0, 60));
    return Buffer.from(JSON.stringify({ ...small, strings }).replaceAll('],"', '],\n"'));
  });
}

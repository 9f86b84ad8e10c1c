// Writes its input to a file, redacted or unchanged, and reports the cost.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createRedaction, redacting } from '../../dist/src/snapshot/redaction/redaction.js';

const [, , mode, file = ''] = process.argv;
let bytes = 0;
let firstMs = NaN;

/** @param {AsyncIterable<Buffer>} source */
async function* counted(source) {
  for await (const chunk of source) {
    if (bytes === 0) firstMs = performance.now();
    bytes += chunk.length;
    yield chunk;
  }
}

const output = createWriteStream(file);
if (mode === 'copy') await pipeline(process.stdin, counted, output);
else await pipeline(process.stdin, counted, redacting(createRedaction()), output);

const { user, system } = process.cpuUsage();
const streamMs = performance.now() - firstMs;
console.log(
  JSON.stringify({
    bytes,
    streamMs,
    endedMs: performance.timeOrigin + performance.now(),
    cpuMs: (user + system) / 1000,
    rssMib: process.resourceUsage().maxRSS / 1024,
  }),
);

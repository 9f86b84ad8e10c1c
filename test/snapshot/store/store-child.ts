// Uses a store in a process of its own: `stall` begins a snapshot and never ends it, `fill` writes one that is larger
// than this process may write, `add` stores some.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { TidemarkError } from '../../../src/base/errors.js';
import { description, noise, openScratch } from './scratch-store.js';

const [, , mode = '', directory = ''] = process.argv;
const store = await openScratch(directory);

async function* endless(): AsyncGenerator<Uint8Array, void> {
  for (let count = 0; ; count++) {
    yield noise(100_000);
    if (mode === 'stall' && count === 5) {
      process.stdout.write('stalled\n');
      await once(process.stdin, 'end');
    }
  }
}

async function* some(): AsyncGenerator<Uint8Array, void> {
  for (let count = 0; count < 5; count++) yield randomBytes(20_000);
}

process.stdin.resume();
if (mode === 'add') {
  for (let count = 0; count < 10; count++) {
    const { id } = await store.add(some(), () => description);
    process.stdout.write(`${id}\n`);
  }
} else {
  try {
    await store.add(endless(), () => description);
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    process.stdout.write(`${JSON.stringify({ code: error.code, message: error.message })}\n`);
  }
  // What fits can be stored all the same.
  const { id } = await store.add(some(), () => description);
  process.stdout.write(`${id}\n`);
}
process.stdin.destroy();

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { isSnapshotId } from '../../../src/snapshot/store/snapshot-id.js';
import { newDirectory, openScratch } from './scratch-store.js';

const child = fileURLToPath(new URL('store-child.js', import.meta.url));

t.test('when no more can be written there is a coded error, and nothing is left of it', async (t) => {
  const directory = newDirectory(t);
  // In units of 1,024 bytes; the kernel answers EFBIG as it answers ENOSPC on a full disk.
  // The test runner slips its loader into every process that is spawned, and that writes more.
  const command = `ulimit -f 400 && unset NODE_OPTIONS && exec "$0" "$@"`;
  const run = spawn('bash', ['-c', command, process.execPath, child, 'fill', directory], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(run, 'exit') as Promise<[number | null]>;
  const [refusal = '', id = ''] = (await text(run.stdout)).split('\n');
  t.same(await exited, [0, null]);
  t.same(JSON.parse(refusal), {
    code: 'TIDEMARK_ERR_SNAPSHOT_STORAGE',
    message: 'The snapshot could not be stored: EFBIG',
  });
  t.ok(isSnapshotId(id), 'what fits is stored afterwards');
  t.same(readdirSync(directory).toSorted(), [`${id}.heapsnapshot.gz`, `${id}.json`]);
  const { snapshots, problems } = await (await openScratch(directory)).list({ verify: true });
  t.same([snapshots.length, problems], [1, []]);
});

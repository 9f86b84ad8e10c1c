import { rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { fromJson, toJson } from '../../../src/snapshot/store/metadata.js';
import {
  chunks,
  description,
  newDirectory,
  noise,
  openScratch,
  sha256,
  steppedClock,
} from './scratch-store.js';

t.test('a directory that was removed is empty, and made again for the next snapshot', async (t) => {
  const store = await openScratch(newDirectory(t));
  const { id } = await store.add(chunks(noise(10)), () => description);
  await rm(store.directory, { recursive: true });
  t.same(await store.list(), { snapshots: [], problems: [], storedBytes: 0 });
  await t.rejects(store.get(id), { code: 'TIDEMARK_ERR_SNAPSHOT_UNKNOWN' });
  await store.add(chunks(noise(10)), () => description);
  t.equal((await store.list({ verify: true })).snapshots.length, 1);
});

t.test('a source that nobody began to read is ended when there is no place for it', async (t) => {
  const store = await openScratch(newDirectory(t));
  await rm(store.directory, { recursive: true });
  writeFileSync(store.directory, '');
  const source = Readable.from([noise(10)]);
  await t.rejects(
    store.add(source, () => description),
    { code: 'TIDEMARK_ERR_SNAPSHOT_DIRECTORY' },
  );
  t.ok(source.destroyed);
});

t.test('a file that is cut off while it is read ends in an error and not early', async (t) => {
  for (const encoding of ['gzip', 'identity'] as const) {
    const store = await openScratch(newDirectory(t));
    const { id } = await store.add(chunks(noise(900_000)), () => description);
    const open = await store.open(id, encoding);
    truncateSync(`${store.directory}/${id}.heapsnapshot.gz`, 300_000);
    await t.rejects(buffer(open.stream()), { code: 'TIDEMARK_ERR_SNAPSHOT_DAMAGED' }, encoding);
    await t.rejects(store.get(id), { code: 'TIDEMARK_ERR_SNAPSHOT_DAMAGED', message: /wrong-size/ });
  }
});

t.test('what the metadata says of the size is all that is sent', async (t) => {
  const store = await openScratch(newDirectory(t));
  const { id } = await store.add(chunks(noise(10)), () => description);
  const bomb = gzipSync(Buffer.alloc(5e6));
  const path = `${store.directory}/${id}`;
  writeFileSync(`${path}.heapsnapshot.gz`, bomb);
  const metadata = await store.add(chunks(noise(10)), () => description);
  const forged = { ...metadata, id, storedBytes: bomb.length, sha256: sha256(bomb), rawBytes: 1000 };
  writeFileSync(`${path}.json`, toJson(forged));
  t.equal((await buffer((await store.open(id, 'identity')).stream())).length, 1000);
  writeFileSync(`${path}.json`, toJson({ ...forged, rawBytes: 6e6 }));
  await t.rejects(buffer((await store.open(id, 'identity')).stream()), { message: /ends early/ });
});

t.test('metadata that is too long is none', async (t) => {
  const store = await openScratch(newDirectory(t));
  const stored = await store.add(chunks(noise(10)), () => description);
  const padded = toJson(stored) + ' '.repeat(20_000);
  t.same(fromJson(padded, stored.id), stored, 'but for its length');
  writeFileSync(`${store.directory}/${stored.id}.json`, padded);
  t.match((await store.list()).problems, [{ id: stored.id, problem: 'bad-metadata' }]);
});

t.test('half a snapshot counts for the quota, and goes when it is old', async (t) => {
  const clock = steppedClock();
  const store = await openScratch(newDirectory(t), { maxAgeSeconds: 3600 }, clock);
  const add = async (): Promise<string> => (await store.add(chunks(noise(10)), () => description)).id;
  const [withoutMetadata, withoutData, whole] = [await add(), await add(), await add()];
  rmSync(`${store.directory}/${withoutMetadata}.json`);
  utimesSync(`${store.directory}/${withoutMetadata}.heapsnapshot.gz`, 0, clock.nowMs / 1000 - 3601);
  rmSync(`${store.directory}/${withoutData}.heapsnapshot.gz`);
  t.same(await store.prune(), [withoutMetadata]);
  clock.nowMs += 3_600_001;
  t.same((await store.prune()).toSorted(), [withoutData, whole].toSorted());
  t.same(await store.list(), { snapshots: [], problems: [], storedBytes: 0 });
  const orphan = '20200101T000000Z-0123456789ab.json';
  writeFileSync(`${store.directory}/${orphan}`, '{}');
  t.same(await store.prune(), [], 'what has neither age nor size is left to be seen');
});

t.test('what two are reading stays until both are done', async (t) => {
  const store = await openScratch(newDirectory(t), { maxAgeSeconds: -1 });
  const { id } = await store.add(chunks(noise(10)), () => description);
  const [first, second] = [await store.open(id, 'gzip'), await store.open(id, 'identity')];
  await first.close();
  await first.close();
  t.same(await store.prune(), []);
  const stream = second.stream();
  t.throws(() => second.stream(), { message: /streamed once/ });
  await buffer(stream);
  t.same(await store.prune(), [id]);
});

t.test('a stream that is given up closes the snapshot', async (t) => {
  const store = await openScratch(newDirectory(t), { maxAgeSeconds: -1 });
  const { id } = await store.add(chunks(noise(900_000)), () => description);
  for (const isBegun of [false, true]) {
    const stream = (await store.open(id, 'identity')).stream();
    if (isBegun) await stream[Symbol.asyncIterator]().next();
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy();
    await closed;
  }
  // The file is closed a moment after the stream.
  while ((await store.prune()).length === 0) await new Promise(setImmediate);
  t.same((await store.list()).snapshots, []);
});

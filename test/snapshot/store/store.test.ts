import { Buffer } from 'node:buffer';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { isSnapshotId } from '../../../src/snapshot/store/snapshot-id.js';
import { openSnapshotStore } from '../../../src/snapshot/store/store.js';
import {
  chunks,
  description,
  newDirectory,
  noise,
  openScratch,
  sha256,
  steppedClock,
} from './scratch-store.js';

const mode = (path: string): number => statSync(path).mode & 0o777;

t.test('a snapshot is stored with what is known of it, for its owner alone', async (t) => {
  const directory = newDirectory(t);
  const store = await openScratch(directory);
  const content = Buffer.from('{"snapshot":{}}'.repeat(1000));
  const stored = await store.add(chunks(content.subarray(0, 7), content.subarray(7)), () => description);
  const data = readFileSync(`${directory}/${stored.id}.heapsnapshot.gz`);
  t.ok(isSnapshotId(stored.id));
  t.match(stored, { ...description, createdAt: '2026-03-19T09:00:00.000Z', rawBytes: content.length });
  t.equal(stored.storedBytes, data.length);
  t.equal(stored.sha256, sha256(data), 'the checksum is of the stored bytes');
  t.same(gunzipSync(data), content);
  t.equal(mode(directory), 0o700);
  t.same(
    readdirSync(directory).map((name) => [name, mode(`${directory}/${name}`)]),
    [
      [`${stored.id}.heapsnapshot.gz`, 0o600],
      [`${stored.id}.json`, 0o600],
    ],
    'two files, and nothing temporary',
  );
  t.same(await store.get(stored.id), stored);
  const again = await openScratch(directory);
  t.same(await again.list({ verify: true }), {
    snapshots: [stored],
    problems: [],
    storedBytes: stored.storedBytes,
  });
});

t.test('a snapshot is read whole, by ranges, compressed and not', async (t) => {
  const store = await openScratch(newDirectory(t));
  const content = Buffer.concat([noise(700_000), Buffer.alloc(50_000, 'a'), noise(3)]);
  const { id, storedBytes } = await store.add(chunks(content), () => description);
  const data = readFileSync(`${store.directory}/${id}.heapsnapshot.gz`);
  const etags = new Set<string>();
  for (const [encoding, bytes] of [
    ['gzip', data],
    ['identity', content],
  ] as const) {
    const whole = await store.open(id, encoding);
    t.equal(whole.size, bytes.length);
    etags.add(whole.etag);
    t.ok((await buffer(whole.stream())).equals(bytes), `all of ${encoding}`);
    const cuts = [0, 1, 300_000, 300_001, bytes.length - 1];
    const pieces: Buffer[] = [];
    for (const [at, start] of cuts.entries()) {
      const part = await store.open(id, encoding);
      etags.add(part.etag);
      pieces.push(await buffer(part.stream({ start, end: (cuts[at + 1] ?? bytes.length) - 1 })));
    }
    t.ok(Buffer.concat(pieces).equals(bytes), `a download of ${encoding} that was interrupted four times`);
    const outside = await store.open(id, encoding);
    t.throws(() => outside.stream({ start: 0, end: bytes.length }), { code: 'TIDEMARK_ERR_SNAPSHOT_RANGE' });
    await outside.close();
  }
  t.equal(etags.size, 2, 'one validator for each encoding');
  t.not(storedBytes, content.length);
});

t.test('ids are checked before they become a path', async (t) => {
  const directory = newDirectory(t);
  const store = await openScratch(directory);
  writeFileSync(`${directory}/../secret.json`, '{}');
  for (const id of [
    '../secret',
    '',
    '.',
    '20260319T090000Z-0123456789ab/..',
    '20260319T090000Z-0123456789ab\n',
  ]) {
    t.notOk(isSnapshotId(id));
    for (const use of [store.get, store.delete, (name: string) => store.open(name, 'gzip')]) {
      await t.rejects(
        async () => void (await use(id)),
        { code: 'TIDEMARK_ERR_SNAPSHOT_UNKNOWN' },
        JSON.stringify(id),
      );
    }
  }
  await t.rejects(store.get('20260319T090000Z-0123456789ab'), { code: 'TIDEMARK_ERR_SNAPSHOT_UNKNOWN' });
  t.ok(existsSync(`${directory}/../secret.json`));
});

t.test('what was deleted is gone, and what was opened before can be read to its end', async (t) => {
  const store = await openScratch(newDirectory(t));
  const content = noise(600_000);
  const { id } = await store.add(chunks(content), () => description);
  const open = await store.open(id, 'identity');
  await store.delete(id);
  t.same(readdirSync(store.directory), []);
  t.ok((await buffer(open.stream())).equals(content));
  await t.rejects(store.get(id), { code: 'TIDEMARK_ERR_SNAPSHOT_UNKNOWN' });
});

t.test('the oldest go first by count, bytes and age, and never what is read', async (t) => {
  const clock = steppedClock();
  const directory = newDirectory(t);
  const store = await openScratch(directory, { maxCount: 3 }, clock);
  const ids: string[] = [];
  const addOne = async (): Promise<string> => {
    clock.nowMs += 60_000;
    const { id } = await store.add(chunks(noise(1000)), () => description);
    ids.push(id);
    return id;
  };
  const listed = async (): Promise<string[]> => (await store.list()).snapshots.map(({ id }) => id);
  for (let count = 0; count < 4; count++) await addOne();
  t.same(await listed(), [ids[3], ids[2], ids[1]], 'newest first, and the oldest is gone');
  const open = await store.open(ids[1]!, 'gzip');
  await addOne();
  t.same(await listed(), [ids[4], ids[3], ids[1]], 'the next one went instead of the one that is read');
  await open.close();
  await addOne();
  t.same(await listed(), [ids[5], ids[4], ids[3]], 'and it went when it was read no more');

  const smaller = await openScratch(directory, { maxBytes: 2500 }, clock);
  t.same((await smaller.list()).snapshots.length, 2, 'by bytes, when the store is opened');
  clock.nowMs += 3_600_000;
  const younger = await openScratch(directory, { maxAgeSeconds: 60 }, clock);
  t.same((await younger.list()).snapshots, [], 'by age');
  t.same(readdirSync(directory), []);
});

t.test('a snapshot that exceeds the quota alone is refused, and the others stay', async (t) => {
  const store = await openScratch(newDirectory(t), { maxBytes: 5000 });
  const { id } = await store.add(chunks(noise(1000)), () => description);
  await t.rejects(
    store.add(chunks(noise(20_000)), () => description),
    {
      code: 'TIDEMARK_ERR_SNAPSHOT_STORAGE',
      message: /larger than the quota of 5000 bytes/,
    },
  );
  t.same(readdirSync(store.directory), [`${id}.heapsnapshot.gz`, `${id}.json`]);
});

async function* broken(): AsyncGenerator<Uint8Array, void> {
  yield* chunks(noise(200_000));
  throw new Error('the child died');
}

t.test('a source that fails, a wrong description and an abort leave nothing', async (t) => {
  const store = await openScratch(newDirectory(t));
  await t.rejects(
    store.add(broken(), () => description),
    { message: 'the child died' },
  );
  await t.rejects(
    store.add(chunks(noise(10)), () => ({ ...description, label: 'two\nlines' })),
    { message: /wrong label/ },
  );
  const controller = new AbortController();
  const endless = async function* (): AsyncGenerator<Uint8Array, void> {
    for (let count = 0; ; count++) {
      if (count === 20) controller.abort();
      yield* chunks(noise(10_000));
    }
  };
  await t.rejects(
    store.add(endless(), () => description, { signal: controller.signal }),
    { name: 'AbortError' },
  );
  t.same(readdirSync(store.directory), []);
});

t.test('a damaged or foreign file is reported and not served', async (t) => {
  const directory = newDirectory(t);
  const store = await openScratch(directory);
  const add = async (): Promise<string> => (await store.add(chunks(noise(5000)), () => description)).id;
  const [flipped, cut, noData, badMetadata, linked] = [
    await add(),
    await add(),
    await add(),
    await add(),
    await add(),
  ];
  const good = await add();
  const data = (id: string): string => `${directory}/${id}.heapsnapshot.gz`;
  const bytes = readFileSync(data(flipped));
  bytes[2000] = bytes[2000]! ^ 1;
  writeFileSync(data(flipped), bytes);
  writeFileSync(data(cut), bytes.subarray(0, 100));
  const fs = await import('node:fs/promises');
  await fs.rm(data(noData));
  writeFileSync(`${directory}/${badMetadata}.json`, `{"format":1,"id":"${good}"}`);
  const outside = `${t.testdirName}/outside`;
  writeFileSync(outside, 'secret');
  await fs.rm(data(linked));
  symlinkSync(outside, data(linked));
  writeFileSync(`${directory}/notes.txt`, 'x');
  const orphan = '20200101T000000Z-0123456789ab';
  writeFileSync(data(orphan), 'x');
  mkdirSync(`${directory}/20200101T000000Z-0123456789ac.json`);

  const list = await store.list({ verify: true });
  t.same(
    list.snapshots.map(({ id }) => id),
    [good],
  );
  t.same(
    new Map(list.problems.map(({ name, problem }) => [name, problem])),
    new Map([
      [orphan, 'no-metadata'],
      ['20200101T000000Z-0123456789ac', 'no-metadata'],
      [flipped, 'wrong-checksum'],
      [cut, 'wrong-size'],
      [noData, 'no-data'],
      [badMetadata, 'bad-metadata'],
      [linked, 'no-data'],
      ['notes.txt', 'foreign'],
    ]),
  );
  for (const id of [flipped, cut, noData, badMetadata, linked, orphan]) {
    await t.rejects(store.open(id, 'gzip'), { code: 'TIDEMARK_ERR_SNAPSHOT_DAMAGED' }, id);
    await store.delete(id);
  }
  t.equal(readFileSync(outside, 'utf8'), 'secret', 'a link is removed and not followed');
  t.same((await store.list()).problems.length, 2);
});

t.test(
  'damage that keeps the size is found when the file is opened, though it was whole before',
  async (t) => {
    const store = await openScratch(newDirectory(t));
    const { id } = await store.add(chunks(noise(5000)), () => description);
    await (await store.open(id, 'gzip')).close();
    const path = `${store.directory}/${id}.heapsnapshot.gz`;
    const bytes = readFileSync(path);
    bytes[100] = bytes[100]! ^ 1;
    writeFileSync(path, bytes);
    await t.rejects(store.open(id, 'gzip'), { code: 'TIDEMARK_ERR_SNAPSHOT_DAMAGED' });
    t.match(
      (await store.list()).problems,
      [{ id, problem: 'wrong-checksum' }],
      'and from then on the list says so',
    );
  },
);

t.test('a directory that cannot be used is refused', async (t) => {
  const base = t.testdir({ file: '', open: { 'other.txt': '' }, target: {} });
  symlinkSync(`${base}/target`, `${base}/link`);
  const fs = await import('node:fs/promises');
  await fs.chmod(`${base}/open`, 0o755);
  for (const [name, reason] of [
    ['file', /EEXIST/],
    ['link', /symbolic link/],
    ['open', /others may enter it/],
  ] as const) {
    await t.rejects(openScratch(`${base}/${name}`), {
      code: 'TIDEMARK_ERR_SNAPSHOT_DIRECTORY',
      message: reason,
    });
  }
  t.equal(mode(`${base}/open`), 0o755, 'a folder with other things is left as it is');
  await fs.chmod(`${base}/target`, 0o755);
  await openScratch(`${base}/target`);
  t.equal(mode(`${base}/target`), 0o700, 'an empty one is closed to others');
});

t.test("without a clock the store uses the system's", async (t) => {
  const store = await openSnapshotStore({
    directory: newDirectory(t),
    quota: { maxCount: 1, maxBytes: 1e6, maxAgeSeconds: 3600 },
  });
  const { createdAt } = await store.add(chunks(noise(10)), () => description);
  t.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
});

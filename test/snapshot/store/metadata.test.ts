import t from 'tap';
import { fromJson, toJson, wrongField, type SnapshotMetadata } from '../../../src/snapshot/store/metadata.js';
import { newSnapshotId } from '../../../src/snapshot/store/snapshot-id.js';
import { description } from './scratch-store.js';

const id = newSnapshotId(Date.UTC(2026, 2, 19, 9));
const metadata: SnapshotMetadata = {
  ...description,
  id,
  createdAt: '2026-03-19T09:00:00.000Z',
  rawBytes: 10,
  storedBytes: 5,
  sha256: 'ab'.repeat(32),
};

t.test('metadata comes back as it was written, and nothing else with it', async (t) => {
  t.same(fromJson(toJson(metadata), id), metadata);
  t.same(fromJson(toJson({ ...metadata, added: 1 } as SnapshotMetadata), id), metadata);
});

t.test('metadata of another format, id or shape is none', async (t) => {
  t.equal(fromJson(toJson(metadata), newSnapshotId(0)), undefined);
  for (const json of ['', 'null', '[]', '7', '{', toJson(metadata).replace('"format": 1', '"format": 2')]) {
    t.equal(fromJson(json, id), undefined, json.slice(0, 10));
  }
  const wrong: Record<string, unknown> = {
    writer: '',
    trigger: 'two words',
    redacted: 'yes',
    nodeVersion: 20,
    label: '\u0000',
    verdict: {},
    pauseMs: -1,
    heapBytes: 1.5,
    nodeCount: '1',
    edgeCount: -1,
    createdAt: 'now',
    rawBytes: -1,
    storedBytes: null,
    sha256: 'AB'.repeat(32),
  };
  for (const [key, value] of Object.entries(wrong)) {
    const changed = { ...metadata, [key]: value } as SnapshotMetadata;
    t.equal(fromJson(toJson(changed), id), undefined, key);
  }
});

t.test('a description is checked before it is written', async (t) => {
  t.equal(wrongField(description), undefined);
  t.equal(
    wrongField({ writer: 'v8', trigger: 'request', redacted: false, nodeVersion: 'v26.1.0' }),
    undefined,
  );
  t.equal(wrongField({ ...description, label: 'x'.repeat(201) }), 'label');
  t.equal(wrongField({ ...description, writer: 'v8\n' }), 'writer');
});

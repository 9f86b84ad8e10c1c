import { mkdirSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { newDirectory, openScratch } from './scratch-store.js';

const id = '20260319T090000Z-5f0c1e92ab37';
/** The two files of a snapshot as version 0.1 stored them; they must open in every later version. */
const data = Buffer.from('H4sIAAAAAAAEA6tWKs5LLCjOyC9Rsqqu1VHKy09JLVayio6t5QIA0WP/cxsAAAA=', 'base64');
const metadata = `{
  "format": 1,
  "id": "${id}",
  "createdAt": "2026-03-19T09:00:00.000Z",
  "writer": "fork",
  "trigger": "request",
  "redacted": true,
  "nodeVersion": "v20.20.2",
  "pauseMs": 12.5,
  "label": "before the load",
  "verdict": "growing",
  "heapBytes": 1000,
  "nodeCount": 20,
  "edgeCount": 30,
  "rawBytes": 27,
  "storedBytes": 47,
  "sha256": "23f9cf77560a8dfc115b63f7ca308e9c8c7b21aeb297b9fa4681d7694319f306"
}
`;

t.test('a snapshot that an earlier version stored is listed, verified and read', async (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(`${directory}/${id}.heapsnapshot.gz`, data, { mode: 0o600 });
  writeFileSync(`${directory}/${id}.json`, metadata, { mode: 0o600 });
  const store = await openScratch(directory);
  const { format: _, ...known } = JSON.parse(metadata) as { format: number };
  const { snapshots, problems } = await store.list({ verify: true });
  t.same(snapshots, [known]);
  t.same(problems, []);
  t.same(await store.get(id), known);
  const opened = await store.open(id, 'identity');
  t.equal(await text(opened.stream()), '{"snapshot":{},"nodes":[]}\n');
});

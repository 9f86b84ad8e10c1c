import { join } from 'node:path';
import v8 from 'node:v8';
import t from 'tap';
import { chooseWriter, createForkProbe, type ForkSupport } from '../../../../src/snapshot/writers/choice.js';
import { loadNative } from '../../../../src/snapshot/writers/native.js';
import { createSnapshotWriters } from '../../../../src/snapshot/writers/writers.js';
import {
  countInstances,
  ended,
  endIdleReaders,
  fileReader,
  idleReader,
  parseSnapshot,
  temporaryFolder,
  skipWithout,
} from '../capture-tools.js';
import { childProcesses, snapshotChild } from '../processes.js';

const addon = loadNative();
const skip = skipWithout(addon);
t.setTimeout(230_000);
t.afterEach(() => endIdleReaders());

class PlantedForTheWriters {
  readonly name = 'planted';
}

t.test(
  'where forking works it is chosen by a self-test, once, on the first question',
  { skip },
  async (t) => {
    const writers = createSnapshotWriters();
    t.teardown(() => writers.close());
    t.equal(writers.knownChoice(), undefined, 'nothing is tested before somebody asks');
    t.equal(childProcesses().length, 0);
    const asked = [writers.choice(), writers.choice()];
    t.ok(childProcesses().length <= 1, 'one test for both');
    const [choice, same] = await Promise.all(asked);
    t.match(choice, { writer: 'fork', reason: 'self-test passed', detail: /forked in [\d.]+ ms/ });
    t.same(same, choice);
    t.same(writers.knownChoice(), choice);
  },
);

t.test('a capture goes to the chosen writer, and is counted', { skip }, async (t) => {
  const writers = createSnapshotWriters();
  t.teardown(() => writers.close());
  const held = [new PlantedForTheWriters()];
  const file = join(temporaryFolder(t), 'out.heapsnapshot');
  const outcome = await writers.capture({ spawnReader: fileReader(file) });
  t.match(outcome, { outcome: 'written', writer: 'fork' });
  if (outcome.outcome !== 'written') return;
  t.equal(await ended(outcome.reader), 0);
  t.equal(countInstances(parseSnapshot(file), 'PlantedForTheWriters'), held.length);
  t.same(writers.counts(), { captures: 1, written: 1, failed: 0, retries: 0, killed: 0 });
});

t.test('what the watchdog did is counted', { skip }, async (t) => {
  const writers = createSnapshotWriters({ limits: { stallMs: 3000, deadlineMs: 60_000 } });
  t.teardown(() => writers.close());
  const capture = writers.capture({ spawnReader: fileReader('/dev/null') });
  process.kill(await snapshotChild(), 'SIGSTOP');
  t.equal((await capture).outcome, 'written');
  t.same(writers.counts(), { captures: 1, written: 1, failed: 0, retries: 1, killed: 1 });
});

t.test('closing in the middle of the self-test ends it', { skip }, async (t) => {
  const probe = createForkProbe();
  const asked = probe.support();
  probe.close();
  t.match(await asked, { usable: false, reason: 'self-test failed' });
});

t.test('where forking does not work V8 streams, and the reason is told', async (t) => {
  const probe = createForkProbe({
    load: () => ({ loaded: false, reason: 'musl', detail: 'the C library is not glibc' }),
  });
  const writers = createSnapshotWriters({ probe });
  t.teardown(() => writers.close());
  t.equal(createSnapshotWriters({ writer: 'v8' }).knownChoice()?.writer, 'v8', 'what needs no test is known');
  t.same(await writers.choice(), { writer: 'v8', reason: 'musl', detail: 'the C library is not glibc' });
  const held = [new PlantedForTheWriters()];
  const file = join(temporaryFolder(t), 'out.heapsnapshot');
  const outcome = await writers.capture({ spawnReader: fileReader(file) });
  t.match(outcome, { outcome: 'written', writer: 'v8', attempts: [{ preparation: 'none' }] });
  if (outcome.outcome !== 'written') return;
  t.equal(await ended(outcome.reader), 0);
  t.equal(countInstances(parseSnapshot(file), 'PlantedForTheWriters'), held.length);
  for (const writer of ['fork', 'heapdump'] as const) {
    t.match(await writers.capture({ spawnReader: idleReader, writer }), {
      outcome: 'failed',
      error: { code: 'TIDEMARK_ERR_SNAPSHOT_UNAVAILABLE', message: /musl \(the C library is not glibc\)/ },
    });
  }
});

t.test('the choice follows the option, and says what stands against it', async (t) => {
  const usable = { usable: true, switches: new Map(), pauseMs: 5 } as unknown as ForkSupport;
  const refused: ForkSupport = { usable: false, reason: 'refused', detail: 'in the child prctl was refused' };
  t.match(chooseWriter('auto', usable), { writer: 'fork', reason: 'self-test passed' });
  t.match(chooseWriter('auto', refused), { writer: 'v8', reason: 'refused', detail: /prctl/ });
  t.match(chooseWriter('fork', refused), {
    writer: 'fork',
    reason: 'option',
    detail: /does not work: refused/,
  });
  t.match(chooseWriter('heapdump', usable), { writer: 'heapdump', reason: 'option' });
});

t.test('the switches of V8 are as before after all this', async (t) => {
  const tag = v8.cachedDataVersionTag();
  v8.setFlagsFromString('--incremental-marking');
  t.equal(v8.cachedDataVersionTag(), tag, 'it is on, so setting it changes nothing');
});

import { join } from 'node:path';
import v8 from 'node:v8';
import t from 'tap';
import { createSingleFlight } from '../../../../src/cost/single-flight.js';
import { TidemarkError } from '../../../../src/base/errors.js';
import { systemClock } from '../../../../src/base/clock.js';
import { chooseWriter, createForkProbe, type ForkGround } from '../../../../src/snapshot/writers/choice.js';
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
} from '../capture-tools.js';
import { childProcesses, snapshotChild } from '../processes.js';

const addon = loadNative();
const skip = addon.loaded ? false : `${addon.reason}: ${addon.detail}`;
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
  const writers = createSnapshotWriters({ limits: { stallMs: 1000, deadlineMs: 60_000 } });
  t.teardown(() => writers.close());
  const capture = writers.capture({ spawnReader: fileReader('/dev/null') });
  process.kill(await snapshotChild(), 'SIGSTOP');
  t.equal((await capture).outcome, 'written');
  t.same(writers.counts(), { captures: 1, written: 1, failed: 0, retries: 1, killed: 1 });
});

t.test('a second capture is refused while one runs, also by another instance', { skip }, async (t) => {
  const [one, other] = [createSnapshotWriters(), createSnapshotWriters({ writer: 'v8' })];
  const stop = new AbortController();
  const capture = one.capture({ spawnReader: idleReader, signal: stop.signal });
  await snapshotChild();
  for (const writers of [one, other]) {
    t.match(await writers.capture({ spawnReader: idleReader }), {
      outcome: 'failed',
      attempts: [],
      pauseMs: 0,
      error: { code: 'TIDEMARK_ERR_COST_BUSY', message: /"a heap snapshot" runs since/ },
    });
  }
  stop.abort();
  t.match(await capture, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' } });
  await Promise.all([one.close(), other.close()]);
});

t.test('closing ends the capture that runs, and allows no other', { skip }, async (t) => {
  const writers = createSnapshotWriters();
  const capture = writers.capture({ spawnReader: idleReader });
  await snapshotChild();
  await writers.close();
  t.equal(
    childProcesses().filter(({ name }) => name === 'tidemark-snap').length,
    0,
    'reaped when it resolves',
  );
  t.match(await capture, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' } });
  const late = await writers.capture({ spawnReader: idleReader });
  t.match(late, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED', message: /the server closes/ } });
});

t.test('closing in the middle of the self-test ends it', { skip }, async (t) => {
  const probe = createForkProbe();
  const asked = probe.ground();
  probe.close();
  t.match(await asked, { usable: false, reason: 'self-test failed' });
});

t.test('where forking does not work V8 streams, and the reason is told', async (t) => {
  const probe = createForkProbe({
    load: () => ({ loaded: false, reason: 'musl', detail: 'the C library is not glibc' }),
  });
  const writers = createSnapshotWriters({ probe, slot: createSingleFlight(systemClock) });
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
  const usable = { usable: true, switches: new Map(), pauseMs: 5 } as unknown as ForkGround;
  const refused: ForkGround = { usable: false, reason: 'refused', detail: 'in the child prctl was refused' };
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

t.test('an unforeseen fault of a writer is an outcome too', async (t) => {
  const slot = { current: () => undefined, tryRun: () => Promise.reject(new TypeError('unforeseen')) };
  const outcome = await createSnapshotWriters({ writer: 'v8', slot }).capture({ spawnReader: idleReader });
  t.equal(outcome.outcome === 'failed' && outcome.error instanceof TidemarkError, true);
  t.match(outcome, { error: { code: 'TIDEMARK_ERR_INTERNAL' } });
});

import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import v8 from 'node:v8';
import t from 'tap';
import { systemClock } from '../../../../src/base/clock.js';
import {
  createHeapdumpWriter,
  loadHeapdump,
  type Heapdump,
} from '../../../../src/snapshot/writers/heapdump-writer.js';
import { loadNative } from '../../../../src/snapshot/writers/native.js';
import { createV8Writer } from '../../../../src/snapshot/writers/v8-writer.js';
import { defaultLimits } from '../../../../src/snapshot/writers/watchdog.js';
import {
  ended,
  endIdleReaders,
  fileReader,
  idleReader,
  parseSnapshot,
  temporaryFolder,
  skipWithout,
} from '../capture-tools.js';
import { beyond } from '../../../helpers/left-over.js';
import { childProcesses } from '../processes.js';

t.setTimeout(230_000);
t.afterEach(() => endIdleReaders());
const clock = systemClock;
const v8Writer = createV8Writer({ clock, limits: defaultLimits });

t.test('V8 streams a whole snapshot, and its pause is measured', async (t) => {
  const file = join(temporaryFolder(t), 'out.heapsnapshot');
  const outcome = await v8Writer.capture({ spawnReader: fileReader(file) });
  t.match(outcome, { outcome: 'written', writer: 'v8', attempts: { length: 1 } });
  if (outcome.outcome !== 'written') return;
  t.equal(await ended(outcome.reader), 0);
  t.ok(parseSnapshot(file).nodes.length > 0);
  t.equal(outcome.writtenBytes, statSync(file).size);
  t.ok(outcome.pauseMs > 0 && outcome.pauseMs < outcome.totalMs, 'one of its two stops');
});

t.test(
  'a reader of the stream that goes, hangs, never comes or is not wanted ends the capture',
  async (t) => {
    const gone = await v8Writer.capture({
      spawnReader: (stdin) => spawn('head', ['-c', '10'], { stdio: [stdin, 'ignore', 'ignore'] }),
    });
    t.match(gone, { outcome: 'failed', error: { code: 'TIDEMARK_ERR_SNAPSHOT_READER' } });
    const missing = await v8Writer.capture({
      spawnReader: (stdin) => spawn('/no/such/program', { stdio: [stdin, 'ignore', 'ignore'] }),
    });
    t.match(missing, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_READER', message: /ENOENT/ } });
    const deaf = await v8Writer.capture({ spawnReader: () => spawn('true', { stdio: 'ignore' }) });
    t.match(deaf, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_READER', message: /no standard input/ } });
    const impatient = createV8Writer({ clock, limits: { stallMs: 500, deadlineMs: 60_000 } });
    const hung = await impatient.capture({ spawnReader: idleReader });
    t.match(hung, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_STALLED', message: /took nothing for 0\.5 s/ } });
    const early = await v8Writer.capture({ spawnReader: idleReader, signal: AbortSignal.abort() });
    t.match(early, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' } });
    const stop = new AbortController();
    const capture = v8Writer.capture({ spawnReader: idleReader, signal: stop.signal });
    stop.abort();
    t.match(await capture, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' } });
  },
);

const addon = loadNative();
const skip = skipWithout(addon);

/** Does what heapdump does, with what Node brings: heapdump itself does not build on every Node that is supported. */
const likeHeapdump: Heapdump = {
  writeSnapshot(path, done) {
    try {
      v8.writeHeapSnapshot(path);
      process.nextTick(done, null, path);
    } catch (error) {
      process.nextTick(done, error);
    }
  },
};

t.test('heapdump writes into the pipe while another thread guards it', { skip }, async (t) => {
  if (!addon.loaded) return;
  const tools = { native: addon.native, clock, limits: defaultLimits, load: () => likeHeapdump };
  const writer = createHeapdumpWriter(tools);
  const file = join(temporaryFolder(t), 'out.heapsnapshot');
  const outcome = await writer.capture({ spawnReader: fileReader(file) });
  t.match(outcome, { outcome: 'written', writer: 'heapdump' });
  if (outcome.outcome !== 'written') return;
  t.equal(await ended(outcome.reader), 0);
  t.ok(parseSnapshot(file).nodes.length > 0);
  const hasty = createHeapdumpWriter({ ...tools, limits: { ...defaultLimits, deadlineMs: 300 } });
  const hung = await hasty.capture({ spawnReader: idleReader });
  t.match(hung, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_READER' } }, 'the guard freed this thread');
  const early = await writer.capture({ spawnReader: idleReader, signal: AbortSignal.abort() });
  t.match(early, { error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' } });
});

const children = (): string[] => childProcesses().map(({ pid }) => String(pid));

t.test('heapdump that is not installed is said, and starts nothing', { skip }, async (t) => {
  if (!addon.loaded) return;
  const load = (): Heapdump => loadHeapdump(createRequire(join(temporaryFolder(t), 'x.js')));
  const before = children();
  const writer = createHeapdumpWriter({ native: addon.native, clock, limits: defaultLimits, load });
  t.match(await writer.capture({ spawnReader: idleReader }), {
    error: { code: 'TIDEMARK_ERR_SNAPSHOT_UNAVAILABLE', message: /Cannot find module 'heapdump'/ },
  });
  t.same(beyond(children(), before), []);
});

t.test('heapdump is loaded without its signal handler, and the variable is left as it was', async (t) => {
  const seen: unknown[] = [];
  const require = (id: string): unknown => {
    seen.push(id, process.env['NODE_HEAPDUMP_OPTIONS']);
    return likeHeapdump;
  };
  loadHeapdump(require);
  t.notOk('NODE_HEAPDUMP_OPTIONS' in process.env);
  process.env['NODE_HEAPDUMP_OPTIONS'] = 'other';
  t.teardown(() => delete process.env['NODE_HEAPDUMP_OPTIONS']);
  loadHeapdump(require);
  t.equal(process.env['NODE_HEAPDUMP_OPTIONS'], 'other');
  t.same(seen, ['heapdump', 'nosignal', 'heapdump', 'nosignal']);
});

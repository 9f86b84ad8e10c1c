import { closeSync, createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { faultOf } from './child-end.js';
import { createGcFlags } from './gc-flags.js';
import { forkHeap, openPipe, type NativeFork } from './native.js';
import type { SelfTestReport } from './self-test.js';
import { writeAndExit } from './snapshot-child.js';

/** Two arguments: the path of the addon, and the switches of V8 that are on. The report goes to standard output. */
const [, , addon = '', switches = ''] = process.argv;
const SETTLE_MS = 50;

async function test(): Promise<SelfTestReport> {
  const native = createRequire(import.meta.url)(addon) as NativeFork;
  const flags = createGcFlags(new Map(switches.split(',').map((name) => [name, true])));
  flags.disableBackgroundGc();
  await delay(SETTLE_MS);
  const { readEnd, writeEnd } = openPipe(native);
  const startMs = performance.now();
  const fork = forkHeap(native, writeEnd, () => writeAndExit(native, writeEnd));
  const pauseMs = performance.now() - startMs;
  flags.restore();
  if (!fork.forked) return { passed: false, reason: 'refused', detail: fork.detail };
  const output = createReadStream('', { fd: readEnd });
  closeSync(writeEnd);
  const snapshot = await text(output);
  let status = native.poll(fork.pid, true);
  while (status === -1) {
    await delay(5);
    status = native.poll(fork.pid, true);
  }
  const fault = faultOf(status);
  if (fault !== undefined) {
    return {
      passed: false,
      reason: fault.fault === 'refused' ? 'refused' : 'self-test failed',
      detail: fault.detail,
    };
  }
  const { nodes } = JSON.parse(snapshot) as { nodes?: unknown };
  if (!Array.isArray(nodes) || nodes.length === 0) {
    return { passed: false, reason: 'self-test failed', detail: 'the snapshot has no nodes' };
  }
  return { passed: true, pauseMs };
}

test()
  .catch((error: unknown): SelfTestReport => {
    return {
      passed: false,
      reason: 'self-test failed',
      detail: error instanceof Error ? error.message : String(error),
    };
  })
  .then((report) => process.stdout.write(JSON.stringify(report)))
  .catch(() => process.exit(1));

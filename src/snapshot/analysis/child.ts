/**
 * The process that redacts, stores, analyses and compares snapshots. Its memory is not the server's, and the kernel kills
 * it first if memory runs short. It ends with the server.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { analyzeTask, compareTask, storeTask } from './tasks.js';
import { faultOf, type AnalysisTask, type ChildMessage } from './messages.js';

/** Progress is reported at most this often. */
const REPORT_EVERY_MS = 100;
const OOM_SCORE = 1000;

function lowerPriority(): void {
  // Not permitted everywhere; the work does not depend on it.
  try {
    os.setPriority(os.constants.priority.PRIORITY_LOW);
    writeFileSync('/proc/self/oom_score_adj', String(OOM_SCORE));
  } catch {
    return;
  }
}

function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function reporter(): (share: number, step: string) => void {
  let lastMs = -Infinity;
  let lastStep = '';
  return (share, step) => {
    const nowMs = performance.now();
    if (step === lastStep && nowMs - lastMs < REPORT_EVERY_MS) return;
    lastMs = nowMs;
    lastStep = step;
    void send({ type: 'progress', share, step });
  };
}

async function run(task: AnalysisTask): Promise<ChildMessage> {
  const report = reporter();
  try {
    switch (task.kind) {
      case 'store':
        return { type: 'done', result: await storeTask(task, process.stdin, report) };
      case 'analyze':
        return { type: 'done', result: await analyzeTask(task, report) };
      case 'compare':
        return { type: 'done', result: await compareTask(task, report) };
    }
  } catch (error) {
    return { type: 'failed', fault: faultOf(error) };
  }
}

lowerPriority();
process.once('disconnect', () => process.exit(1));
await send(await run(JSON.parse(process.argv[2] ?? '') as AnalysisTask));
process.exit(0);

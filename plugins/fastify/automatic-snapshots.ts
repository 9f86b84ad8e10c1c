import v8 from 'node:v8';
import type { FastifyInstance } from 'fastify';
import type { Core } from '../../src/runtime/core.js';
import { createAutomatic } from '../../src/snapshot/service/automatic.js';
import type { Inspection } from '../../src/snapshot/service/service.js';
import { isAllegation } from '../../src/verdict/standing.js';

const LOOK_EVERY_MS = 5_000;

/** Snapshots that nobody asks for, as far as the options want any; what is off adds no timer. */
export function takeAutomatically(app: FastifyInstance, core: Core, inspection: Inspection): void {
  const { onVerdict, atLimitRatio, automaticPerDay, nearHeapLimit } = core.options.snapshots;
  // V8 writes these by itself and as they are, into the folder of --diagnostic-dir.
  if (nearHeapLimit > 0) v8.setHeapSnapshotNearHeapLimit(nearHeapLimit);
  if (!onVerdict && atLimitRatio === 0) return;
  const automatic = createAutomatic({
    clock: core.clock,
    inspection,
    onVerdict,
    atLimitRatio,
    perDay: automaticPerDay,
    stateDirectory: core.options.stateDirectory,
    log: app.log,
    read() {
      const { heap, limit } = core.latest();
      const judgement = core.judgement();
      return {
        isAlleged: judgement !== undefined && isAllegation(judgement),
        usedRatio: heap && limit && heap.usedBytes / limit.bytes,
      };
    },
  });
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  app.addHook('onReady', async () => {
    timer = setInterval(() => (looking = automatic.look()), LOOK_EVERY_MS);
    timer.unref();
  });
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await looking;
  });
}

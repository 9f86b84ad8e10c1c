import { readFile } from 'node:fs/promises';
import { servedDocument, type OpenapiDocument } from '../answers/openapi.js';
import { systemClock, type Clock } from '../base/clock.js';
import { featureOff } from '../base/errors.js';
import { createFailures } from '../base/failures.js';
import type { ResolvedOptions } from '../config/options.js';
import { createOperations } from '../cost/operations.js';
import { createMetrics, type Metrics } from '../metrics/registry.js';
import { download, type Download, type DownloadRequest } from '../snapshot/service/download.js';
import {
  createSnapshotService,
  type SnapshotLog,
  type SnapshotService,
} from '../snapshot/service/service.js';
import type { Core } from './core.js';
import { createJudge } from './judge.js';
import { createLedger } from './ledger.js';
import { createSensors, type Probes, type Sensors } from './sensors.js';
import { createTidemark, type Tidemark } from './tidemark.js';

export interface RuntimeDependencies extends Probes {
  /** A pino logger fits. */
  readonly log: SnapshotLog;
  readonly clock?: Clock;
}

/**
 * Everything a server needs, whatever its framework: measuring, judging, answering. Requests come in through
 * `sensors.recording`.
 */
export interface Runtime {
  readonly core: Core;
  /** `recording` takes the requests of a server, `windows` follows some of them. */
  readonly sensors: Sensors;
  readonly tidemark: Tidemark;
  /** Absent if metrics are off. */
  readonly metrics: Metrics | undefined;
  /** Absent if snapshots are off. */
  readonly snapshots: SnapshotService | undefined;
  /** The OpenAPI document as this installation serves it. */
  openapi(): Promise<OpenapiDocument>;
  /** A stored snapshot as a file, compressed and in ranges as requested. */
  download(id: string, request: DownloadRequest): Promise<Download>;
  /** Starts measuring. Does nothing after {@link Runtime.stop}; after a failure nothing keeps running. */
  start(): Promise<void>;
  /** Tells waiting operations that the server is about to close. Measuring goes on until {@link Runtime.stop}. */
  endWaits(): void;
  /**
   * Stops everything that was started. Never rejects: a part that does not stop is reported as a failure, and the rest
   * is stopped.
   */
  stop(): Promise<void>;
  /** Takes a sample and, if it is time, starts what takes longer. Once started, a timer calls it. Never rejects. */
  tick(): Promise<void>;
}

export function createRuntime(options: ResolvedOptions, dependencies: RuntimeDependencies): Runtime {
  const { log, clock = systemClock } = dependencies;
  const failures = createFailures(log);
  const waits = new AbortController();
  const stopping = waits.signal;
  const ledger = createLedger(options, {
    clock,
    failures,
    latest: () => sensors.latest(),
    profileReadMs: () => sensors.profile?.latest()?.costMs,
    selfBytes: () => sensors.selfBytes(),
  });
  const { admission, gcPauseMs, charge, budget } = ledger;
  const sensors: Sensors = createSensors(options, {
    ...dependencies,
    clock,
    failures,
    stopping,
    payment: { admission, gcPauseMs, paid: charge },
  });
  const judge = createJudge(options, { clock, failures, evidence: sensors, ledger });
  const operations = createOperations(clock, (err) =>
    log.warn({ part: 'operations', err }, 'tidemark: an operation failed'),
  );
  const core: Core = { options, clock, stopping, operations, ...sensors, ...judge, ...ledger };
  const snapshots = options.snapshots.enabled ? createSnapshotService(core, log) : undefined;
  const metrics = options.metrics.enabled ? createMetrics(core, options.metrics) : undefined;
  const tidemark = createTidemark({ core, metrics, snapshots });

  let investigating: Promise<void> | undefined;
  let starting: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function tick(): Promise<void> {
    const startedMs = clock.monotonic();
    const sample = failures.guarded('sampler', sensors.sample);
    judge.look(sample);
    sensors.tendProfile();
    sensors.settle(sample, judge.detector?.points.at(-1));
    judge.followVerdict();
    ledger.countSampling(clock.monotonic() - startedMs);
    // One at a time: what falls due while it runs is still due at a later tick.
    if (investigating !== undefined) return;
    investigating = judge
      .investigate()
      .catch((error: unknown) => failures.report('investigation', error))
      .finally(() => (investigating = undefined));
    await investigating;
  }

  async function begin(): Promise<void> {
    try {
      await budget.load();
      sensors.startSensors();
      snapshots?.start();
      timer = setInterval(() => void tick(), options.history.intervalSeconds * 1000);
      timer.unref();
    } catch (error) {
      await halt();
      throw error;
    }
  }

  async function halt(): Promise<void> {
    waits.abort();
    clearInterval(timer);
    try {
      await snapshots?.close();
    } catch (error) {
      failures.report('snapshots', error);
    }
    await operations.close();
    failures.guarded('metrics', () => metrics?.close());
    // Ends the waits of an investigation, whose last payment is written after it.
    sensors.stopSensors();
    await investigating;
    await budget.flush();
  }

  return {
    core,
    sensors,
    tidemark,
    metrics,
    snapshots,
    tick,
    openapi: async () => servedDocument(await readOpenapi(), options),
    async download(id, request) {
      if (snapshots === undefined) throw featureOff('snapshots.enabled');
      return download(await snapshots.store(), id, request);
    },
    endWaits: () => waits.abort(),
    async start() {
      // A server may be closed while it starts, and still start its parts.
      if (ending === undefined) await (starting ??= begin());
    },
    async stop() {
      ending ??= Promise.resolve(starting)
        .catch(() => undefined)
        .then(halt);
      await ending;
    },
  };
}

async function readOpenapi(): Promise<OpenapiDocument> {
  // By the package's own name, so that it is found wherever this file is bundled.
  const text = await readFile(new URL(import.meta.resolve('tidemark/openapi.json')), 'utf8');
  return JSON.parse(text) as OpenapiDocument;
}

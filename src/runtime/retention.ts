import { retentionFindings, type RetentionSource } from '../answers/retention/build.js';
import type { RetentionFindings } from '../answers/retention/schema.js';
import type { Clock } from '../base/clock.js';
import { featureOff, TidemarkError } from '../base/errors.js';
import { wait } from '../base/wait.js';
import type { ResolvedOptions } from '../config/options.js';
import type { Operation, OperationContext, Operations } from '../cost/operations.js';
import { createSlot } from '../cost/slot.js';
import type { Retention, RetentionWindows, WindowRequest } from '../profile/windows/windows.js';

export interface RetentionQuery {
  /** How long requests are followed in total, 0.1 to 60, in consecutive windows; by default one window. */
  readonly seconds?: number;
  /** Ends the measurement, for example when the client disconnects. */
  readonly signal?: AbortSignal;
}

/** Measures what requests leave behind in one retention window, or in several whose figures are pooled. */
export interface RetentionMeasurements {
  /**
   * @throws TidemarkError TIDEMARK_ERR_FEATURE_OFF, TIDEMARK_ERR_INPUT_INVALID, TIDEMARK_ERR_COST_BUSY while another
   *   runs, TIDEMARK_ERR_PROFILE_UNAVAILABLE, and the refusals of the budgets
   */
  measure(query?: RetentionQuery): Promise<RetentionFindings>;
  /** Starts the same as an operation. Resolves once the first window is open; refusals reject here. */
  start(query?: Pick<RetentionQuery, 'seconds'>): Promise<Operation>;
  /** The result of the newest windows, opened on demand or because memory rose. */
  newest(): RetentionFindings;
  /** The same if they ended less than ten minutes ago. */
  recent(): RetentionFindings | undefined;
}

export interface RetentionHost extends RetentionSource {
  readonly options: Pick<ResolvedOptions, 'profile' | 'requests'>;
  readonly clock: Clock;
  /** Aborted when the server is about to close. */
  readonly stopping: AbortSignal;
  readonly windows: RetentionWindows | undefined;
  readonly operations: Operations;
  /** One window, paid from the pause budget. */
  retention(request?: WindowRequest): Promise<Retention>;
}

const SHORTEST_SECONDS = 0.1;
const LONGEST_SECONDS = 60;
const RECENT_MS = 600_000;
/** Retries when other expensive work, such as a probe, runs between two windows. */
const BUSY_TRIES = 40;
const BUSY_WAIT_SECONDS = 0.1;

interface Known {
  readonly last: Retention | undefined;
  readonly findings: RetentionFindings;
}

interface Hooks {
  onOpen?(): void;
  report?: OperationContext['report'];
}

export function createRetentionMeasurements(host: RetentionHost): RetentionMeasurements {
  const { clock } = host;
  const slot = createSlot(clock);
  /** The newest measurement on demand. */
  let onDemand: Known | undefined;
  /** Of later windows, which the judge opened. */
  let found: Known | undefined;

  function checkParts(): void {
    const { profile, requests } = host.options;
    if (!profile.enabled) throw featureOff('profile.enabled');
    if (!requests.enabled) throw featureOff('requests.enabled');
  }

  /** One window may overdraw the budget for promise hooks, a second one may not. */
  function checkCredit(): void {
    const retryAfterSeconds = host.windows?.creditInSeconds ?? 0;
    if (retryAfterSeconds <= 0) return;
    throw new TidemarkError('TIDEMARK_ERR_COST_BUDGET', {
      reason:
        'the budget for promise hooks of retention windows is spent; GET /memory/retention returns the newest result',
      retryAfterSeconds,
    });
  }

  async function openOne(request: WindowRequest, tries: number): Promise<Retention> {
    checkCredit();
    try {
      return await host.retention(request);
    } catch (error) {
      if (tries === 0 || !(error instanceof TidemarkError) || error.code !== 'TIDEMARK_ERR_COST_BUSY')
        throw error;
      await wait(BUSY_WAIT_SECONDS, signalsOf(request.signal)).catch(() => undefined);
      return openOne(request, tries - 1);
    }
  }

  const signalsOf = (signal: AbortSignal | undefined): AbortSignal[] =>
    signal === undefined ? [host.stopping] : [host.stopping, signal];

  async function run(
    { seconds, signal }: RetentionQuery,
    { onOpen, report }: Hooks = {},
  ): Promise<RetentionFindings> {
    const wantedMs = seconds === undefined ? undefined : seconds * 1000;
    const windows: Retention[] = [];
    const limitations: string[] = [];
    let leftMs = wantedMs ?? 0;
    report?.(0, 'following requests');
    do {
      const isFirst = windows.length === 0;
      try {
        const found = await openOne(
          {
            ...(wantedMs !== undefined && { wantedMs: leftMs }),
            ...(signal && { signal }),
            ...(isFirst && onOpen && { onOpen }),
          },
          isFirst ? 0 : BUSY_TRIES,
        );
        windows.push(found);
        leftMs -= found.hooksMs;
        report?.(1 - leftMs / (wantedMs ?? 1));
      } catch (error) {
        const isOver = signalsOf(signal).some(({ aborted }) => aborted);
        if (isFirst || isOver || !(error instanceof TidemarkError)) throw error;
        const followed = ((wantedMs! - leftMs) / 1000).toFixed(1);
        limitations.push(`requests were followed for ${followed} of ${seconds} s: ${error.message}`);
        leftMs = 0;
      }
    } while (leftMs >= SHORTEST_SECONDS * 1000);
    const findings = retentionFindings(host, windows, limitations);
    onDemand = { last: windows.at(-1), findings };
    return findings;
  }

  /** One measurement at a time. */
  async function exclusively<T>(query: RetentionQuery, work: () => Promise<T>): Promise<T> {
    checkParts();
    checkSeconds(query);
    const free = slot.occupy('retention windows');
    try {
      return await work();
    } finally {
      free();
    }
  }

  function newest(): RetentionFindings {
    checkParts();
    const results = host.windows?.results ?? [];
    const last = results.at(-1);
    if (onDemand !== undefined && onDemand.last === last) return onDemand.findings;
    if (found?.last !== last || found === undefined) {
      const sinceMs = onDemand?.last?.toMs ?? -Infinity;
      found = {
        last,
        findings: retentionFindings(
          host,
          results.filter(({ fromMs }) => fromMs >= sinceMs),
        ),
      };
    }
    return found.findings;
  }

  return {
    measure: async (query = {}) => exclusively(query, async () => run(query)),
    async start(query = {}) {
      const stop = new AbortController();
      let report: OperationContext['report'] | undefined;
      let open!: () => void;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const work = exclusively(query, async () =>
        run(
          { ...query, signal: stop.signal },
          { onOpen: open, report: (...progress) => report?.(...progress) },
        ),
      );
      await Promise.race([opened, work]);
      const { operation } = host.operations.start({
        kind: 'retention',
        async run(context) {
          report = context.report;
          report(0, 'following requests');
          context.signal.addEventListener('abort', () => stop.abort(), { once: true });
          if (context.signal.aborted) stop.abort();
          return work;
        },
      });
      return operation;
    },
    newest,
    recent() {
      const last = host.windows?.results.at(-1);
      return last !== undefined && clock.monotonic() - last.toMs <= RECENT_MS ? newest() : undefined;
    },
  };
}

function checkSeconds({ seconds }: RetentionQuery): void {
  if (seconds === undefined || (seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS)) return;
  const expected = `a number from ${SHORTEST_SECONDS} to ${LONGEST_SECONDS}`;
  const details = [{ path: 'seconds', message: `is not ${expected}`, value: seconds, expected }];
  throw new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details });
}

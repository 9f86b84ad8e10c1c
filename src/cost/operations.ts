import { randomBytes } from 'node:crypto';
import { TidemarkError, type ErrorCode } from '../base/errors.js';
import type { Clock } from '../base/clock.js';

export type OperationState = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Work that takes longer than a request should. */
export interface Operation<T = unknown> {
  readonly id: string;
  /** What is done, such as `snapshot`. */
  readonly kind: string;
  /** What it is done to, where that has a name. */
  readonly subject?: string;
  readonly state: OperationState;
  /** 0 to 1; an estimate while it runs. */
  readonly progress: number;
  /** What it is at now. */
  readonly step?: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly result?: T;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

export interface OperationContext {
  /** Aborted when the operation is cancelled, or the server closes. */
  readonly signal: AbortSignal;
  /** @param progress 0 to 1 */
  report(progress: number, step?: string): void;
}

export interface OperationPlan<T> {
  readonly kind: string;
  readonly subject?: string;
  run(context: OperationContext): Promise<T>;
}

/** Running and ended operations, so that a client may leave and come back. */
export interface Operations {
  /** Newest first. */
  list(): readonly Operation[];
  /** @throws TIDEMARK_ERR_OPERATION_UNKNOWN */
  get(id: string): Operation;
  /** Starts at once; what it rejects with becomes the operation's error. */
  start<T>(plan: OperationPlan<T>): { readonly operation: Operation; readonly done: Promise<T> };
  /**
   * Asks a running operation to stop and returns its state at that moment; forgets one that has ended.
   *
   * @throws TIDEMARK_ERR_OPERATION_UNKNOWN
   */
  cancel(id: string): Operation;
  /** Cancels what runs and what is started later, and resolves when all that runs has ended. */
  close(): Promise<void>;
}

interface Entry {
  operation: Operation;
  readonly stop: AbortController;
  readonly done: Promise<unknown>;
}

/** Ended operations that are remembered; running ones always are. */
const MOST_ENDED = 32;

/** @param onFault receives errors that are not of the error table */
export function createOperations(clock: Clock, onFault: (error: unknown) => void): Operations {
  const entries = new Map<string, Entry>();
  let isClosed = false;

  function entryOf(id: string): Entry {
    const entry = entries.get(id);
    if (entry === undefined) throw new TidemarkError('TIDEMARK_ERR_OPERATION_UNKNOWN');
    return entry;
  }

  function forgetOldest(): void {
    const ended = [...entries.values()].filter(({ operation }) => operation.state !== 'running');
    for (const { operation } of ended.slice(0, Math.max(0, ended.length - MOST_ENDED)))
      entries.delete(operation.id);
  }

  return {
    list: () => [...entries.values()].map(({ operation }) => operation).toReversed(),
    get: (id) => entryOf(id).operation,
    start<T>({ kind, subject, run }: OperationPlan<T>) {
      const id = `op-${randomBytes(8).toString('hex')}`;
      const stop = new AbortController();
      if (isClosed) stop.abort();
      const change = (more: Partial<Operation>): void => {
        const entry = entries.get(id);
        if (entry?.operation.state === 'running') entry.operation = { ...entry.operation, ...more };
      };
      const end = (more: Partial<Operation>): void => {
        change({ ...more, endedAtMs: clock.wall() });
        forgetOldest();
      };
      const report = (progress: number, step?: string): void =>
        change({ progress: Math.min(1, Math.max(0, progress)), ...(step !== undefined && { step }) });
      const done = Promise.resolve()
        .then(() => run({ signal: stop.signal, report }))
        .then(
          (result) => {
            end({ state: 'succeeded', progress: 1, result });
            return result;
          },
          (error: unknown) => {
            const isKnown = error instanceof TidemarkError;
            if (!isKnown) onFault(error);
            const told = isKnown ? error : new TidemarkError('TIDEMARK_ERR_INTERNAL', { cause: error });
            const { code, message } = told;
            end({ state: stop.signal.aborted ? 'cancelled' : 'failed', error: { code, message } });
            throw told;
          },
        );
      // A caller that only asks by id does not await it.
      done.catch(() => undefined);
      const operation: Operation = {
        id,
        kind,
        ...(subject !== undefined && { subject }),
        state: 'running',
        progress: 0,
        startedAtMs: clock.wall(),
      };
      entries.set(id, { operation, stop, done });
      return { operation, done };
    },
    cancel(id) {
      const { operation, stop } = entryOf(id);
      if (operation.state === 'running') stop.abort();
      else entries.delete(id);
      return operation;
    },
    async close() {
      isClosed = true;
      for (const { stop } of entries.values()) stop.abort();
      await Promise.allSettled([...entries.values()].map(({ done }) => done));
    },
  };
}

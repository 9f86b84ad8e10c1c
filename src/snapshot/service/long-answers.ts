import type { Clock } from '../../base/clock.js';
import type { Operation, OperationContext, Operations } from '../../cost/operations.js';
import { createSlot } from '../../cost/slot.js';

/** An answer that takes an operation to find, or that operation while it runs. */
export type LongAnswer<T> =
  | { readonly state: 'ready'; readonly answer: T }
  | { readonly state: 'running'; readonly operation: Operation };

export interface LongQuestion<T> {
  /** Equal keys are the same question. */
  readonly key: string;
  readonly kind: string;
  readonly subject?: string;
  /** An older answer is stale; without it none is. */
  readonly maxAgeMs?: number;
  /** Refuses by throwing, or returns what finds the answer; that is then run in any case. */
  prepare(): Promise<(context: OperationContext) => Promise<T>>;
}

export interface LongAnswers {
  /**
   * The answer to a question, which is found once and then remembered. One answer is looked for at a time.
   *
   * @throws what the preparation threw; what the operation rejected with, once: the next call starts anew
   * @throws TIDEMARK_ERR_COST_BUSY while the answer to another question is looked for
   */
  ask<T>(question: LongQuestion<T>): Promise<LongAnswer<T>>;
  /** A remembered answer that is not stale. */
  known<T>(key: string): T | undefined;
}

type Asked =
  | { readonly state: 'starting'; readonly operation: Promise<Operation> }
  | { readonly state: 'running'; readonly operation: Operation }
  | { readonly state: 'ready'; readonly answer: unknown; readonly staleAtMs: number }
  | { readonly state: 'failed'; readonly error: unknown };

/** Answers remembered; each is some hundred kilobytes. */
const MOST_ANSWERS = 8;

export function createLongAnswers(operations: Operations, clock: Clock): LongAnswers {
  const asked = new Map<string, Asked>();
  const slot = createSlot(clock);

  function remember(key: string, outcome: Asked): void {
    asked.delete(key);
    asked.set(key, outcome);
    for (const [oldest, { state }] of asked) {
      if (asked.size <= MOST_ANSWERS) break;
      if (state === 'ready' || state === 'failed') asked.delete(oldest);
    }
  }

  function ready(key: string): Extract<Asked, { state: 'ready' }> | undefined {
    const found = asked.get(key);
    return found?.state === 'ready' && clock.monotonic() < found.staleAtMs ? found : undefined;
  }

  async function start<T>(question: LongQuestion<T>, free: () => void): Promise<Operation> {
    const { key, kind, subject, maxAgeMs = Infinity, prepare } = question;
    try {
      const run = await prepare();
      const { operation, done } = operations.start({ kind, ...(subject !== undefined && { subject }), run });
      remember(key, { state: 'running', operation });
      const end = (outcome: Asked): void => {
        remember(key, outcome);
        free();
      };
      done.then(
        (answer) => end({ state: 'ready', answer, staleAtMs: clock.monotonic() + maxAgeMs }),
        (error: unknown) => end({ state: 'failed', error }),
      );
      return operation;
    } catch (error) {
      asked.delete(key);
      free();
      throw error;
    }
  }

  return {
    known: <T>(key: string) => ready(key)?.answer as T | undefined,
    async ask<T>(question: LongQuestion<T>): Promise<LongAnswer<T>> {
      const { key, kind } = question;
      const answered = ready(key);
      if (answered !== undefined) {
        remember(key, answered);
        return { state: 'ready', answer: answered.answer as T };
      }
      const known = asked.get(key);
      if (known?.state === 'running')
        return { state: 'running', operation: operations.get(known.operation.id) };
      if (known?.state === 'starting') return { state: 'running', operation: await known.operation };
      asked.delete(key);
      if (known?.state === 'failed') throw known.error;
      const operation = start(question, slot.occupy(kind));
      remember(key, { state: 'starting', operation });
      return { state: 'running', operation: await operation };
    },
  };
}

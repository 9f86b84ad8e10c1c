import { TidemarkError } from '../../base/errors.js';
import type { Clock } from '../../base/clock.js';
import type { Operation } from '../../cost/operation.js';
import type { OperationPlan, Operations } from '../../cost/operations.js';

/** An answer that takes an operation to find, or that operation while it runs. */
export type LongAnswer<T> =
  | { readonly state: 'ready'; readonly answer: T }
  | { readonly state: 'running'; readonly operation: Operation };

export interface LongAnswers {
  /**
   * The answer to a question, found by the plan once and then remembered. One question is worked on at a time.
   *
   * @throws what the plan rejected with, once; asked again after it, the plan runs anew
   * @throws TIDEMARK_ERR_COST_BUSY while the answer to another question is looked for
   */
  ask<T>(question: string, plan: OperationPlan<T>): LongAnswer<T>;
  /** The operation that looks for the answer now. */
  running<T>(question: string): LongAnswer<T> | undefined;
  /** An answer that does not stand any more. */
  forget(question: string): void;
}

type Asked =
  | { readonly state: 'running'; readonly operation: Operation }
  | { readonly state: 'ready'; readonly answer: unknown }
  | { readonly state: 'failed'; readonly error: unknown };

/** Answers remembered; each is some hundred kilobytes. */
const MOST_ANSWERS = 8;

export function createAnswers(operations: Operations, clock: Clock): LongAnswers {
  const asked = new Map<string, Asked>();

  function remember(question: string, outcome: Asked): void {
    asked.delete(question);
    asked.set(question, outcome);
    for (const [oldest, { state }] of asked) {
      if (asked.size <= MOST_ANSWERS) break;
      if (state !== 'running') asked.delete(oldest);
    }
  }

  function checkFree(): void {
    for (const one of asked.values()) {
      if (one.state !== 'running') continue;
      const { kind, startedAtMs } = one.operation;
      const seconds = ((clock.wall() - startedAtMs) / 1000).toFixed(1);
      throw new TidemarkError('TIDEMARK_ERR_COST_BUSY', {
        reason: `another ${kind} runs since ${seconds} s`,
      });
    }
  }

  function running(question: string): { state: 'running'; operation: Operation } | undefined {
    const known = asked.get(question);
    if (known?.state !== 'running') return undefined;
    return { state: 'running', operation: operations.get(known.operation.id) };
  }

  return {
    running,
    forget(question) {
      if (asked.get(question)?.state === 'ready') asked.delete(question);
    },
    ask<T>(question: string, plan: OperationPlan<T>): LongAnswer<T> {
      const known = asked.get(question);
      if (known?.state === 'ready') {
        remember(question, known);
        return { state: 'ready', answer: known.answer as T };
      }
      if (known?.state === 'running') return running(question)!;
      asked.delete(question);
      if (known?.state === 'failed') throw known.error;
      checkFree();
      const { operation, done } = operations.start(plan);
      remember(question, { state: 'running', operation });
      done.then(
        (answer) => remember(question, { state: 'ready', answer }),
        (error: unknown) => remember(question, { state: 'failed', error }),
      );
      return { state: 'running', operation };
    },
  };
}

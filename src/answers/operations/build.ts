import type { Operation } from '../../cost/operations.js';
import type { SnapshotTaken } from '../../snapshot/service/capture.js';
import type { LongAnswer } from '../../snapshot/service/long-answers.js';
import type { NextStep } from '../common.js';
import { freeStep } from '../next-step.js';
import type { OperationAnswer, OperationsAnswer } from './schema.js';

type Facts = OperationsAnswer['operations'][number];

/** An answer, or the operation that produces it. */
export type Pending<A = unknown> =
  | { readonly state: 'ready'; readonly answer: A }
  | { readonly state: 'running'; readonly operation: OperationAnswer };

export function buildPending<T, A>(found: LongAnswer<T>, build: (found: T) => A): Pending<A> {
  if (found.state === 'ready') return { state: 'ready', answer: build(found.answer) };
  return { state: 'running', operation: buildOperation(found.operation) };
}

export function buildOperation(operation: Operation): OperationAnswer {
  return { ...factsOf(operation), next: stepsAfter(operation) };
}

export function buildOperations(operations: readonly Operation[]): OperationsAnswer {
  return {
    running: operations.filter(({ state }) => state === 'running').length,
    operations: operations.map(factsOf),
    next: operations.slice(0, 1).flatMap(stepsAfter),
  };
}

function factsOf({ startedAtMs, endedAtMs, result, ...rest }: Operation): Facts {
  return {
    ...rest,
    kind: rest.kind as Facts['kind'],
    startedAt: new Date(startedAtMs).toISOString(),
    ...(endedAtMs !== undefined && { endedAt: new Date(endedAtMs).toISOString() }),
    // Other results have their own resource.
    ...(rest.kind === 'snapshot' && result !== undefined && { result: result as SnapshotTaken }),
  };
}

function stepsAfter({ id, kind, subject = '', state, result }: Operation): readonly NextStep[] {
  if (state === 'running') return [freeStep('how far it is', `/memory/operations/${id}`)];
  if (state !== 'succeeded') return [];
  const why = 'what it found';
  switch (kind) {
    case 'snapshot':
      return [freeStep(why, `/memory/snapshots/${(result as SnapshotTaken).snapshot.id}/analysis`)];
    case 'analysis':
      return [freeStep(why, `/memory/snapshots/${subject}/analysis`)];
    case 'comparison': {
      const [snapshot1 = '', snapshot2 = ''] = subject.split(' ');
      return [freeStep(why, '/memory/snapshot/compare', { snapshot1, snapshot2, format: 'text' })];
    }
    case 'deep':
      return [freeStep(why, '/memory/leak-detection', { deep: '1', format: 'text' })];
    case 'retention':
      return [freeStep(why, '/memory/retention')];
    default:
      return [];
  }
}

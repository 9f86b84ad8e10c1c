import type { Operation } from '../../cost/operations.js';
import { curl, type CurlTarget, type NextStep } from '../curl-step.js';

const FREE = { pauseMs: 0 };

/** An operation as the API shows it. */
export function operationView(operation: Operation, target: CurlTarget): Record<string, unknown> {
  const { startedAtMs, endedAtMs, result, ...rest } = operation;
  return {
    ...rest,
    startedAt: new Date(startedAtMs).toISOString(),
    ...(endedAtMs !== undefined && { endedAt: new Date(endedAtMs).toISOString() }),
    ...(operation.kind === 'snapshot' && result !== undefined && { result }),
    next: nextOf(operation, target),
  };
}

export function operationsView(
  operations: readonly Operation[],
  target: CurlTarget,
): Record<string, unknown> {
  const running = operations.filter(({ state }) => state === 'running').length;
  return {
    running,
    operations: operations.map((operation) => {
      const { next: _, ...facts } = operationView(operation, target);
      return facts;
    }),
    next: operations.slice(0, 1).flatMap((newest) => nextOf(newest, target)),
  };
}

function nextOf({ id, kind, subject, state, result }: Operation, target: CurlTarget): readonly NextStep[] {
  if (state === 'running') {
    return [{ why: 'how far it is', curl: curl(target, `/memory/operations/${id}`), cost: FREE }];
  }
  if (state !== 'succeeded') return [];
  const path = resultPath(kind, subject, result);
  return path === undefined ? [] : [{ why: 'what it found', curl: curl(target, path), cost: FREE }];
}

function resultPath(kind: string, subject = '', result: unknown): string | undefined {
  const text = 'format=text';
  if (kind === 'snapshot') {
    return `/memory/snapshots/${(result as { snapshot: { id: string } }).snapshot.id}/analysis?${text}`;
  }
  if (kind === 'analysis') return `/memory/snapshots/${subject}/analysis?${text}`;
  if (kind === 'deep') return `/memory/leak-detection?deep=1&${text}`;
  const [first, last] = subject.split(' ');
  if (kind === 'comparison') return `/memory/snapshot/compare?snapshot1=${first}&snapshot2=${last}&${text}`;
  return undefined;
}

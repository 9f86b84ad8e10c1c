import { fact, left, nextBlocks, right, table, type Block } from '../render/block.js';
import { percent } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { OperationAnswer, OperationsAnswer } from './schema.js';

type Facts = OperationsAnswer['operations'][number];

const columns = [
  left<Facts>('id', ({ id }) => id),
  left<Facts>('kind', ({ kind }) => kind),
  left<Facts>('state', ({ state }) => state),
  right<Facts>('done', ({ progress }) => percent(progress)),
  left<Facts>('started', ({ startedAt }) => startedAt),
  right<Facts>('took', ({ startedAt, endedAt }) =>
    endedAt === undefined ? '' : duration(startedAt, endedAt),
  ),
  left<Facts>('subject', ({ subject = '' }) => subject),
];

export function operationsBlocks({ running, operations, next }: OperationsAnswer): Block[] {
  return [
    { kind: 'title', text: `${running} running, ${operations.length - running} ended` },
    ...table(columns, operations),
    ...nextBlocks(next),
  ];
}

export function operationBlocks(operation: OperationAnswer): Block[] {
  const { id, kind, subject, startedAt, endedAt, result, error, next } = operation;
  const took = endedAt === undefined ? '' : `, took ${duration(startedAt, endedAt)}`;
  const rows = [
    ...fact('operation', `${id}, ${kind}${subject === undefined ? '' : ` of ${subject}`}`),
    ...fact('state', stateText(operation)),
    ...fact('started', `${startedAt}${took}`),
    ...fact('result', result && resultText(result)),
    ...fact('error', error && `${error.code}: ${error.message}`),
  ];
  return [{ kind: 'facts', rows }, ...nextBlocks(next)];
}

function stateText({ state, progress, step }: OperationAnswer): string {
  if (state !== 'running') return state;
  return `running, ${percent(progress)} done${step === undefined ? '' : `: ${step}`}`;
}

function resultText({ snapshot, writer, attempts, pauseMs }: NonNullable<Facts['result']>): string {
  const tries = attempts === 1 ? '' : ` in ${attempts} attempts`;
  return `snapshot ${snapshot.id} of ${formatBytes(snapshot.rawBytes)} by ${writer}${tries}; the server paused for ${formatSeconds(pauseMs / 1000)}`;
}

function duration(from: string, to: string): string {
  return formatSeconds((Date.parse(to) - Date.parse(from)) / 1000);
}

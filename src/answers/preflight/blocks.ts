import { fact, nextBlocks, type Block, type Fact } from '../render/block.js';
import { interval } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { PreflightAnswer } from './schema.js';

const SURVIVES = {
  yes: ['good', 'The process would survive a heap snapshot now.'],
  unsure: ['unsure', 'The process may not survive a heap snapshot now.'],
  no: ['bad', 'The process would not survive a heap snapshot now.'],
} as const;

const ms = (value: number): string => formatSeconds(value / 1000);

export function preflightBlocks({ next, ...expected }: PreflightAnswer): Block[] {
  const { survives, decidedBy, memory, disk, retryPauseMs, calibratedBy } = expected;
  const [tone, text] = SURVIVES[survives];
  const rows: readonly Fact[] = [
    ['writer', `${expected.writer}: ${expected.reason}; ${expected.detail}`],
    ['pause', interval(expected.pauseMs, ms)],
    ...fact('retry', retryPauseMs && `${interval(retryPauseMs, ms)} if the first fork fails`),
    ['takes', interval(expected.totalMs, ms)],
    ['file', interval(expected.fileBytes)],
    ['peak', `${interval(expected.peakBytes)} of memory, in all processes together`],
    ...fact('memory', memory && budgetText(memory)),
    ...fact('disk', disk && budgetText(disk)),
    ...fact('decided by', decidedBy),
    ['at risk', `the ${expected.atRisk}, if memory is short after all`],
    [
      'based on',
      calibratedBy === 0 ? 'no capture of this process yet' : `${calibratedBy} captures of this process`,
    ],
  ];
  return [{ kind: 'headline', tone, text }, { kind: 'facts', rows }, ...nextBlocks(next)];
}

function budgetText({ needBytes, freeBytes }: NonNullable<PreflightAnswer['memory']>): string {
  return `needs ${interval(needBytes)}, ${formatBytes(freeBytes)} are free`;
}

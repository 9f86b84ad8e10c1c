import type { PreflightReport } from '../../snapshot/service/capture.js';
import type { NextStep } from '../common.js';
import type { PreflightAnswer } from './schema.js';

export function buildPreflight({ choice, ...expected }: PreflightReport): PreflightAnswer {
  return {
    ...expected,
    reason: choice.writer === expected.writer ? choice.reason : 'named in the query',
    detail: choice.detail,
    next: stepsAfter(Math.ceil(expected.pauseMs.value)),
  };
}

function stepsAfter(pauseMs: number): NextStep[] {
  return [
    {
      why: 'take the snapshot',
      method: 'POST',
      path: '/memory/snapshot',
      role: 'operate',
      cost: { pauseMs },
    },
    {
      why: 'who holds what grows: two snapshots some traffic apart; ask until it answers 200',
      method: 'GET',
      path: '/memory/leak-detection',
      query: { deep: '1', format: 'text' },
      role: 'operate',
      cost: { pauseMs: 2 * pauseMs },
    },
  ];
}

import { Type } from 'typebox';
import { type Answer, NextSteps, Time, VerdictName } from '../common.js';

export const Suggestion = Type.Object(
  {
    severity: Type.Enum(['critical', 'warning', 'info'], { type: 'string' }),
    title: Type.String(),
    evidence: Type.String({ description: 'what was measured' }),
    action: Type.String(),
    impactBytes: Type.Optional(Type.Integer({ description: 'the memory it is about, bytes' })),
  },
  { title: 'Suggestion' },
);

export const OptimizeAnswer = Type.Object(
  {
    at: Time,
    summary: Type.String(),
    verdict: Type.Optional(VerdictName),
    suggestions: Type.Array(Suggestion, { description: 'most severe first' }),
    next: NextSteps,
  },
  { title: 'Suggestions' },
);

export type OptimizeAnswer = Answer<typeof OptimizeAnswer>;
export type Suggestion = Answer<typeof Suggestion>;

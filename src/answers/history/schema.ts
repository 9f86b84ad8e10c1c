import { Type } from 'typebox';
import { byName, type Answer, Count, NextSteps, Seconds, Time } from '../common.js';

const Column = Type.Array(Type.Union([Type.Number(), Type.Null()]), {
  description: 'one value a step; null where nothing was read',
});

const Series = Type.Object({ min: Column, max: Column, last: Column }, { title: 'Series' });

export const HistoryAnswer = Type.Object(
  {
    tier: Type.Object({ stepSeconds: Seconds }, { description: 'the tier that served it' }),
    stepSeconds: Seconds,
    from: Time,
    to: Time,
    times: Type.Array(Time, { description: 'when each step began' }),
    series: byName(Series),
    gaps: Count,
    next: NextSteps,
  },
  { title: 'History' },
);

export type HistoryAnswer = Answer<typeof HistoryAnswer>;

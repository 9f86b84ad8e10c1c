import { Type } from 'typebox';
import { historyBlocks } from '../src/answers/history/blocks.js';
import { historyCsv } from '../src/answers/history/csv.js';
import { HistoryAnswer } from '../src/answers/history/schema.js';
import { answerOf } from './schemas/media.js';
import { featureRefusals } from './schemas/refusals.js';
import { route } from './schemas/route.js';

export const historyRoute = route({
  path: '/memory/history',
  role: 'read',
  blocks: historyBlocks,
  summary: 'How memory came to where it is',
  description:
    'Costs nothing. Minimum, maximum and last value of each step, from the finest tier that reaches back far enough.',
  query: {
    from: Type.Optional(
      Type.String({
        description: 'ISO 8601, milliseconds since the epoch, or seconds before now as -600',
      }),
    ),
    to: Type.Optional(Type.String({ description: 'as from; the newest value by default' })),
    step: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 86_400,
        description: 'seconds; raised to what the tier has',
      }),
    ),
    series: Type.Optional(Type.String({ description: 'names, separated by commas; all by default' })),
    format: Type.Optional(
      Type.Enum(['json', 'csv', 'text'], { type: 'string', description: 'json by default' }),
    ),
  },
  response: {
    200: answerOf(HistoryAnswer, 'Columns by series; as CSV one line a step.', 'text/csv'),
    ...featureRefusals,
  },
  handle({ tidemark }, request, reply) {
    const { format, ...query } = request.query;
    // Called first, as an error is never CSV.
    const answer = tidemark.history(query);
    if (format === 'csv') reply.type('text/csv; charset=utf-8').serializer(historyCsv);
    return answer;
  },
});

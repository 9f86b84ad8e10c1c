import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { answerOf, pendingOf } from './schemas/media.js';
import { costRefusals, featureRefusals } from './schemas/refusals.js';
import { verdictBlocks } from '../src/answers/verdict/blocks.js';
import { VerdictAnswer } from '../src/answers/verdict/schema.js';
import { documentQuery, route } from './schemas/route.js';

/** Called before and after validation, so any value but a clear no counts as a yes. */
const isYes = (value: unknown): boolean => value !== undefined && !['0', 'false'].includes(String(value));

function asksForPause(request: FastifyRequest): boolean {
  const { gc, window } = request.query as { readonly gc?: unknown; readonly window?: unknown };
  return isYes(gc) || isYes(window);
}

function asksForSnapshots(request: FastifyRequest): boolean {
  return isYes((request.query as { deep?: unknown }).deep);
}

export const leakDetectionRoute = route({
  path: '/memory/leak-detection',
  role: 'read',
  expensive: 'gc',
  expensiveWhen: asksForPause,
  operateWhen: asksForSnapshots,
  blocks: verdictBlocks,
  summary: 'Is it leaking, how fast, until when, which route, which line',
  description:
    'Costs nothing; with gc=1 one full GC, so that the newest floor is exact; with window=1 two full GCs and promise hooks for two seconds or less, which show which requests leave memory behind; with deep=1, which needs the role operate, the pauses of two snapshots.',
  query: {
    gc: Type.Optional(Type.Boolean({ description: '1 or true: pay one full GC first' })),
    window: Type.Optional(
      Type.Boolean({
        description: '1 or true: first follow requests in a retention window, for two seconds or less',
      }),
    ),
    deep: Type.Optional(
      Type.Boolean({
        description:
          '1 or true: two heap snapshots some traffic apart say who holds what grew; 202 until they have',
      }),
    ),
    ...documentQuery,
  },
  response: {
    200: answerOf(VerdictAnswer, 'The verdict, its evidence and its suspects.', 'text/markdown'),
    202: pendingOf('text/markdown'),
    ...featureRefusals,
    ...costRefusals,
  },
  async handle({ tidemark }, request, reply) {
    const { gc = false, window = false, deep = false } = request.query;
    if (!deep) return tidemark.verdict({ gc, window, signal: request.signal });
    return reply.sendPending(await tidemark.deepVerdict());
  },
});

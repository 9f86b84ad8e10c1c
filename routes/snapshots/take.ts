import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { FormatQuery } from '../../src/answers/common.js';
import { Writer } from '../../src/answers/snapshots/schema.js';
import type { WriterName } from '../../src/snapshot/writers/writer.js';
import { pendingAnswer } from '../schemas/media.js';
import { bodyRefusals, costRefusals, featureRefusals, refusals } from '../schemas/refusals.js';

interface Body {
  readonly writer?: WriterName;
  readonly redact?: boolean;
  readonly label?: string;
  readonly force?: boolean;
}

export function takeSnapshotRoute(app: FastifyInstance): void {
  app.post<{ Body: Body | undefined | null }>(
    '/memory/snapshot',
    {
      config: { tidemark: { role: 'operate', expensive: 'snapshot' } },
      schema: {
        summary: 'Take a heap snapshot',
        description:
          'Costs one pause, as long as the preflight says, paid from the pause budget. The server goes on while a forked child writes. The body may be left out.',
        tags: ['snapshots'],
        querystring: FormatQuery,
        body: Type.Object(
          {
            writer: Type.Optional(Writer),
            redact: Type.Optional(
              Type.Boolean({ description: 'true by default; false needs `snapshots.allowRaw` as well' }),
            ),
            label: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\p{C}]+$' })),
            force: Type.Optional(
              Type.Boolean({ description: 'take it although the preflight says no; false by default' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 202: pendingAnswer, ...refusals, ...featureRefusals, ...costRefusals, ...bodyRefusals },
      },
    },
    async (request, to) =>
      to.sendPending({ state: 'running', operation: await app.tidemark.snapshots.take(request.body ?? {}) }),
  );
}

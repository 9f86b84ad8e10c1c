import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { WriterName } from '../src/snapshot/writers/writer.js';
import { EmptyQuery, Format, FormatQuery } from '../src/answers/common.js';
import { answerOf, fileOf, pendingAnswer } from './schemas/media.js';
import {
  analysisRefusals,
  bodyRefusals,
  costRefusals,
  downloadRefusals,
  featureRefusals,
  refusals,
  snapshotRefusals,
} from './schemas/refusals.js';
import { analysisBlocks } from '../src/answers/analysis/blocks.js';
import { AnalysisAnswer } from '../src/answers/analysis/schema.js';
import { comparisonBlocks } from '../src/answers/comparison/blocks.js';
import { ComparisonAnswer } from '../src/answers/comparison/schema.js';
import { preflightBlocks } from '../src/answers/preflight/blocks.js';
import { PreflightAnswer } from '../src/answers/preflight/schema.js';
import { snapshotBlocks, snapshotsBlocks } from '../src/answers/snapshots/blocks.js';
import { SnapshotAnswer, SnapshotId, SnapshotsAnswer, Writer } from '../src/answers/snapshots/schema.js';

interface TakeBody {
  readonly writer?: WriterName;
  readonly redact?: boolean;
  readonly label?: string;
  readonly force?: boolean;
}

const params = Type.Object({ id: SnapshotId });
const tags = ['snapshots'];
const operate = { tidemark: { role: 'operate' } } as const;

export function snapshotRoutes(app: FastifyInstance): void {
  app.get<{ Querystring: { writer?: WriterName } }>(
    '/memory/snapshot/preflight',
    {
      config: { tidemark: { role: 'read', blocks: preflightBlocks } },
      schema: {
        summary: 'What a heap snapshot would cost now, and whether the process would survive it',
        description:
          'Costs nothing; the first question in a process tests in another whether it can be forked.',
        tags,
        querystring: Type.Object(
          { writer: Type.Optional(Writer), format: Type.Optional(Format) },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(PreflightAnswer, 'Pause, memory and disk that it would take.'),
          ...refusals,
          ...featureRefusals,
        },
      },
    },
    async (request) => app.tidemark.snapshots.preflight(request.query.writer),
  );

  app.post<{ Body: TakeBody | undefined | null }>(
    '/memory/snapshot',
    {
      config: { tidemark: { role: 'operate', expensive: 'snapshot' } },
      schema: {
        summary: 'Take a heap snapshot',
        description:
          'Costs one pause, as long as the preflight says, paid from the pause budget. The server goes on while a forked child writes. The body may be left out.',
        tags,
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

  app.get<{ Querystring: { verify?: boolean } }>(
    '/memory/snapshots',
    {
      config: { tidemark: { role: 'read', blocks: snapshotsBlocks } },
      schema: {
        summary: 'The stored heap snapshots',
        description: 'Costs nothing; with verify=1 all files are read to compare their checksums.',
        tags,
        querystring: Type.Object(
          {
            verify: Type.Optional(Type.Boolean({ description: '1 or true: compare the checksums' })),
            format: Type.Optional(Format),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(SnapshotsAnswer, 'Newest first, and files that are not served.'),
          ...refusals,
          ...featureRefusals,
        },
      },
    },
    async (request) => app.tidemark.snapshots.list(request.query.verify === true),
  );

  app.get<{ Params: { id: string } }>(
    '/memory/snapshots/:id',
    {
      config: { tidemark: { role: 'read', blocks: snapshotBlocks } },
      schema: {
        summary: 'What is known of a stored snapshot',
        description: 'Costs nothing.',
        tags,
        params,
        querystring: FormatQuery,
        response: { 200: answerOf(SnapshotAnswer, 'Its metadata.'), ...refusals, ...snapshotRefusals },
      },
    },
    async (request) => app.tidemark.snapshots.get(request.params.id),
  );

  app.delete<{ Params: { id: string } }>(
    '/memory/snapshots/:id',
    {
      config: operate,
      schema: {
        summary: 'Delete a stored snapshot',
        description: 'Costs nothing.',
        tags,
        params,
        querystring: EmptyQuery,
        response: {
          204: Type.Null({ description: 'It is gone.' }),
          ...refusals,
          ...snapshotRefusals,
        },
      },
    },
    async (request, to) => {
      await app.tidemark.snapshots.delete(request.params.id);
      return to.code(204).send();
    },
  );

  app.get<{ Params: { id: string } }>(
    '/memory/snapshots/:id/download',
    {
      config: operate,
      schema: {
        summary: 'The file, for Chrome DevTools or memlab',
        description: 'Costs nothing but reading it. gzip when it is accepted; resumable with Range.',
        tags,
        params,
        querystring: EmptyQuery,
        response: {
          200: fileOf('The .heapsnapshot.', 'application/json'),
          206: fileOf('A range of it.', 'application/json'),
          ...refusals,
          ...snapshotRefusals,
          ...downloadRefusals,
        },
      },
    },
    async ({ params: { id }, headers }, to) => {
      const file = await app.tidemark.snapshots.download(id, {
        acceptEncoding: headers['accept-encoding']?.toString(),
        range: headers.range,
        ifRange: headers['if-range']?.toString(),
      });
      return to.code(file.statusCode).headers(file.headers).send(file.stream);
    },
  );

  app.get<{ Params: { id: string } }>(
    '/memory/snapshots/:id/analysis',
    {
      config: { tidemark: { role: 'read', blocks: analysisBlocks } },
      schema: {
        summary: 'What holds the memory of a snapshot',
        description: 'Costs nothing here: another process reads the file. Ask again until it answers 200.',
        tags,
        params,
        querystring: FormatQuery,
        response: {
          200: answerOf(AnalysisAnswer, 'Suspects with their retaining paths, collections, classes.'),
          202: pendingAnswer,
          ...refusals,
          ...snapshotRefusals,
          ...analysisRefusals,
        },
      },
    },
    async (request, to) => to.sendPending(await app.tidemark.snapshots.analysis(request.params.id)),
  );

  app.get<{ Querystring: { snapshot1: string; snapshot2: string } }>(
    '/memory/snapshot/compare',
    {
      config: { tidemark: { role: 'read', blocks: comparisonBlocks } },
      schema: {
        summary: 'What grew between two snapshots, and who holds it',
        description: 'Costs nothing here: another process reads the files. Ask again until it answers 200.',
        tags,
        querystring: Type.Object(
          { snapshot1: SnapshotId, snapshot2: SnapshotId, format: Type.Optional(Format) },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(ComparisonAnswer, 'Growth by class and by holder.'),
          202: pendingAnswer,
          ...refusals,
          ...snapshotRefusals,
          ...analysisRefusals,
        },
      },
    },
    async (request, to) => {
      const { snapshot1, snapshot2 } = request.query;
      return to.sendPending(await app.tidemark.snapshots.comparison([snapshot1, snapshot2]));
    },
  );
}

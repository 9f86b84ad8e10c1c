import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const THREADS = 1_500;

interface Span {
  readonly name: string;
  readonly startedAt: number;
  readonly attributes: Record<string, string>;
}

interface Context {
  readonly traceId: string;
  readonly spans: Span[];
}

const storage = new AsyncLocalStorage<Context>();

/** Notifications to send "later", each in its request's context. The sender looks them up by name and keeps the list. */
const scheduled: AsyncResource[] = [];

function addSpan(context: Context, name: string): void {
  const { traceId, spans } = context;
  spans.push({
    name,
    startedAt: Date.now(),
    attributes: { trace: `${traceId}/${spans.length}`, service: 'forum', stage: name },
  });
}

function enterContext(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const context: Context = { traceId: `trace-${request.id}-${Date.now()}`, spans: [] };
  for (const stage of ['receive', 'authenticate', 'authorise', 'handle'])
    addSpan(context, `${stage} ${request.id}`);
  storage.run(context, done);
}

function scheduleNotification(): void {
  scheduled.push(new AsyncResource('Notification'));
}

export const scenario: Scenario = {
  name: 'async-local-storage',
  about:
    'Every new comment leaves an async resource in a list, and the resource keeps the trace context of its request.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /threads/:id/comments'],
    site: {
      file: 'references/async-local-storage.ts',
      functions: ['enterContext', 'addSpan', 'scheduleNotification', 'addComment'],
    },
  },
  load: {
    requestsPerSecond: 130,
    mix: [
      {
        route: 'POST /threads/:id/comments',
        weight: 3,
        request: (random, n) => ({
          method: 'POST',
          path: `/threads/${integer(random, THREADS)}/comments`,
          body: { author: `member-${integer(random, 900)}`, text: `Comment ${n}. `.repeat(10) },
        }),
      },
      {
        route: 'GET /threads/:id',
        weight: 5,
        request: (random) => ({ path: `/threads/${integer(random, THREADS)}` }),
      },
      {
        route: 'GET /threads',
        weight: 3,
        request: (random) => ({ path: `/threads?from=${integer(random, THREADS)}` }),
      },
    ],
  },
  build(app) {
    const threads = stored(
      Array.from({ length: THREADS }, (_, id) => ({
        id,
        title: `Thread ${id}`,
        comments: Array.from({ length: 16 }, (_, n) => ({
          author: `member-${n}`,
          text: `Answer ${n} in ${id}. `.repeat(8),
        })),
      })),
    );
    app.addHook('preHandler', enterContext);
    app.post<{ Params: { id: string }; Body: { author: string; text: string } }>(
      '/threads/:id/comments',
      async function addComment({ params, body }, reply) {
        await delay(4);
        const comments = threads[Number(params.id)]!.comments;
        comments.shift();
        comments.push({ author: body.author, text: body.text });
        scheduleNotification();
        return reply.code(201).send({ comments: comments.length, trace: storage.getStore()?.traceId });
      },
    );
    app.get<{ Params: { id: string } }>('/threads/:id', async ({ params }) => {
      await delay(2);
      return threads[Number(params.id)];
    });
    app.get<{ Querystring: { from: string } }>('/threads', async ({ query }) =>
      threads.slice(Number(query.from), Number(query.from) + 25).map(({ id, title }) => ({ id, title })),
    );
  },
};

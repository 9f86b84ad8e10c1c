import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const QUIZZES = 2_500;

interface Quiz {
  readonly slug: string;
  readonly title: string;
  readonly questions: readonly { readonly text: string; readonly choices: readonly string[] }[];
}

/** Keyed by the whole URL: newsletter links with tracking parameters each count as a separate page. */
const renderedPages: Record<string, string> = {};

function renderQuiz(quiz: Quiz, url: string): string {
  const parts = [`<!doctype html><title>${quiz.title}</title><link rel="canonical" href="${url}"><ol>`];
  for (const { text, choices } of quiz.questions) {
    parts.push(`<li><p>${text}</p>`);
    for (const choice of choices) parts.push(`<label><input type="radio">${choice}</label>`);
    parts.push('</li>');
  }
  parts.push('</ol>');
  return parts.join('\n');
}

async function cachedPage(quiz: Quiz, url: string): Promise<string> {
  const cached = renderedPages[url];
  if (cached !== undefined) return cached;
  await delay(2);
  const page = renderQuiz(quiz, url);
  renderedPages[url] = page;
  return page;
}

export const scenario: Scenario = {
  name: 'unbounded-cache',
  about:
    'Rendered quiz pages are cached in a plain object under their full URL, tracking parameters included.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /quiz/:slug'],
    site: { file: 'collections/unbounded-cache.ts', functions: ['renderQuiz', 'cachedPage', 'showQuiz'] },
  },
  load: {
    requestsPerSecond: 80,
    mix: [
      {
        route: 'GET /quiz/:slug',
        weight: 4,
        request: (random) => ({
          path: `/quiz/${integer(random, QUIZZES)}?utm_source=letter&utm_id=${integer(random, 10_000_000)}`,
        }),
      },
      {
        route: 'POST /quiz/:slug/answers',
        weight: 4,
        request: (random) => ({
          method: 'POST',
          path: `/quiz/${integer(random, QUIZZES)}/answers`,
          body: { answers: Array.from({ length: 10 }, () => integer(random, 4)) },
        }),
      },
      { route: 'GET /leaderboard', weight: 3, request: () => ({ path: '/leaderboard' }) },
    ],
  },
  build(app) {
    const quizzes = Array.from({ length: QUIZZES }, (_, id): Quiz => {
      const questions = Array.from({ length: 10 }, (_, n) => ({
        text: `Question ${n} of quiz ${id}: which of these is true?`,
        choices: ['first', 'second', 'third', 'fourth'].map((word) => `The ${word} of ${id}`),
      }));
      return { slug: String(id), title: `Quiz ${id}`, questions };
    });
    const leaders = Array.from({ length: 100 }, (_, rank) => ({
      rank,
      player: `Player ${rank}`,
      points: 9_000 - rank,
    }));
    app.get<{ Params: { slug: string } }>('/quiz/:slug', async function showQuiz(request, reply) {
      const page = await cachedPage(quizzes[Number(request.params.slug)]!, request.url);
      return reply.type('text/html').send(page);
    });
    app.post<{ Params: { slug: string }; Body: { answers: number[] } }>(
      '/quiz/:slug/answers',
      ({ body }, reply) => {
        const right = body.answers.filter((answer, n) => answer === n % 4).length;
        void reply.code(201).send({ right, of: body.answers.length });
      },
    );
    app.get('/leaderboard', async () => leaders);
  },
};

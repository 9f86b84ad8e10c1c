import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

export const scenario: Scenario = {
  name: 'idle',
  about: 'A server has loaded its data and waits; nobody asks for anything.',
  label: { verdict: 'stable', alsoRight: ['insufficient-data'] },
  load: {
    requestsPerSecond: 0,
    mix: [
      { route: 'GET /books', weight: 1, request: () => ({ path: '/books' }) },
      {
        route: 'GET /books/:id',
        weight: 4,
        request: (random) => ({ path: `/books/${integer(random, 20_000)}` }),
      },
      {
        route: 'POST /books/:id/loans',
        weight: 1,
        request: (random, n) => ({
          method: 'POST',
          path: `/books/${integer(random, 20_000)}/loans`,
          body: { reader: `reader-${n}` },
        }),
      },
    ],
  },
  build(app) {
    const books = Array.from({ length: 20_000 }, (_, id) => ({
      id,
      title: `Volume ${id}`,
      authors: [`Author ${id % 700}`, `Author ${id % 311}`],
      reader: '',
    }));
    app.get('/books', async () => books.slice(0, 50));
    app.get<{ Params: { id: string } }>('/books/:id', async ({ params }) => books[Number(params.id)]);
    app.post<{ Params: { id: string }; Body: { reader: string } }>(
      '/books/:id/loans',
      async ({ params, body }, reply) => {
        const book = books[Number(params.id)];
        if (book !== undefined) book.reader = body.reader;
        return reply.code(201).send(book);
      },
    );
  },
};

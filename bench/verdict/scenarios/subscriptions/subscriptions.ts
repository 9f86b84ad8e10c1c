import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const TOPICS = 120;
const BOARDS = 2_500;

interface SubscriptionContext {
  readonly user: string;
  readonly roles: string[];
  readonly variables: Record<string, string>;
  readonly loaders: Map<string, string[]>;
}

interface Subscriber {
  readonly id: string;
  readonly topic: string;
  readonly context: SubscriptionContext;
  active: boolean;
}

function createContext(user: string, topic: string): SubscriptionContext {
  const loaders = new Map<string, string[]>();
  for (const name of ['users', 'boards', 'comments'])
    loaders.set(name, [`${name} of ${user}`, `${name} on ${topic}`]);
  return {
    user,
    roles: ['member', 'reader'],
    variables: { topic: `${topic} for ${user}`, language: 'en' },
    loaders,
  };
}

class SubscriptionManager {
  readonly #subscribers = new Map<string, Subscriber>();
  #created = 0;

  get size(): number {
    return this.#subscribers.size;
  }

  /** A client that reconnects subscribes again. */
  subscribe(topic: string, user: string): Subscriber {
    this.#created += 1;
    const id = `sub-${this.#created}`;
    const subscriber = { id, topic, context: createContext(user, topic), active: true };
    this.#subscribers.set(id, subscriber);
    return subscriber;
  }

  /** Deactivates the subscriber without removing it. */
  unsubscribe(id: string): boolean {
    const subscriber = this.#subscribers.get(id);
    if (subscriber === undefined) return false;
    subscriber.active = false;
    return true;
  }
}

export const scenario: Scenario = {
  name: 'subscriptions',
  about:
    'The subscription manager keeps each subscriber with its context, even after the client has unsubscribed.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /topics/:topic/subscriptions'],
    site: {
      file: 'subscriptions/subscriptions.ts',
      functions: ['createContext', 'subscribe', 'subscribeToTopic'],
    },
  },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'POST /topics/:topic/subscriptions',
        weight: 4,
        request: (random) => ({
          method: 'POST',
          path: `/topics/${integer(random, TOPICS)}/subscriptions`,
          body: { user: `user-${integer(random, 3_000)}` },
        }),
      },
      {
        route: 'DELETE /subscriptions/:id',
        weight: 3,
        request: (_random, n) => ({ method: 'DELETE', path: `/subscriptions/sub-${1 + (n >> 1)}` }),
      },
      {
        route: 'GET /boards/:id',
        weight: 5,
        request: (random) => ({ path: `/boards/${integer(random, BOARDS)}` }),
      },
      { route: 'GET /statistics', weight: 1, request: () => ({ path: '/statistics' }) },
    ],
  },
  build(app) {
    const manager = new SubscriptionManager();
    const boards = stored(
      Array.from({ length: BOARDS }, (_, id) => ({
        id,
        cards: Array.from({ length: 20 }, (_, n) => ({
          title: `Card ${n} of ${id}`,
          column: n % 4,
          assignee: `user-${(id + n) % 3_000}`,
        })),
      })),
    );
    app.post<{ Params: { topic: string }; Body: { user: string } }>(
      '/topics/:topic/subscriptions',
      async function subscribeToTopic({ params, body }, reply) {
        await delay(1);
        const { id } = manager.subscribe(params.topic, body.user);
        return reply.code(201).send({ id });
      },
    );
    app.delete<{ Params: { id: string } }>('/subscriptions/:id', (request, reply) => {
      void reply.send({ removed: manager.unsubscribe(request.params.id) });
    });
    app.get<{ Params: { id: string } }>('/boards/:id', async ({ params }) => boards[Number(params.id)]);
    app.get('/statistics', async () => ({ subscribers: manager.size }));
  },
};

type Reply = (error: Error | null, result?: [count: number, ttlMs: number]) => void;
type Mode = 'answers' | 'fails' | 'throws' | 'hangs';

/** The part of an ioredis client that the rate limiter uses; several servers may share one. */
export function fakeRedis() {
  const counts = new Map<string, number>();
  const client = {
    mode: 'answers' as Mode,
    calls: 0,
    counts,
    defineCommand(name: string): void {
      Object.assign(client, { [name]: client.increment });
    },
    increment(
      key: string,
      timeWindowMs: number,
      _max: number,
      _more: boolean,
      _backoff: boolean,
      reply: Reply,
    ): void {
      client.calls++;
      if (client.mode === 'throws') throw new Error('redis is closed');
      if (client.mode === 'hangs') return;
      if (client.mode === 'fails') {
        setImmediate(reply, new Error('redis is gone'));
        return;
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      setImmediate(reply, null, [count, timeWindowMs]);
    },
  };
  return client;
}

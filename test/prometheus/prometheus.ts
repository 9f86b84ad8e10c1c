import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One series of an answer: labels, and the newest value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus server in a process of its own. */
export interface Prometheus {
  /** What an instant query answers now. */
  query(expr: string): Promise<Sample[]>;
  /** GET of the HTTP API, `path` beginning after `/api/v1/`. */
  api<T>(path: string): Promise<T>;
  /** What it has logged at level warn or error. */
  complaints(): string[];
  stop(): Promise<void>;
}

/**
 * Starts the program `path` with a configuration file, data in `storage`, on a free loopback port, and waits until it
 * is ready.
 *
 * @throws Error with its log when it ends before
 */
export async function startPrometheus(path: string, config: string, storage: string): Promise<Prometheus> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    path,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${storage}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };

  const get = async (url: string): Promise<Response | undefined> =>
    fetch(`http://${address}/${url}`, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  while ((await get('-/ready'))?.ok !== true) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${log}`);
    await delay(100);
  }

  const api = async <T>(url: string): Promise<T> => {
    const response = await get(`api/v1/${url}`);
    if (response === undefined) throw new Error(`${url}: no answer`);
    const text = await response.text();
    const { data }: { data?: T } = JSON.parse(text);
    if (data === undefined) throw new Error(`${url}: ${text}`);
    return data;
  };
  const query = async (expr: string): Promise<Sample[]> => {
    const { result } = await api<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expr)}`,
    );
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  };
  return { api, query, stop, complaints: () => log.split('\n').filter((line) => line !== '') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

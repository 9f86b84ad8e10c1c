import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Test } from 'tap';
import { socketPathOf } from './socket-path.js';

/** A private Redis for one test: its own process, a Unix socket, no persistence. */
export interface RedisServer {
  readonly socketPath: string;
  /** Starts it, or restarts it without its data. */
  start(): Promise<void>;
  /** Kills it, as in a crash. */
  kill(): Promise<void>;
  /** Suspends it: connections stay open, but get no answers. */
  pause(): void;
  resume(): void;
}

/** Starts the program at `path`, and ends it with the test. */
export async function startRedis(t: Test, path: string): Promise<RedisServer> {
  const directory = t.testdir();
  const socketPath = socketPathOf(t);
  const settings = { port: '0', unixsocket: socketPath, dir: directory, save: '', appendonly: 'no' };
  const parameters = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  let child: ChildProcess | undefined;

  const server: RedisServer = {
    socketPath,
    async start() {
      const started = spawn(path, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
      child = started;
      let log = '';
      started.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
      while (!(await answers(socketPath))) {
        if (started.exitCode !== null) throw new Error(`Redis ended: ${log}`);
        await delay(10);
      }
    },
    async kill() {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      child = undefined;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  };
  t.teardown(() => server.kill());
  await server.start();
  return server;
}

async function answers(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

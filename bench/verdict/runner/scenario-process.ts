import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MemoryReading, Question, Series, ServerSettings } from '../server-messages.js';

const SCRIPT = fileURLToPath(new URL('../server-process.js', import.meta.url));
const READY_MS = 30_000;
const STOP_MS = 5_000;

/** The environment without plugin options from the caller's shell. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TIDEMARK_|NODE_OPTIONS$|NODE_ENV$)/.test(name)),
  );
}

/** The server of a scenario, in its own process. */
export class ScenarioProcess {
  readonly origin: string;
  readonly #child: ChildProcess;

  private constructor(origin: string, child: ChildProcess) {
    this.origin = origin;
    this.#child = child;
  }

  static async start(settings: ServerSettings): Promise<ScenarioProcess> {
    const child = fork(SCRIPT, [JSON.stringify(settings)], {
      execArgv: settings.tidemark === undefined ? ['--expose-gc'] : [],
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      const [message] = (await Promise.race([
        once(child, 'message', { signal: AbortSignal.timeout(READY_MS) }),
        once(child, 'exit').then(([code]) => {
          throw new Error(`${settings.name} ended with code ${code} before it listened`);
        }),
      ])) as [{ origin: string }];
      return new ScenarioProcess(message.origin, child);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Undefined if the process has ended, for example at its heap limit. */
  async #ask<T>(type: Question['type']): Promise<T | undefined> {
    if (!this.#child.connected) return undefined;
    this.#child.send({ type });
    const answered = new AbortController();
    const { signal } = answered;
    const answer = await Promise.race([
      once(this.#child, 'message', { signal }),
      once(this.#child, 'exit', { signal }).then(() => [undefined]),
    ]);
    answered.abort();
    return answer[0] as T | undefined;
  }

  memory(): Promise<MemoryReading | undefined> {
    return this.#ask('memory');
  }

  series(): Promise<Series | undefined> {
    return this.#ask('series');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    if (this.#child.connected) this.#child.send({ type: 'stop' });
    await ended;
    clearTimeout(timer);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ShopProcessOptions {
  leak: boolean;
  /** 0 picks any free port. */
  port: number;
  /** How long growth must last before it is called a leak; short, for a demo. */
  fillHorizonSeconds: number;
  heapLimitMegabytes: number;
}

const OPEN_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 5_000;

/** The shop in its own process, so that its heap holds nothing of the demo's. */
export class ShopProcess {
  readonly origin: string;
  /** Resolves when the process has exited. */
  readonly exited: Promise<unknown>;
  readonly #child: ChildProcess;

  private constructor(origin: string, child: ChildProcess) {
    this.origin = origin;
    this.#child = child;
    this.exited = once(child, 'exit');
  }

  /** Resolves when the shop listens; rejects if it exits first or the signal is aborted. */
  static async start(options: ShopProcessOptions, signal: AbortSignal): Promise<ShopProcess> {
    const child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${options.heapLimitMegabytes}`,
        fileURLToPath(new URL('../shop/server.js', import.meta.url)),
      ],
      {
        // The channel carries no messages: the shop exits when it closes, in case this process is killed.
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
        env: {
          ...process.env,
          HOST: '127.0.0.1',
          PORT: String(options.port),
          SHOP_LEAK: String(options.leak),
          TIDEMARK_VERDICT_FILL_HORIZON_SECONDS: String(options.fillHorizonSeconds),
          // The demo has two minutes instead of hours, so probes may pause the shop more than by default.
          TIDEMARK_VERDICT_GC_PROBE_SHARE: '0.02',
        },
      },
    );
    try {
      return new ShopProcess(await addressOf(child, signal), child);
    } catch (error) {
      await stopped(child);
      throw error;
    }
  }

  /** How the shop ended, if it ended by itself. */
  get ended(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) return undefined;
    return signalCode === null ? `with code ${exitCode}` : `by ${signalCode}`;
  }

  /** Resolves when the process has exited; may be called more than once. */
  async stop(): Promise<void> {
    await stopped(this.#child);
  }
}

async function addressOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  if (child.stdout === null) throw new Error('the shop has no output to read its address from');
  const patience = AbortSignal.any([signal, AbortSignal.timeout(OPEN_WITHIN_MS)]);
  const lines = createInterface({ input: child.stdout, signal: patience });
  for await (const line of lines) {
    const address = /(http:\/\/\S+)/.exec(line)?.[1];
    if (address !== undefined) {
      // Drains the remaining output, which would fill the pipe.
      child.stdout.resume();
      return address;
    }
  }
  throw new Error(
    signal.aborted ? 'interrupted' : 'the shop ended before it was open; its complaint is above',
  );
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exit;
  clearTimeout(last);
}

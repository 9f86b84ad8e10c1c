import { execFile } from 'node:child_process';
import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { backgroundGcFlags } from './gc-flags.js';
import { readV8Flags, throwAwayEnvironment } from './v8-flags.js';

const run = promisify(execFile);

/** What the throw-away process reports. */
export type SelfTestReport =
  | { readonly passed: true; readonly pauseMs: number }
  | { readonly passed: false; readonly reason: string; readonly detail: string };

export type SelfTestResult =
  | {
      readonly passed: true;
      readonly pauseMs: number;
      /** V8's current flags in this process. */
      readonly switches: ReadonlyMap<string, boolean>;
    }
  | { readonly passed: false; readonly reason: string; readonly detail: string };

const TIMEOUT_MS = 30_000;

/**
 * Tries a fork in a throw-away Node with this process's V8 arguments, where a hang, a crash or a sandbox that kills does no
 * harm. Two or three short processes, half a second in all, without blocking the event loop.
 */
export async function selfTest(addonPath: string, signal?: AbortSignal): Promise<SelfTestResult> {
  if (isSea() || process.versions['electron'] !== undefined) {
    return { passed: false, reason: 'no plain Node', detail: `${process.execPath} does not run scripts` };
  }
  try {
    const { values, arguments: given } = await readV8Flags(undefined, signal);
    const on = backgroundGcFlags.filter((name) => values.get(name) === true);
    const script = fileURLToPath(new URL('self-test-process.js', import.meta.url));
    const { stdout } = await run(process.execPath, [...given, script, addonPath, on.join()], {
      env: throwAwayEnvironment(),
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      ...(signal !== undefined && { signal }),
    });
    const report = JSON.parse(stdout) as SelfTestReport;
    if (!report.passed) return report;
    return { passed: true, pauseMs: report.pauseMs, switches: values };
  } catch (error) {
    return { passed: false, reason: 'self-test failed', detail: describe(error) };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { signal, killed } = error as { signal?: unknown; killed?: unknown };
  if (killed === true) return `not done within ${TIMEOUT_MS / 1000} s`;
  if (typeof signal === 'string') return `the process ended with ${signal}`;
  return error.message.split('\n', 1).join();
}

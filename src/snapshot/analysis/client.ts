import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TidemarkError } from '../../base/errors.js';
import {
  errorOf,
  type AnalysisTask,
  type ChildMessage,
  type ParentMessage,
  type TaskResults,
} from './messages.js';

const SCRIPT = fileURLToPath(new URL('child.js', import.meta.url));
const MOST_ERROR_TEXT = 4_096;

/** A child process that works on one task. */
export interface AnalysisChild<T> {
  readonly process: ChildProcess;
  /** The result, once the child has ended. Rejects with the child's own error or `TIDEMARK_ERR_ANALYSIS_ENDED`. */
  readonly result: Promise<T>;
  /** The result, unless the signal comes first: then the child is killed. */
  until(signal: AbortSignal): Promise<T>;
  tell(message: ParentMessage): void;
}

export interface ChildSettings {
  /** What the child reads: a descriptor, or nothing. */
  readonly stdin?: number | 'pipe';
  readonly onProgress?: (share: number, step: string) => void;
}

/** Starts the child for a task. It ends with this process, however this process ends. */
export function startAnalysis<K extends AnalysisTask['kind']>(
  task: Extract<AnalysisTask, { readonly kind: K }>,
  { stdin, onProgress }: ChildSettings = {},
): AnalysisChild<TaskResults[K]> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(task)], {
    stdio: [stdin ?? 'ignore', 'ignore', 'pipe', 'ipc'],
    env: environment(),
  });
  const result = resultOf(child, onProgress) as Promise<TaskResults[K]>;
  const kill = (): void => void child.kill('SIGKILL');
  // Nobody awaits the result of a failed attempt's reader.
  result.catch(() => undefined);
  return {
    process: child,
    result,
    async until(signal) {
      signal.addEventListener('abort', kill, { once: true });
      if (signal.aborted) kill();
      try {
        return await result;
      } finally {
        signal.removeEventListener('abort', kill);
      }
    },
    tell(message) {
      if (child.connected) child.send(message, () => undefined);
    },
  };
}

/** Without the server's options for Node, such as an inspector's port or a heap limit. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}

async function resultOf(child: ChildProcess, onProgress: ChildSettings['onProgress']): Promise<unknown> {
  let last: ChildMessage | undefined;
  let errorText = '';
  child.on('message', (message: ChildMessage) => {
    if (message.type === 'progress') onProgress?.(message.share, message.step);
    else last = message;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errorText = (errorText + text).slice(-MOST_ERROR_TEXT);
  });
  let end: string;
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    end = signal ?? `code ${code}`;
  } catch (cause) {
    throw new TidemarkError('TIDEMARK_ERR_ANALYSIS_ENDED', { reason: 'it did not start', cause });
  }
  if (last?.type === 'done') return last.result;
  if (last?.type === 'failed') throw errorOf(last.fault);
  const said = errorText.trim();
  throw new TidemarkError('TIDEMARK_ERR_ANALYSIS_ENDED', {
    reason: end === 'SIGKILL' ? 'it was killed, most likely for its memory' : `it ended with ${end}`,
    ...(said !== '' && { cause: new Error(said) }),
  });
}

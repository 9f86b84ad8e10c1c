import type { CommandStreams } from './command.js';

/** One line that is overwritten, on a terminal only; it is cleared at the end. */
export class Progress {
  readonly #stream: CommandStreams['stderr'] | undefined;
  #shown = '';

  constructor(stream: CommandStreams['stderr']) {
    this.#stream = stream.isTTY === true ? stream : undefined;
  }

  show(text: string): void {
    if (this.#stream === undefined || text === this.#shown) return;
    this.#stream.write(`\r\u001B[K${text}`);
    this.#shown = text;
  }

  clear(): void {
    if (this.#shown !== '') this.show('');
  }
}

/** Runs the work with a progress line, which is cleared when the work ends or fails. */
export async function withProgress<T>(
  { stderr }: CommandStreams,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = new Progress(stderr);
  try {
    return await work(progress);
  } finally {
    progress.clear();
  }
}

/** Where progress is written: standard error, if someone looks at it. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line that is written over, on a terminal only; nothing of it is left at the end. */
export class Progress {
  readonly #stream: ProgressStream | undefined;
  #shown = '';

  constructor(stream: ProgressStream) {
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

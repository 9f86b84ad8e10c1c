import type { HeapReading } from './observer.js';
import type { TrafficCounts } from './traffic.js';
import { bytes, count } from './units.js';

export interface ProgressState {
  elapsedSeconds: number;
  limitSeconds: number;
  counts: Readonly<TrafficCounts>;
  heap: HeapReading;
  verdict: string;
}

const PLAIN_EVERY_SECONDS = 10;

/** Writes progress: on a terminal one line that is overwritten, elsewhere an occasional line. */
export interface ProgressStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

export class Progress {
  readonly #stream: ProgressStream;
  #nextPlainSeconds = 0;
  #open = false;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  show(state: ProgressState): void {
    if (this.#stream.isTTY === true) {
      this.#stream.write(`\r\u001B[K${progressLine(state)}`);
      this.#open = true;
    } else if (state.elapsedSeconds >= this.#nextPlainSeconds) {
      this.#stream.write(`${progressLine(state)}\n`);
      this.#nextPlainSeconds = state.elapsedSeconds + PLAIN_EVERY_SECONDS;
    }
  }

  /** Ends the overwritten line, so that further output starts on a new line. */
  end(): void {
    if (this.#open) this.#stream.write('\n');
    this.#open = false;
  }
}

export function progressLine({ elapsedSeconds, limitSeconds, counts, heap, verdict }: ProgressState): string {
  return [
    `${Math.round(elapsedSeconds)} of at most ${limitSeconds} s`,
    `${count(counts.answered)} requests`,
    counts.failed > 0 && `${count(counts.failed)} failed`,
    heap.usedBytes !== undefined && `heap ${bytes(heap.usedBytes)}`,
    heap.floorBytes !== undefined && `floor ${bytes(heap.floorBytes)}`,
    `verdict so far: ${verdict}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(' · ');
}

import type { Numbers, RowSink } from '../../heap/format/number-list.js';
import { writeDecimal, type ByteSink } from './byte-sink.js';

/** Fifteen digits, a sign, a comma and a line feed. */
const MAX_BYTES_A_NUMBER = 18;

/** Copies rows of numbers, a row a line, as V8 wrote them up to Node 22. */
export class RowCopy implements RowSink {
  readonly width: number;
  readonly signed: boolean;
  readonly #sink: ByteSink;
  #isFirst = true;

  constructor(width: number, sink: ByteSink, signed = false) {
    this.width = width;
    this.signed = signed;
    this.#sink = sink;
    sink.ascii('[');
  }

  take(values: Numbers, count: number): void {
    writeRows(this.#sink, values, count, this.width, this.#isFirst);
    this.#isFirst = false;
  }

  end(): void {
    this.#sink.ascii(this.#isFirst ? ']' : '\n]');
  }
}

/** A separate function, so that it is compiled once for all kinds of rows. */
function writeRows(sink: ByteSink, values: Numbers, count: number, width: number, isFirst: boolean): void {
  sink.reserve(count * MAX_BYTES_A_NUMBER);
  const out = sink.bytes;
  let to = sink.length;
  for (let row = 0; row < count; row += width) {
    if (row > 0 || !isFirst) {
      out[to++] = 0x0a;
      out[to++] = 0x2c;
    }
    to = writeDecimal(out, to, values[row]!);
    for (let at = row + 1; at < row + width; at++) {
      out[to++] = 0x2c;
      to = writeDecimal(out, to, values[at]!);
    }
  }
  sink.length = to;
}

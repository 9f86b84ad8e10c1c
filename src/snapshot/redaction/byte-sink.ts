import { Buffer } from 'node:buffer';

/** Bytes on their way out. Hot loops write into {@link ByteSink.bytes} themselves, after {@link ByteSink.reserve}. */
export class ByteSink {
  bytes = Buffer.allocUnsafe(0);
  length = 0;

  /** Makes room for that many bytes more. */
  reserve(room: number): void {
    if (this.length + room <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + room, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Appends text that is ASCII. */
  ascii(text: string): void {
    this.reserve(text.length);
    for (let index = 0; index < text.length; index++) this.bytes[this.length++] = text.charCodeAt(index);
  }

  /** What has been written since the last call; the sink starts anew. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }
}

/** Writes a number from 0 to 2^53 - 1 in decimal at that place, for which there must be room. @returns the place behind it */
export function writeDecimal(bytes: Uint8Array, at: number, value: number): number {
  let end = at + 1;
  for (let bound = 10; value >= bound; bound *= 10) end += 1;
  let rest = value;
  for (let position = end - 1; position >= at; position--) {
    const next = Math.floor(rest / 10);
    bytes[position] = 48 + rest - next * 10;
    rest = next;
  }
  return end;
}

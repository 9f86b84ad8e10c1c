import type { Redaction, RedactionSummary } from './redaction.js';

/**
 * One step of `stream.pipeline`: bytes of a snapshot in, bytes of the redacted one out, with the pipeline's
 * backpressure.
 *
 * @param finished called when the file has been read to its end
 * @throws what {@link Redaction.push} and {@link Redaction.end} throw; the pipeline then fails with it
 */
export function redacting(
  redaction: Redaction,
  finished?: (summary: RedactionSummary) => void,
): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void> {
  return async function* redact(source) {
    for await (const chunk of source) yield* redaction.push(chunk);
    const summary = redaction.end();
    finished?.(summary);
  };
}

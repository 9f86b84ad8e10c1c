import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Test } from 'tap';
import { tidemark, type TidemarkOptions } from '../../plugins/tidemark.js';
import type { Recorder } from '../../src/requests/recorder.js';
import { STATUS_CLASSES, type StatusClass } from '../../src/requests/route-columns.js';

export interface PluggedApp {
  readonly app: FastifyInstance;
  readonly base: string;
  readonly recorder: Recorder;
  /** Counts by status class for each requested route. Waits until nothing is in flight. */
  recorded(): Promise<Record<string, Partial<Record<StatusClass, number>>>>;
}

export interface PluggedOptions {
  readonly tidemark?: TidemarkOptions;
  readonly server?: FastifyServerOptions;
  /** Runs before the plugin is registered. */
  readonly before?: (app: FastifyInstance) => unknown;
}

/** Resolves when the condition holds; throws after `limitMs` and names the condition. */
export async function until(what: string, isSo: () => boolean, limitMs = 10_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await delay(2);
  }
}

/** An application with the plugin, listening on its own port. */
export async function plugged(
  t: Test,
  routes: (app: FastifyInstance) => unknown,
  options: PluggedOptions = {},
): Promise<PluggedApp> {
  // Removed after the application has closed: it may write its state until then.
  const stateDirectory = mkdtempSync(join(tmpdir(), 'tidemark-state-'));
  t.teardown(() => rmSync(stateDirectory, { recursive: true, force: true, maxRetries: 5 }));
  const app = Fastify(options.server ?? {});
  t.teardown(() => app.close());
  await options.before?.(app);
  await app.register(tidemark, { stateDirectory, ...options.tidemark } as TidemarkOptions & {
    prefix: string;
  });
  await routes(app);
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  const recorder = app.tidemarkParts.core.recorder!;
  return {
    app,
    base,
    recorder,
    async recorded() {
      await until('nothing in flight', () => recorder.inFlight === 0);
      return recordedIn(recorder);
    },
  };
}

export function recordedIn({
  routes,
  columns,
}: Recorder): Record<string, Partial<Record<StatusClass, number>>> {
  const found: Record<string, Partial<Record<StatusClass, number>>> = {};
  for (let row = 0; row < routes.size; row += 1) {
    if (columns.completed[row] === 0) continue;
    const counts = STATUS_CLASSES.map(
      (name, i) => [name, columns.byClass[row * STATUS_CLASSES.length + i]!] as const,
    );
    found[routes.label(row)] = Object.fromEntries(counts.filter(([, count]) => count !== 0));
  }
  return found;
}

/** A raw socket for hand-written HTTP. */
export async function rawSocket(t: Test, base: string): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, received: () => text };
}

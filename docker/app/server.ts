import { parseArgs } from 'node:util';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { tidemark } from '../../plugins/tidemark.js';
import { loadEnvironmentFile } from './environment-file.js';
import { readSettings } from './settings.js';
import type { ServerSettings } from './settings.js';
import { banner, failure, help } from './text.js';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  loadEnvironmentFile();
  const result = readSettings(process.env);
  if (!result.ok) throw new Error(result.problems.join('; '));
  await serve(result.settings);
}

async function serve({ host, port, logLevel }: ServerSettings): Promise<void> {
  // The log goes to standard error; standard output is for people.
  const app = fastify({ logger: { level: logLevel, stream: process.stderr } });
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    if ([method].flat().includes('GET')) routes.push(url);
  });
  stopOnSignal(app);
  try {
    await app.register(tidemark);
    const address = await app.listen({ host, port });
    process.stdout.write(banner(address, routes, app.tidemarkParts.managementUrl));
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** The first signal lets requests finish; the second ends the process at once. */
function stopOnSignal(app: FastifyInstance): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    app.log.info({ signal }, 'stopping');
    app.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(error: unknown): never {
  process.stderr.write(`${failure(error)}\n`);
  process.exit(1);
}

main().catch(fail);

import type { FastifyInstance } from 'fastify';
import type { ListenAddress } from '../../src/config/options.js';
import { TidemarkError } from '../../src/base/errors.js';

/**
 * A separate server for the diagnostics, so that they are not on the public port. Starts and stops with the
 * application.
 */
export async function manageElsewhere(
  app: FastifyInstance,
  address: ListenAddress,
  serve: (management: FastifyInstance) => void,
): Promise<void> {
  // Loaded only if needed: the application may run on another copy.
  const { fastify } = await import('fastify');
  const management = fastify({ loggerInstance: app.log, forceCloseConnections: true });
  management.decorate('tidemark', app.tidemark);
  serve(management);
  let listening: Promise<string> | undefined;
  let closed = false;
  app.addHook('onReady', async () => {
    if (closed) return;
    listening = management.listen({ host: address.host, port: address.port });
    try {
      app.tidemarkParts.managementUrl = await listening;
    } catch (cause) {
      throw new TidemarkError('TIDEMARK_ERR_LISTEN_FAILED', { reason: reasonOf(address, cause), cause });
    }
  });
  app.addHook('onClose', async () => {
    closed = true;
    // Closing a server that is about to listen would leave it listening.
    await listening?.catch(() => undefined);
    await management.close();
  });
}

function reasonOf({ host, port }: ListenAddress, cause: unknown): string {
  return `${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}`;
}

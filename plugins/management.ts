import { fastify, type FastifyInstance } from 'fastify';
import type { ListenAddress } from '../src/config/options.js';

/**
 * A server of its own for the diagnostics, so that they are not on the public port. It starts and stops with the
 * application.
 */
export function manageElsewhere(
  app: FastifyInstance,
  address: ListenAddress,
  serve: (management: FastifyInstance) => void,
): void {
  const management = fastify({ loggerInstance: app.log, forceCloseConnections: true });
  management.decorate('tidemark', app.tidemark);
  serve(management);
  app.addHook('onReady', async () => {
    const url = await management.listen({ host: address.host, port: address.port });
    app.tidemark.managementUrl = url;
  });
  app.addHook('onClose', () => management.close());
}

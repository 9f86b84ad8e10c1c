import diagnosticsChannel from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

export interface InboundConnections {
  /** Open connections of clients to any server of this process, except those from before `start`. */
  readonly open: number;
  start(): void;
  stop(): void;
}

/** Node publishes every connection accepted by a server of this process, whatever library made the server. */
const ACCEPTED = 'net.server.socket';

/**
 * Counts client connections. Connections opened by this process are excluded: memory that rises with those may be a leak
 * of connections.
 */
export function createInboundConnections(): InboundConnections {
  let open = 0;
  const closed = (): void => {
    open -= 1;
  };
  const accepted = (message: unknown): void => {
    open += 1;
    (message as { readonly socket: Socket }).socket.once('close', closed);
  };
  return {
    get open() {
      return open;
    },
    start: () => diagnosticsChannel.subscribe(ACCEPTED, accepted),
    stop: () => void diagnosticsChannel.unsubscribe(ACCEPTED, accepted),
  };
}

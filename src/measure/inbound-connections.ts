import diagnosticsChannel from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

export interface InboundConnections {
  /** Connections that clients hold to any server of this process; those from before `start` are not among them. */
  readonly open: number;
  start(): void;
  stop(): void;
}

/** Node publishes every connection that a server of this process accepts, whichever library made the server. */
const ACCEPTED = 'net.server.socket';

/**
 * Counts who is connected. Connections that this process opened itself are left out: what rises with those may be what
 * forgets to close them.
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

import { Duplex } from 'node:stream';

/** A connection of HTTP whose bytes stay in the process, so that no time of the kernel is measured with the server's. */
class MemoryConnection extends Duplex {
  remoteAddress = '127.0.0.1';
  #answered;

  /** @param {(connection: MemoryConnection) => void} answered */
  constructor(answered) {
    super();
    this.#answered = answered;
  }

  setTimeout() {
    return this;
  }

  setNoDelay() {
    return this;
  }

  setKeepAlive() {
    return this;
  }

  /** @override */
  _read() {}

  /** @override @param {Buffer} _chunk @param {string} _encoding @param {() => void} done */
  _write(_chunk, _encoding, done) {
    done();
    this.#answered(this);
  }

  /** @override @param {unknown[]} _chunks @param {() => void} done */
  _writev(_chunks, done) {
    done();
    this.#answered(this);
  }
}

/**
 * Sends requests to a server over connections in memory. An answer is one write, as Fastify's of known length are; no
 * request overlaps another, and each begins in a turn of its own.
 * @param {import('node:http').Server} server
 * @param {string} request
 * @param {number} connections
 */
export function connectInMemory(server, request, connections) {
  const bytes = Buffer.from(request);
  let left = 0;
  let open = 0;
  /** @type {(() => void) | undefined} */
  let resolve;
  /** @param {MemoryConnection} connection */
  const push = (connection) => void connection.push(bytes);
  /** @param {MemoryConnection} connection */
  const answered = (connection) => {
    if (left > 0) {
      left -= 1;
      setImmediate(push, connection);
      return;
    }
    open -= 1;
    if (open === 0) resolve?.();
  };
  const all = Array.from({ length: connections }, () => new MemoryConnection(answered));
  for (const connection of all) server.emit('connection', connection);
  return {
    /** @param {number} requests @returns {Promise<void>} */
    send: (requests) =>
      new Promise((done) => {
        resolve = done;
        open = connections;
        left = requests - connections;
        for (const connection of all) push(connection);
      }),
    close() {
      for (const connection of all) connection.destroy();
    },
  };
}

import { once } from 'node:events';
import net from 'node:net';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CONNECTIONS = 3;
const ROOMS = 2_000;

interface Reply {
  readonly command: string;
  readonly rows: readonly { readonly key: string; readonly value: number }[];
}

/** Answers come in the order of the commands, so each connection has a queue of callbacks, as drivers of databases do. */
class Connection {
  readonly #socket: net.Socket;
  readonly #waiting: { command: string; done: (reply: Reply) => void }[] = [];
  #text = '';

  constructor(port: number) {
    this.#socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
    const received = (text: string): void => this.#takeReplies(text);
    this.#socket.on('data', received);
  }

  send(command: string): Promise<Reply> {
    return new Promise((done) => {
      this.#waiting.push({ command, done });
      this.#socket.write(`${command}\n`);
    });
  }

  /** Runs in whatever context the connection was opened in. */
  #takeReplies(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop()!;
    for (const line of lines) {
      const { command, done } = this.#waiting.shift()!;
      const reply = parseReply(command, line);
      if (command.startsWith('audit')) audits.push(reply);
      done(reply);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Answers about audits are kept, to repeat them if the database is away. */
const audits: Reply[] = [];

function parseReply(command: string, line: string): Reply {
  const rows = [];
  for (const [i, value] of line.split(' ').entries())
    rows.push({ key: `${command} row ${i}`, value: Number(value) });
  return { command, rows };
}

export const scenario: Scenario = {
  name: 'shared-connection',
  about:
    'All routes share three connections to a database, whose client keeps the answers to one kind of query.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /rooms/:id/audit'],
    site: { file: 'references/shared-connection.ts', functions: ['parseReply', 'received'] },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'GET /rooms/:id',
        weight: 6,
        request: (random) => ({ path: `/rooms/${integer(random, ROOMS)}` }),
      },
      {
        route: 'GET /free',
        weight: 3,
        request: (random) => ({ path: `/free?night=${integer(random, 365)}` }),
      },
      {
        route: 'POST /rooms/:id/audit',
        weight: 2,
        request: (random) => ({ method: 'POST', path: `/rooms/${integer(random, ROOMS)}/audit` }),
      },
    ],
  },
  async build(app) {
    const database = net.createServer((socket) => {
      socket.setEncoding('utf8').on('error', () => socket.destroy());
      socket.on('data', (text: string) => {
        for (const command of text.split('\n').filter(Boolean))
          socket.write(`${Array.from({ length: 12 }, (_, i) => command.length * i).join(' ')}\n`);
      });
    });
    database.listen(0, '127.0.0.1');
    await once(database, 'listening');
    const { port } = database.address() as net.AddressInfo;
    const pool: Connection[] = [];
    let turn = 0;
    /** Opened by the first requests that need one. */
    const query = (command: string): Promise<Reply> => {
      turn = (turn + 1) % CONNECTIONS;
      return (pool[turn] ??= new Connection(port)).send(command);
    };
    app.addHook('onClose', async () => {
      for (const connection of pool) connection?.close();
      database.close();
    });

    app.get<{ Params: { id: string } }>('/rooms/:id', async ({ params }) => query(`room ${params.id}`));
    app.get<{ Querystring: { night: string } }>('/free', async ({ query: { night } }) => {
      const { rows } = await query(`free ${night}`);
      return { night, rooms: rows.length };
    });
    app.post<{ Params: { id: string } }>('/rooms/:id/audit', async ({ params }) => {
      const { rows } = await query(`audit ${params.id}`);
      return { sum: rows.reduce((sum, { value }) => sum + value, 0) };
    });
  },
};

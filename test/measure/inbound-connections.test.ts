import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { createInboundConnections } from '../../src/measure/inbound-connections.js';
import { until } from '../helpers/plugged-app.js';

async function open(server: net.Server): Promise<net.Socket> {
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

t.test('the connections of clients are counted, those that this process opens are not', async (t) => {
  const connections = createInboundConnections();
  const servers = [net.createServer(), net.createServer()];
  t.teardown(() => {
    connections.stop();
    for (const server of servers) server.close();
  });
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const early = await open(servers[0]!);
  connections.start();
  const sockets = [await open(servers[0]!), await open(servers[0]!), await open(servers[1]!)];
  await until('of any server, and only the accepted end of each', () => connections.open === 3);
  early.destroy();
  sockets[0]!.destroy();
  await until('one that was open before is not taken off', () => connections.open === 2);
  connections.stop();
  for (const socket of sockets) socket.destroy();
  await until('those counted are seen to close, also after the end', () => connections.open === 0);
  const late = await open(servers[1]!);
  late.destroy();
  t.equal(connections.open, 0, 'and none is counted any more');
});

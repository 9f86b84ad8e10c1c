import t from 'tap';
import { hostOf, isServedHost } from '../../src/access/host.js';
import { isCrossSite, type OriginCheck } from '../../src/access/origin.js';
import { isDirectLoopback, isLoopbackAddress } from '../../src/access/peer.js';
import { roleAllows } from '../../src/access/roles.js';
import { bearerToken, createTokenVerifier } from '../../src/access/tokens.js';

t.test(
  'loopback is 127.0.0.0/8, its IPv4-mapped form and ::1, and nothing that only looks like it',
  async (t) => {
    for (const address of [
      '127.0.0.1',
      '127.1.2.3',
      '127.255.255.254',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:127.9.9.9',
    ]) {
      t.equal(isLoopbackAddress(address), true, address);
    }
    for (const address of [
      '10.0.0.1',
      '128.0.0.1',
      '127.evil.example',
      '::ffff:10.0.0.1',
      '::ffff:127.x',
      '::2',
      '',
    ]) {
      t.equal(isLoopbackAddress(address), false, address);
    }
    t.equal(isLoopbackAddress(undefined), false);
  },
);

t.test('a loopback peer that speaks for somebody else is not direct', async (t) => {
  const remoteAddress = '127.0.0.1';
  t.equal(isDirectLoopback({ remoteAddress, headers: { host: 'localhost', 'x-request-id': '1' } }), true);
  for (const name of [
    'x-forwarded-for',
    'forwarded',
    'via',
    'x-real-ip',
    'x-forwarded-proto',
    'cf-connecting-ip',
  ]) {
    t.equal(isDirectLoopback({ remoteAddress, headers: { [name]: '' } }), false, name);
  }
  t.equal(isDirectLoopback({ remoteAddress, headers: {}, httpVersion: '1.1' }), true);
  t.equal(
    isDirectLoopback({ remoteAddress, headers: {}, httpVersion: '1.0' }),
    false,
    'nginx to its upstream',
  );
});

t.test('a missing address is local only where the server is known to listen on a Unix socket', async (t) => {
  t.equal(isDirectLoopback({ remoteAddress: undefined, headers: {} }), false);
  t.equal(isDirectLoopback({ remoteAddress: undefined, headers: {}, unixSocket: true }), true);
  t.equal(isDirectLoopback({ remoteAddress: undefined, headers: { via: 'x' }, unixSocket: true }), false);
  t.equal(isDirectLoopback({ remoteAddress: '10.0.0.1', headers: {}, unixSocket: true }), false);
});

t.test('served hosts are loopback names, IP literals and the names that are allowed', async (t) => {
  const rule = { allowedHosts: ['Ops.Internal', 'pinned.internal:8443', '2001:db8::7'] };
  const served = [
    'localhost',
    'LOCALHOST:3000',
    'localhost.',
    'app.localhost:80',
    '127.0.0.1',
    '10.1.2.3:9',
    '[::1]',
    '[::1]:3000',
    '[2001:DB8::1]:80',
    'ops.internal',
    'OPS.INTERNAL:1234',
    'ops.internal.',
    'pinned.internal:8443',
  ];
  for (const host of served) t.equal(isServedHost(host, rule), true, host);
  const refused = [
    '',
    '.',
    'evil.example',
    'localhost.evil.example',
    'notlocalhost',
    'localhost@evil.example',
    'pinned.internal',
    'pinned.internal:1',
    'sub.ops.internal',
    '127.0.0.1.evil.example',
    'localhost:port',
    'localhost, evil',
    'http://localhost',
    'localhost/',
    '::1',
    '[::zz]',
    '[::1',
  ];
  for (const host of refused) t.equal(isServedHost(host, rule), false, host);
  t.equal(isServedHost(undefined, rule), false);
  t.equal(isServedHost('[2001:db8::7]', { allowedHosts: [] }), true);
});

t.test('HTTP/2 names its host in :authority', async (t) => {
  t.equal(hostOf({ ':authority': 'a', host: 'b' }), 'a');
  t.equal(hostOf({ host: 'b' }), 'b');
  t.equal(hostOf({ host: ['a', 'b'] }), undefined);
});

function crossSite(
  method: string,
  headers: Record<string, string>,
  rest: Omit<OriginCheck, 'method' | 'headers'> = {},
) {
  return isCrossSite({ method, headers: { host: 'localhost:3000', ...headers }, ...rest });
}

t.test('changes are refused to pages of other origins', async (t) => {
  t.equal(crossSite('POST', {}), false, 'curl sends neither header');
  for (const site of ['same-origin', 'none'])
    t.equal(crossSite('POST', { 'sec-fetch-site': site }), false, site);
  for (const site of ['cross-site', 'same-site', 'cross-site, none', '']) {
    t.equal(crossSite('POST', { 'sec-fetch-site': site }), true, site);
  }
  t.equal(crossSite('DELETE', { origin: 'http://localhost:3000' }), false);
  t.equal(crossSite('DELETE', { origin: 'http://localhost:4000' }), true, 'another port');
  t.equal(crossSite('DELETE', { origin: 'null' }), true, 'a sandboxed page');
  t.equal(crossSite('DELETE', { origin: 'https://evil.example' }), true);
  t.equal(
    crossSite('POST', { host: 'ops.example', origin: 'https://ops.example:443' }),
    false,
    'default port',
  );
  t.equal(isCrossSite({ method: 'POST', headers: { origin: 'http://a' } }), true, 'no host to compare with');
  t.equal(crossSite('GET', { 'sec-fetch-site': 'cross-site' }, { changesState: true }), true);
});

t.test('cross-site reads are refused where asked for', async (t) => {
  t.equal(crossSite('GET', { 'sec-fetch-site': 'cross-site' }), false);
  const guardReads = true;
  t.equal(crossSite('GET', { 'sec-fetch-site': 'cross-site' }, { guardReads }), true);
  t.equal(crossSite('GET', { 'sec-fetch-site': 'same-site' }, { guardReads }), false);
  t.equal(
    crossSite('GET', { origin: 'http://localhost:4000' }, { guardReads }),
    false,
    'same host, other port',
  );
  t.equal(crossSite('GET', { origin: 'http://evil.example' }, { guardReads }), true);
  t.equal(crossSite('GET', {}, { guardReads }), false);
});

t.test('only Bearer credentials are tokens', async (t) => {
  t.equal(bearerToken('Bearer abc'), 'abc');
  t.equal(bearerToken('bEARER  abc '), 'abc');
  t.equal(bearerToken('Bearer'), '', 'an empty token is one that nobody knows');
  t.equal(bearerToken('Basic abc'), undefined);
  t.equal(bearerToken('Bearerabc'), undefined);
  t.equal(bearerToken(undefined), undefined);
});

t.test('tokens give their name and role, and the stronger role where one is listed twice', async (t) => {
  const verifier = createTokenVerifier([
    { token: 'twice', role: 'operate', name: 'strong' },
    { token: 'twice', role: 'read', name: 'weak' },
    { token: 'reader-token', role: 'read', name: 'grafana' },
  ]);
  t.match(verifier.verify('reader-token'), { name: 'grafana', role: 'read', key: /^[0-9a-f]{16}$/ });
  t.match(verifier.verify('twice'), { name: 'strong', role: 'operate' });
  for (const wrong of ['', 'reader-toke', 'reader-token2', 'READER-TOKEN', 'x'.repeat(1000)]) {
    t.equal(verifier.verify(wrong), undefined, wrong.slice(0, 20));
  }
  t.equal(createTokenVerifier([]).verify('x'), undefined);
});

t.test('operate includes read', async (t) => {
  t.equal(
    roleAllows('operate', 'operate') && roleAllows('operate', 'read') && roleAllows('read', 'read'),
    true,
  );
  t.equal(roleAllows('read', 'operate'), false);
});

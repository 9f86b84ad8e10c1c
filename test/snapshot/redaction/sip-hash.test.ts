import { Buffer } from 'node:buffer';
import t from 'tap';
import { SipHash } from '../../../src/snapshot/redaction/sip-hash.js';
import { createRandom } from '../../../src/statistics/random.js';

const MASK = 2n ** 64n - 1n;

const left = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;

/** SipHash-2-4 written down as the paper has it, with 64-bit numbers. */
function reference(key: Buffer, input: Buffer): bigint {
  const k0 = key.readBigUInt64LE(0);
  const k1 = key.readBigUInt64LE(8);
  let [v0, v1, v2, v3] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ] as const as readonly bigint[] as [bigint, bigint, bigint, bigint];
  const round = (): void => {
    v0 = (v0 + v1) & MASK;
    v1 = left(v1, 13n) ^ v0;
    v0 = left(v0, 32n);
    v2 = (v2 + v3) & MASK;
    v3 = left(v3, 16n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = left(v3, 21n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = left(v1, 17n) ^ v2;
    v2 = left(v2, 32n);
  };
  const padded = Buffer.alloc(Math.floor(input.length / 8) * 8 + 8);
  input.copy(padded);
  padded[padded.length - 1] = input.length & 255;
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at);
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  v2 ^= 255n;
  for (let count = 0; count < 4; count++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

function digest(hash: SipHash): bigint {
  hash.digest();
  return (BigInt(hash.high >>> 0) << 32n) | BigInt(hash.low >>> 0);
}

const key = Buffer.from(Array.from({ length: 16 }, (_, at) => at));

t.test('the value of the paper and those of its authors come out', async (t) => {
  // Appendix A of the paper for 15 bytes; the others from the authors' vectors.h.
  const expected = new Map([
    [0, 0x726fdb47dd0e0e31n],
    [1, 0x74f839c593dc67fdn],
    [8, 0x93f5f5799a932462n],
    [15, 0xa129ca6149be45e5n],
  ]);
  const hash = new SipHash(key);
  for (const [length, value] of expected) {
    const input = Buffer.from(Array.from({ length }, (_, at) => at));
    hash.update(input, 0, length);
    t.equal(digest(hash), value, `${length} bytes`);
    t.equal(reference(key, input), value);
  }
});

t.test('any input in any pieces hashes as a plain implementation does', async (t) => {
  const random = createRandom(11);
  for (let round = 0; round < 300; round++) {
    const ownKey = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
    const input = Buffer.from(
      Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256)),
    );
    const hash = new SipHash(ownKey);
    for (let at = 0; at < input.length;) {
      const end = Math.min(input.length, at + 1 + Math.floor(random() * 20));
      hash.update(input, at, end);
      at = end;
    }
    const actual = digest(hash);
    if (actual !== reference(ownKey, input)) t.fail(`round ${round}`);
    hash.update(input, 0, input.length);
    if (digest(hash) !== actual) t.fail(`round ${round}, again`);
  }
  t.pass('300 inputs');
});

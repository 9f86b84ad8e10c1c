// A heap with the given number of objects; writes its snapshot to standard output.
import v8 from 'node:v8';

const objects = Number(process.argv[2]);
const secret = process.argv[3] ?? '';

/** @type {Record<string, unknown>} */
const byMail = {};
const orders = Array.from({ length: objects }, (_, at) => ({
  orderNumber: at + 0.5,
  customer: `${secret} ${at} of the shop`,
  tags: [`tag-${at % 100}`, `own-${at}`],
  placedAt: new Date(at),
}));
for (let at = 0; at < objects / 10; at += 1) byMail[`${secret}${at}@example.com`] = { at };
Reflect.set(globalThis, 'kept', [orders, byMail]);
process.send?.({ askedMs: performance.timeOrigin + performance.now() });
v8.getHeapSnapshot().pipe(process.stdout);
process.disconnect?.();

import t from 'tap';
import { createSlot, processSlot } from '../../src/cost/slot.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const clock = scriptedClock({ monotonic: 0 });

t.test('the second is told what runs and since when', async (t) => {
  const slot = createSlot(clock);
  const free = slot.occupy('gc');
  t.equal(slot.current()?.name, 'gc');
  clock.advance(3200);
  t.throws(() => slot.occupy('profile'), {
    code: 'TIDEMARK_ERR_COST_BUSY',
    message: /"gc" runs since \S+Z \(3\.2 s\)/,
  });
  free();
  const next = slot.occupy('profile');
  free();
  t.equal(slot.current()?.name, 'profile', 'freeing twice frees nobody else');
  next();
  t.equal(slot.current(), undefined);
  createSlot(clock).occupy('other')();
});

t.test('all instances of a process share one slot, which leaves nothing behind', async (t) => {
  const before = Reflect.ownKeys(globalThis).length;
  const free = processSlot(clock).occupy('heap snapshot');
  t.throws(() => processSlot(clock).occupy('gc'), { code: 'TIDEMARK_ERR_COST_BUSY' });
  createSlot(clock).occupy('analysis')();
  free();
  t.equal(Reflect.ownKeys(globalThis).length, before);
});

import t from 'tap';
import { createGcPause } from '../../src/cost/gc-pause.js';

const MiB = 1024 * 1024;

t.test(
  'the first pause is predicted from the heap, the next are expected to be like those paid for',
  async (t) => {
    const pause = createGcPause();
    t.equal(pause.expectedMs(100 * MiB), 200);
    t.equal(pause.expectedMs(undefined), 5, 'also when the heap cannot be read');
    pause.paid(90, 3);
    t.equal(pause.expectedMs(100 * MiB), 30, 'several collections are paid at once');
    pause.paid(10, 1);
    t.equal(pause.expectedMs(100 * MiB), 20, 'the newest weighs as much as all before it');
  },
);

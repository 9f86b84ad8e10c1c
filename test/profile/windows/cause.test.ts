import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { acquire } from '../../../src/profile/isolate-profiler.js';
import { createFrameClassifier } from '../../../src/profile/frames.js';
import { liveStacks } from '../../../src/profile/live-stacks.js';
import { causeOf, type Cause } from '../../../src/profile/windows/cause.js';
import { profileOf } from '../profile-builder.js';

t.test('names what started work outside requests, in this version of Node', async (t) => {
  const kept: unknown[] = [];
  const fill = (): void => {
    for (let i = 0; i < 500; i += 1) kept.push({ i });
  };
  const begins = {
    inTimer() {
      fill();
    },
    inImmediate() {
      fill();
    },
    inEvent() {
      fill();
    },
    async afterAwait() {
      await Promise.resolve();
      await Promise.resolve();
      fill();
    },
  };
  const lease = acquire({ samplingIntervalBytes: 2 ** 19, stackDepth: 64 });
  const profile = await lease.sampleFinely({
    samplingIntervalBytes: 128,
    async work() {
      const emitter = new EventEmitter().on('event', begins.inEvent);
      setTimeout(begins.inTimer, 1);
      setImmediate(begins.inImmediate);
      void begins.afterAwait();
      await delay(20);
      // From here on nothing but the promise is known, and the event.
      emitter.emit('event');
    },
  });
  lease.release();
  const live = liveStacks(profile, createFrameClassifier([]));
  const found = new Map<string, Set<Cause | undefined>>();
  for (const row of live.rowOfSample) {
    const stack = live.stack(row);
    const beginner = stack.find(({ functionName }) => Object.hasOwn(begins, functionName));
    if (beginner === undefined) continue;
    const causes = found.get(beginner.functionName) ?? new Set();
    found.set(beginner.functionName, causes.add(causeOf(stack)));
  }
  t.same([...(found.get('inTimer') ?? [])], ['timer']);
  t.same([...(found.get('inImmediate') ?? [])], ['immediate']);
  t.same([...(found.get('inEvent') ?? [])], ['event']);
});

const causeIn = (stack: string): Cause | undefined => {
  const live = liveStacks(profileOf([{ stack, bytes: 100, ordinal: 1 }]));
  return causeOf(live.stack(live.rowOfSample[0]!));
};

t.test('the outermost known frame decides, a continuation only without another', async (t) => {
  const ticks = 'processTicksAndRejections@node:internal/process/task_queues:9';
  const emit = 'emit@node:events:5';
  t.equal(causeIn(`listOnTimeout@node:internal/timers:5 > ${emit} > keep@a.js:3`), 'timer');
  t.equal(causeIn(`onStreamRead@node:internal/stream_base_commons:5 > ${emit} > keep@a.js:3`), 'input');
  t.equal(causeIn(`${ticks} > run@node:internal/modules/esm/module_job:5 > keep@a.js:3`), 'start-up');
  t.equal(causeIn(`${ticks} > keep@a.js:3`), 'continuation');
  t.equal(causeIn('keep@a.js:3'), undefined);
  t.equal(
    causeIn('emit@emitter.js:5 > keep@a.js:3'),
    undefined,
    'functions of the application are none of Node’s',
  );
});

import { systemClock } from '../../../src/base/clock.js';
import { createLiveProfile } from '../../../src/profile/live-profile.js';
import { createRetentionWindows } from '../../../src/profile/windows/windows.js';

// A process that says when its window is open, and what the window told.
const profile = createLiveProfile({
  clock: systemClock,
  sourceMaps: false,
  samplingIntervalBytes: 2 ** 19,
  stackDepth: 32,
});
profile.start();
const windows = createRetentionWindows({
  clock: systemClock,
  profile,
  traffic: () => ({ allocatedBytesPerSecond: 0, headroomBytes: Infinity }),
  stopping: new AbortController().signal,
});
const alive = setInterval(() => undefined, 1_000);
const { ended, hooksMs } = await windows.run({ wantedMs: 300, onOpen: () => process.stdout.write('open\n') });
process.stdout.write(`${JSON.stringify({ ended, hooksMs, affordable: windows.affordable() })}\n`);
clearInterval(alive);
profile.stop();

import { join } from 'node:path';
import { tmpdir } from 'node:os';
import t from 'tap';
import { learnCosts, priorCosts, type SnapshotCosts } from '../../../src/snapshot/preflight/costs.js';
import { createPreflightReader, readKillsTogether } from '../../../src/snapshot/preflight/readings.js';
import { predict, type PreflightReadings } from '../../../src/snapshot/preflight/preflight.js';

const MIB = 1024 * 1024;
const even = (value: number) => ({ value, low: value, high: value });
/** Costs without doubt, so that what follows from them can be computed by hand. */
const costs: SnapshotCosts = {
  fileShare: even(2),
  walkShare: even(10),
  fileNs: even(50),
  forkMsPerMib: even(0.1),
  captures: 1,
};
const readings: PreflightReadings = {
  writer: 'fork',
  heapUsedBytes: 100 * MIB,
  heapCommittedBytes: 120 * MIB,
  machineFreeBytes: 4096 * MIB,
  diskFreeBytes: 1024 * MIB,
};

t.test('a fork: its pause follows the map of memory, its memory the objects', async (t) => {
  const result = predict(readings, costs);
  t.equal(result.fileBytes.value, 200 * MIB);
  t.equal(result.pauseMs.value, 4 + 0.1 * 120);
  t.same(result.retryPauseMs, { value: 16 + 200, low: 16 + 70, high: 16 + 360 }, 'a collection more');
  t.equal(result.totalMs.value, (200 * MIB * 50) / 1e6);
  // The walk, half of the heap copied, the reader.
  t.equal(result.peakBytes.value, (2000 + 60 + 150) * MIB);
  t.same(result.memory?.freeBytes, 4096 * MIB);
  t.match(result, { survives: 'yes', decidedBy: 'memory', atRisk: 'snapshot', calibratedBy: 1 });
});

t.test('in this process: the longer of two stops is the pause, and the file waits in memory', async (t) => {
  const result = predict({ ...readings, writer: 'v8' }, costs);
  t.equal(result.peakBytes.value, (2000 + 200 + 150) * MIB);
  t.equal(result.pauseMs.value, result.totalMs.value * 0.7);
  t.notOk('retryPauseMs' in result);
  t.equal(result.atRisk, 'server');
  const whole = predict({ ...readings, writer: 'heapdump' }, costs);
  t.same(whole.pauseMs, whole.totalMs, 'one stop for all of it');
});

t.test('where the walk is light the analysis needs the most', async (t) => {
  const light = predict(readings, { ...costs, walkShare: even(1) });
  t.equal(light.peakBytes.value, 200 * MIB * 2.7 + 150 * MIB);
});

t.test('survival: what decides, and when it is open', async (t) => {
  const survives = (changes: Partial<PreflightReadings>, given = costs) => {
    const { survives, decidedBy } = predict({ ...readings, ...changes }, given);
    return [survives, decidedBy];
  };
  const cgroup = { version: 2, usageBytes: 600 * MIB, inactiveFileBytes: 100 * MIB } as const;
  t.same(survives({ cgroup: { ...cgroup, limitBytes: 8192 * MIB } }), ['yes', 'memory']);
  t.same(
    survives({ cgroup: { ...cgroup, limitBytes: 1024 * MIB } }),
    ['no', 'memory'],
    'the cgroup is smaller',
  );
  t.same(survives({ cgroup }), ['yes', 'memory'], 'a cgroup without a limit leaves what the machine has');
  t.same(survives({ machineFreeBytes: 2300 * MIB }), ['no', 'memory'], 'a tenth is left to others');
  t.same(survives({ diskFreeBytes: 150 * MIB }), ['no', 'disk']);
  t.same(survives({ diskFreeBytes: 0 }), ['no', 'disk']);
  t.same(
    survives({ machineFreeBytes: 3000 * MIB }, { ...costs, walkShare: { value: 10, low: 2, high: 20 } }),
    ['unsure', 'memory'],
  );
  const { machineFreeBytes: _, diskFreeBytes: __, ...blind } = readings;
  const unread = predict(blind, costs);
  t.match(unread, { survives: 'unsure' });
  t.notOk('decidedBy' in unread || 'memory' in unread || 'disk' in unread, 'no number is made up');
  t.match(predict({ ...blind, diskFreeBytes: 1 }, costs), { survives: 'no', decidedBy: 'disk' });
});

/** A group below another, whose own file is missing. */
const cgroupFiles = (oomGroup: string) => (path: string) => {
  if (path === '/proc/self/cgroup') return '0::/a/b\n';
  if (path.endsWith('mountinfo')) return '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n';
  if (path === '/sys/fs/cgroup/a/memory.oom.group') return oomGroup;
  throw new Error('ENOENT');
};

t.test('a kernel that kills the whole group puts the server at risk', async (t) => {
  t.equal(predict({ ...readings, killsTogether: true }, costs).atRisk, 'server');
  t.equal(predict({ ...readings, killsTogether: false }, costs).atRisk, 'snapshot');
  t.equal(readKillsTogether(cgroupFiles('1\n')), true, 'the parent group asks for it');
  t.equal(readKillsTogether(cgroupFiles('0\n')), false);
});

t.test('what failed or measured nothing teaches nothing', async (t) => {
  const failed = { outcome: 'failed', attempts: [], writer: 'fork', pauseMs: 0, totalMs: 0 };
  const observation = { heapUsedBytes: 1, heapCommittedBytes: 1, outcome: failed as never };
  t.equal(learnCosts(priorCosts, observation), priorCosts);
});

t.test('the reader reads this machine, also for a folder that is not there yet', async (t) => {
  const found = await createPreflightReader()('v8', join(tmpdir(), 'not', 'there', 'yet'));
  t.ok(found.heapUsedBytes > MIB && found.heapCommittedBytes >= found.heapUsedBytes);
  t.ok((found.machineFreeBytes ?? 0) > MIB && (found.diskFreeBytes ?? 0) > 0);
});

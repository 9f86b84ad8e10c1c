import t from 'tap';
import { createCgroupProbe, type CgroupFiles } from '../../src/measure/cgroup.js';
import { skipUnless } from '../helpers/required-tool.js';

type Tree = Record<string, string | Error>;

/** A file system of the paths in `tree`, which a test may change between readings. */
function files(tree: Tree): CgroupFiles & { read: string[] } {
  const read: string[] = [];
  return {
    read,
    readText(path) {
      read.push(path);
      const content = tree[path];
      if (content === undefined) throw fault('ENOENT');
      if (typeof content !== 'string') throw content;
      return content;
    },
  };
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

const v2Mount = '30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const rootMount = '24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n';
const v1MemoryMount = '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n';

t.test('v2: the smallest limit of nested groups, and the usage of the group that sets it', async (t) => {
  const leaf = '/sys/fs/cgroup/kubepods/pod1/main';
  const pod = '/sys/fs/cgroup/kubepods/pod1';
  const probe = createCgroupProbe(
    files({
      '/proc/self/cgroup': '0::/kubepods/pod1/main\n',
      '/proc/self/mountinfo': rootMount + v2Mount,
      [`${leaf}/memory.max`]: 'max\n',
      [`${leaf}/memory.high`]: '700000000\n',
      [`${leaf}/memory.current`]: '100000000\n',
      [`${leaf}/memory.stat`]: 'anon 1\ninactive_file 5\nactive_file 2\n',
      [`${pod}/memory.max`]: '536870912\n',
      [`${pod}/memory.high`]: 'max\n',
      [`${pod}/memory.current`]: '300000000\n',
      [`${pod}/memory.stat`]: 'anon 1\ninactive_file 4096\nslab 3\n',
      '/sys/fs/cgroup/kubepods/memory.max': '8589934592\n',
      '/sys/fs/cgroup/kubepods/memory.high': 'max\n',
      '/sys/fs/cgroup/kubepods/memory.current': '4000000000\n',
    }),
  );
  t.strictSame(probe(), {
    version: 2,
    usageBytes: 300000000,
    limitBytes: 536870912,
    highBytes: 700000000,
    inactiveFileBytes: 4096,
  });
});

t.test('v2: without a limit, the usage is that of the nearest group with a memory controller', async (t) => {
  const probe = createCgroupProbe(
    files({
      '/proc/self/cgroup': '0::/user.slice/session.scope\n',
      '/proc/self/mountinfo': v2Mount,
      '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
      '/sys/fs/cgroup/user.slice/memory.current': '123\n',
    }),
  );
  t.strictSame(probe(), { version: 2, usageBytes: 123 });
});

t.test('v2: in a cgroup namespace the path is / and the mount is the group', async (t) => {
  const probe = createCgroupProbe(
    files({
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': v2Mount,
      '/sys/fs/cgroup/memory.max': '268435456\n',
      '/sys/fs/cgroup/memory.high': 'max\n',
      '/sys/fs/cgroup/memory.current': '90000000\n',
      '/sys/fs/cgroup/memory.stat': 'inactive_file 0\n',
    }),
  );
  t.strictSame(probe(), {
    version: 2,
    usageBytes: 90000000,
    limitBytes: 268435456,
    inactiveFileBytes: 0,
  });
});

t.test('v2: a process outside of its namespace root reads what is mounted', async (t) => {
  const probe = createCgroupProbe(
    files({
      '/proc/self/cgroup': '0::/../other\n',
      '/proc/self/mountinfo': v2Mount,
      '/sys/fs/cgroup/memory.max': '1000\n',
      '/sys/fs/cgroup/memory.current': '10\n',
    }),
  );
  t.match(probe(), { limitBytes: 1000, usageBytes: 10 });
});

t.test('v1: sentinel, hierarchy totals, and a limit that no mount shows', async (t) => {
  const group = '/sys/fs/cgroup/memory/docker/abc';
  const tree: Tree = {
    '/proc/self/cgroup': '9:name=systemd:/\n5:cpu,cpuacct:/x\n4:memory:/docker/abc\n',
    '/proc/self/mountinfo': v1MemoryMount,
    [`${group}/memory.limit_in_bytes`]: '9223372036854771712\n',
    [`${group}/memory.usage_in_bytes`]: '50000\n',
    [`${group}/memory.stat`]:
      'inactive_file 1\nhierarchical_memory_limit 9223372036854771712\ntotal_inactive_file 77\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
  };
  const probe = createCgroupProbe(files(tree));
  t.strictSame(probe(), { version: 1, usageBytes: 50000, inactiveFileBytes: 77 });
  tree[`${group}/memory.limit_in_bytes`] = '300000\n';
  t.equal(probe()?.limitBytes, 300000);
  tree[`${group}/memory.stat`] = 'hierarchical_memory_limit 200000\n';
  t.strictSame(probe(), { version: 1, usageBytes: 50000, limitBytes: 200000 });
});

t.test('v1: a mount that shows only the container, at a path with a space', async (t) => {
  const probe = createCgroupProbe(
    files({
      '/proc/self/cgroup': '4:memory:/docker/abc/inner\n',
      '/proc/self/mountinfo':
        v1MemoryMount + '36 31 0:32 /docker/abc /mnt/my\\040group rw master:3 - cgroup cgroup rw,memory\n',
      '/mnt/my group/inner/memory.limit_in_bytes': '4000\n',
      '/mnt/my group/inner/memory.usage_in_bytes': '40\n',
      '/mnt/my group/memory.limit_in_bytes': '3000\n',
      '/mnt/my group/memory.usage_in_bytes': '30\n',
    }),
  );
  t.strictSame(probe(), { version: 1, usageBytes: 30, limitBytes: 3000 });
});

t.test('v1: the group itself can be the mount root', async (t) => {
  const probe = createCgroupProbe(
    files({
      '/proc/self/cgroup': '4:memory:/docker/abc\n',
      '/proc/self/mountinfo': '36 31 0:32 /docker/abc /m rw - cgroup cgroup rw,memory\n',
      '/m/memory.limit_in_bytes': '3000\n',
      '/m/memory.usage_in_bytes': '30\n',
    }),
  );
  t.match(probe(), { version: 1, usageBytes: 30, limitBytes: 3000 });
});

t.test('hybrid: the hierarchy that has the memory controller is read', async (t) => {
  const v2AtUnified = v2Mount.replace('/sys/fs/cgroup', '/sys/fs/cgroup/unified');
  const memoryInV1 = createCgroupProbe(
    files({
      '/proc/self/cgroup': '4:memory:/app\n1:cpu:/app\n0::/app\n',
      '/proc/self/mountinfo': v2AtUnified + v1MemoryMount,
      '/sys/fs/cgroup/memory/app/memory.limit_in_bytes': '5000\n',
      '/sys/fs/cgroup/memory/app/memory.usage_in_bytes': '50\n',
    }),
  );
  t.match(memoryInV1(), { version: 1, limitBytes: 5000 });
  const memoryInV2 = createCgroupProbe(
    files({
      '/proc/self/cgroup': '1:cpu:/app\n0::/app\n',
      '/proc/self/mountinfo': v2AtUnified,
      '/sys/fs/cgroup/unified/app/memory.max': '6000\n',
      '/sys/fs/cgroup/unified/app/memory.current': '60\n',
    }),
  );
  t.match(memoryInV2(), { version: 2, limitBytes: 6000 });
});

t.test('no cgroup is no error', async (t) => {
  const nothingThere: Tree[] = [
    {},
    { '/proc/self/cgroup': '', '/proc/self/mountinfo': rootMount },
    { '/proc/self/cgroup': '0::/\n' },
    { '/proc/self/cgroup': '4:memory:/\n', '/proc/self/mountinfo': rootMount },
    // The root group of a bare host has no memory files.
    { '/proc/self/cgroup': '0::/\n', '/proc/self/mountinfo': v2Mount },
    {
      '/proc/self/cgroup': '0::/gone\n',
      '/proc/self/mountinfo': v2Mount,
      '/sys/fs/cgroup/gone/memory.max': '1000\n',
      '/sys/fs/cgroup/gone/memory.current': fault('ENODEV'),
    },
  ];
  for (const tree of nothingThere) t.equal(createCgroupProbe(files(tree))(), undefined);
});

t.test('what cannot be read or understood throws', async (t) => {
  const tree: Tree = {
    '/proc/self/cgroup': '0::/app\n',
    '/proc/self/mountinfo': `${v2Mount}a broken line\n`,
    '/sys/fs/cgroup/app/memory.max': 'lots\n',
    '/sys/fs/cgroup/app/memory.current': '1\n',
  };
  t.throws(createCgroupProbe(files(tree)), { message: /memory\.max holds no number of bytes: lots/ });
  tree['/sys/fs/cgroup/app/memory.max'] = fault('EACCES');
  t.throws(createCgroupProbe(files(tree)), { code: 'EACCES' });
  tree['/proc/self/cgroup'] = 'nonsense\n';
  t.throws(createCgroupProbe(files(tree)), { message: /\/proc\/self\/cgroup: nonsense/ });
});

t.test('the group is looked for again only when the process has moved', async (t) => {
  const tree: Tree = {
    '/proc/self/cgroup': '0::/a\n',
    '/proc/self/mountinfo': v2Mount,
    '/sys/fs/cgroup/a/memory.max': '1\n',
    '/sys/fs/cgroup/a/memory.current': '1\n',
    '/sys/fs/cgroup/b/memory.max': '2\n',
    '/sys/fs/cgroup/b/memory.current': '2\n',
  };
  const source = files(tree);
  const probe = createCgroupProbe(source);
  const looked = (): number => source.read.filter((path) => path.endsWith('mountinfo')).length;
  probe();
  probe();
  t.equal(looked(), 1);
  tree['/proc/self/cgroup'] = '0::/b\n';
  t.equal(probe()?.limitBytes, 2);
  t.equal(looked(), 2);
});

const reading = createCgroupProbe()();
const skip = skipUnless(reading !== undefined, 'this machine has no memory cgroup');

t.test('the real files of this machine make sense', { skip }, async (t) => {
  const { usageBytes, inactiveFileBytes = 0, limitBytes } = reading!;
  t.ok(usageBytes > 0);
  t.ok(inactiveFileBytes <= usageBytes);
  t.ok(limitBytes === undefined || limitBytes < 2 ** 60);
});

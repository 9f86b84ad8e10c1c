/** The folders of this process's memory cgroup and its ancestors. */
export interface CgroupLocation {
  readonly version: 1 | 2;
  /** Folders to look in, the process's own first, then its ancestors up to and with the mount point. */
  readonly folders: readonly string[];
}

interface CgroupMount {
  /** The group visible at the mount point. */
  readonly root: string;
  readonly mountPoint: string;
}

/**
 * Finds the memory cgroup of a process from the texts of its `/proc/<pid>/cgroup` and `/proc/<pid>/mountinfo`;
 * `undefined` when it is in none or none is mounted. Formats: cgroups(7) and proc(5).
 *
 * On hybrid hosts the memory controller lives in one of the two hierarchies only: if v1 has it, v2's files lack it.
 * In a container the mount may show the process's own group as its root (`root` names it), or a cgroup namespace
 * rewrites both to `/`; either way the path below `root` leads from the mount point to the group.
 */
export function locateCgroup(cgroupText: string, mountinfoText: string): CgroupLocation | undefined {
  const groups = parseGroups(cgroupText);
  const mounts = parseMounts(mountinfoText);
  return locate(1, groups.memoryV1, mounts.memoryV1) ?? locate(2, groups.unified, mounts.unified);
}

function locate(
  version: 1 | 2,
  group: string | undefined,
  mounts: readonly CgroupMount[],
): CgroupLocation | undefined {
  if (group === undefined) return undefined;
  let best: { mount: CgroupMount; path: string } | undefined;
  for (const mount of mounts) {
    const path = pathBelow(mount.root, group);
    if (path === undefined) continue;
    if (best === undefined || mount.root.length > best.mount.root.length) best = { mount, path };
  }
  // A group outside the mount (bind mounts, a process that left its namespace's root): only the mount can be read then,
  // and in containers it is the container's own group.
  const mountPoint = (best?.mount ?? mounts[0])?.mountPoint;
  if (mountPoint === undefined) return undefined;
  return { version, folders: foldersUpwards(mountPoint, best?.path ?? '') };
}

/** `group` relative to `root`, with a leading slash unless empty; `undefined` when it is not below. */
function pathBelow(root: string, group: string): string | undefined {
  if (group.split('/').includes('..')) return undefined;
  const path = group === '/' ? '' : group;
  if (root === '/') return path;
  if (path === root) return '';
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

function foldersUpwards(mountPoint: string, path: string): string[] {
  const folders: string[] = [];
  for (let rest = path; rest !== ''; rest = rest.slice(0, rest.lastIndexOf('/'))) {
    folders.push(mountPoint + rest);
  }
  folders.push(mountPoint);
  return folders;
}

function parseGroups(text: string): { memoryV1?: string; unified?: string } {
  const groups: { memoryV1?: string; unified?: string } = {};
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match === null) throw new Error(`cannot read a line of /proc/self/cgroup: ${line.slice(0, 200)}`);
    const [, hierarchy, controllers, path] = match;
    if (hierarchy === '0' && controllers === '') groups.unified = path!;
    else if (controllers!.split(',').includes('memory')) groups.memoryV1 = path!;
  }
  return groups;
}

function parseMounts(text: string): { memoryV1: CgroupMount[]; unified: CgroupMount[] } {
  const memoryV1: CgroupMount[] = [];
  const unified: CgroupMount[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const [, , , root, mountPoint] = fields;
    if (separator === -1 || root === undefined || mountPoint === undefined) continue;
    const type = fields[separator + 1];
    const mount = { root: unescapeOctal(root), mountPoint: unescapeOctal(mountPoint) };
    if (type === 'cgroup2') unified.push(mount);
    else if (type === 'cgroup' && (fields[separator + 3] ?? '').split(',').includes('memory')) {
      memoryV1.push(mount);
    }
  }
  return { memoryV1, unified };
}

/** The kernel writes space, tab, newline and backslash in mount points as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

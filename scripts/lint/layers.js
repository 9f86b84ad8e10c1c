import path from 'node:path';

/** The folders from the bottom layer up: each may import those before it. */
const ROOMS = [
  'src/base',
  'src/statistics',
  'src/access',
  'src/config',
  'src/exports',
  'src/measure',
  'src/history',
  'src/requests',
  'src/profile',
  'src/verdict',
  'src/cost',
  'src/instances',
  'src/heap',
  'src/snapshot/redaction',
  'src/snapshot/writers',
  'src/snapshot/store',
  'src/snapshot/preflight',
  'src/snapshot/analysis',
  'src/snapshot/service',
  'src/answers',
  'src/metrics',
  'src/runtime',
  'src/cli',
  'routes',
  'plugins',
];
const ENTRY = 'plugins/tidemark.ts';
/** Code that uses Tidemark as an application does. */
const USERS = /^(docker|examples|bench)\//;
const PURE = /^src\/(statistics|heap|answers)\//;
/** Code that may load the snapshot parser: the server's own process never does. */
const LOADS_HEAP = /^src\/(heap|cli|snapshot\/analysis(?!\/client\.ts))\//;
const FRAMEWORK = /^(@fastify\/|fastify($|-))/;

/** @param {string} file */
const roomOf = (file) => ROOMS.find((room) => file.startsWith(`${room}/`));

/** @param {string} from @param {string} module */
function faultOfPackage(from, module) {
  if (from.startsWith('src/') && FRAMEWORK.test(module)) return 'The core knows memory, not the framework.';
  if (PURE.test(from) && module.startsWith('node:') && !/^node:(util|crypto)$/.test(module)) {
    return 'This folder is pure: no files, timers, threads or options.';
  }
  return undefined;
}

/** @param {string} from @param {string} to Both relative to the repository. @param {boolean} typeOnly */
function faultOfFile(from, to, typeOnly) {
  if (from.startsWith('bench/verdict/') && to.startsWith('src/')) return undefined;
  const target = roomOf(to);
  if (USERS.test(from) && target !== undefined && to !== ENTRY) return 'Use the package entry.';
  const room = roomOf(from);
  if (room === undefined) {
    return from.startsWith('src/')
      ? 'This folder has no place among the rooms of scripts/lint/layers.js.'
      : undefined;
  }
  if (room === 'routes') return faultOfRoute(to, typeOnly);
  if (room === 'plugins' && target === 'routes' && from !== ENTRY) {
    return 'Only plugins/tidemark.ts, the composition root, imports routes.';
  }
  if (target === undefined || target === room || target === 'src/base') return undefined;
  if (room === 'src/statistics' || room === 'src/heap')
    return 'This folder imports only itself and src/base.';
  if (target === 'src/heap') return faultOfHeap(from, to, typeOnly);
  return ROOMS.indexOf(target) < ROOMS.indexOf(room)
    ? undefined
    : `Imports go down: ${room} stands below ${target}.`;
}

/** @param {string} to @param {boolean} typeOnly */
function faultOfRoute(to, typeOnly) {
  if (to.startsWith('plugins/')) return 'Routes get the runtime as a parameter.';
  if (to.startsWith('src/') && !typeOnly && !to.startsWith('src/answers/')) {
    return 'Of the core, routes import the schemas of src/answers and types.';
  }
  return /^routes\/[^/]+$/.test(to) ? 'Routes do not import each other.' : undefined;
}

/** @param {string} from @param {string} to @param {boolean} typeOnly */
function faultOfHeap(from, to, typeOnly) {
  if (from.startsWith('src/snapshot/redaction/')) {
    return to.startsWith('src/heap/format/')
      ? undefined
      : 'Redaction reads the format of snapshots, not the graph.';
  }
  return typeOnly || LOADS_HEAP.test(from) ? undefined : 'The server never loads the parser of snapshots.';
}

/** @param {any} node */
function isTypeOnly(node) {
  if (node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type') return true;
  const names = node.specifiers ?? [];
  return (
    names.length > 0 &&
    names.every((/** @type {any} */ name) => (name.importKind ?? name.exportKind) === 'type')
  );
}

const layers = {
  create(/** @type {any} */ context) {
    const from = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const check = (/** @type {any} */ node) => {
      const module = node.source?.value;
      if (typeof module !== 'string') return;
      const fault = module.startsWith('.')
        ? faultOfFile(
            from,
            path.posix.join(path.posix.dirname(from), module).replace(/\.js$/, '.ts'),
            isTypeOnly(node),
          )
        : faultOfPackage(from, module);
      if (fault !== undefined) context.report({ node, message: fault });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

/** A linter plugin that checks who may import whom. */
export default { meta: { name: 'house' }, rules: { layers } };

/** Where package.json and native/ are: found by the package's name, because bundled code lies elsewhere than compiled. */
export const packageFolder = new URL('./', import.meta.resolve('tidemark/package.json'));

/** lib/ for the bundle that is published; dist/, or what else it was compiled to, for the tests. */
const codeFolder = new URL(
  `${import.meta.url.slice(packageFolder.href.length).split('/', 1)[0]}/`,
  packageFolder,
);
const isBundle = codeFolder.href.endsWith('/lib/');

/** Folders that hold this package's own code and nothing else. */
export const ownCodeFolders: readonly URL[] = isBundle
  ? [codeFolder]
  : ['src/', 'plugins/', 'routes/'].map((folder) => new URL(folder, codeFolder));

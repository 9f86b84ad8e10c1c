/**
 * Folder of package.json and native/: found by the package's name, since bundled and compiled code are in different
 * places.
 */
export const packageFolder = new URL('./', import.meta.resolve('tidemark/package.json'));

/** lib/ for the published bundle; dist/, or wherever else it was compiled to, for the tests. */
const codeFolder = new URL(
  `${import.meta.url.slice(packageFolder.href.length).split('/', 1)[0]}/`,
  packageFolder,
);
const isBundle = codeFolder.href.endsWith('/lib/');

/** Folders that contain only this package's own code. */
export const ownCodeFolders: readonly URL[] = isBundle
  ? [codeFolder]
  : ['src/', 'plugins/', 'routes/'].map((folder) => new URL(folder, codeFolder));

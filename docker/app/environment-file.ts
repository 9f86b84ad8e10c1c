/**
 * Puts the variables of an environment file into `process.env`; those already set stay as they are.
 *
 * @returns whether there is such a file
 * @throws Error when there is one that cannot be read: starting without its settings would be a surprise
 */
export function loadEnvironmentFile(path = '.env'): boolean {
  try {
    process.loadEnvFile(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot read ${path}: ${reason}`, { cause: error });
  }
}

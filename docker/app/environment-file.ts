/**
 * Loads the variables of an environment file into `process.env`, without overriding those already set.
 *
 * @returns whether the file exists
 * @throws Error if it exists but cannot be read: starting without its settings would be a surprise
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

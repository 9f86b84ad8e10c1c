import { parseArgs } from 'node:util';

/**
 * Parses the command line. For `--help` it prints the usage and exits; for wrong arguments it prints a message first.
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} T
 * @param {T} options
 * @param {string} usage
 */
export function parseCommandLine(options, usage) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' } }, strict: true });
    if ('help' in values && values['help'] === true) {
      console.log(usage);
      process.exit(0);
    }
    return /** @type {Record<string, string | boolean | string[] | undefined>} */ (values);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), usage);
  }
}

/** @param {string} message @param {string} usage @returns {never} */
export function refuse(message, usage) {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

/**
 * @param {unknown} text
 * @param {{ name: string, least: number, fallback: number, usage: string }} rule
 */
export function integerOption(text, { name, least, fallback, usage }) {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    return refuse(`--${name} needs an integer of at least ${least}, got ${String(text)}`, usage);
  }
  return value;
}

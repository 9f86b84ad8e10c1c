const SIMPLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Resolves the escapes of JSON; what is no valid escape stays as it is, so that a damaged name is still a name. */
export function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, character: string) =>
    hex === undefined ? (SIMPLE[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

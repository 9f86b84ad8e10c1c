/** A script's name, split into what may be kept and what may not. */
export interface FileNameParts {
  readonly kept: string;
  /** The rest, to be replaced; absent if there is none. */
  readonly secret?: string;
}

const MAX_UNITS = 1024;

/**
 * A file's name is kept, but a URL can carry data: all of `data:` is the source itself, and a query, a fragment or a
 * user's password is not part of the name.
 *
 * @param json the name as written in JSON, without quotes
 */
export function splitFileName(json: string): FileNameParts {
  if (json.length > MAX_UNITS || /\\[^u]|\\u00[01]/.test(json)) return { kept: '', secret: json };
  const scheme = /^([a-z][a-z0-9+.-]*):(?!$)/i.exec(json)?.[1]?.toLowerCase();
  if (scheme === 'data' || scheme === 'blob' || scheme === 'javascript') {
    return { kept: `${scheme}:`, secret: json.slice(scheme.length + 1) };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/]*@/i.test(json))
    return { kept: `${scheme}://`, secret: json.slice(json.indexOf('//') + 2) };
  const query = json.includes('/') || scheme !== undefined ? json.search(/[?#]/) : -1;
  if (query < 0) return { kept: json };
  return { kept: json.slice(0, query + 1), secret: json.slice(query + 1) };
}

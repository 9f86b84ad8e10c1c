import { request } from 'undici';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed body if its content type is JSON, else undefined. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export interface HttpCall {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly token?: string;
}

/** The content type without its parameters. */
export function mediaTypeOf({ headers }: Pick<HttpAnswer, 'headers'>): string {
  return String(headers['content-type']).split(';', 1)[0]!;
}

/** One request over a socket, and its complete answer. */
export async function call(url: string, options: HttpCall = {}): Promise<HttpAnswer> {
  const { method = 'GET', token, body } = options;
  const headers = {
    ...options.headers,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const answer = await request(url, { method, headers, ...(body !== undefined && { body }) });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = bytes.toString('utf8');
  const isJson = mediaTypeOf(answer) === 'application/json' && text !== '';
  return {
    status: answer.statusCode,
    headers: answer.headers,
    bytes,
    text,
    json: isJson ? (JSON.parse(text) as Readonly<Record<string, unknown>>) : undefined,
  };
}

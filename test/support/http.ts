/** An answer with its body read. */
export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

/** A problem document, as far as tests look at it. */
export interface ProblemBody {
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
  version?: number;
}

export interface ReceiptBody {
  incidentId: string;
  version: number;
  position: string;
  events: { id: string; type: string; version: number }[];
  replayed: boolean;
}

export async function get<T>(
  url: string,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  return answerOf<T>(await fetch(url, { headers }));
}

/** Sends JSON, or text as it is. */
export async function post<T>(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Answer<T>> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return answerOf<T>(response);
}

/** Sends command lines and gives the answer lines. */
export async function bulk(
  url: string,
  lines: readonly (object | string)[],
  query = '',
): Promise<BulkAnswer[]> {
  const response = await fetch(`${url}/v1/commands${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines
      .map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
      .join(''),
  });
  return linesOf<BulkAnswer>(await response.text());
}

export interface BulkAnswer {
  line: number;
  status: number;
  receipt?: ReceiptBody;
  problem?: ProblemBody;
  outcome?: string;
}

export function linesOf<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson && text !== '' ? JSON.parse(text) : text) as T,
  };
}

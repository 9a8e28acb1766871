import * as http from 'node:http';
import * as https from 'node:https';
import type { LedgerClient, LineAnswer, ListedRow, ProblemBody } from './client.js';
import { NotAnswered, RequestRefused } from './client.js';

const NDJSON = 'application/x-ndjson';
/** A request that gets not one byte for so long is given up. */
const SILENCE_MS = 30_000;

export interface HttpLedgerOptions {
  /** For instance `http://127.0.0.1:3000`. */
  url: string;
  /** Sent with every request: `Authorization`, `Ledger-Actor`. */
  headers?: Record<string, string>;
}

/** A ledger's service over HTTP, on connections that are kept. */
export class HttpLedger implements LedgerClient {
  private readonly agent: http.Agent;
  private readonly base: URL;
  private readonly headers: Record<string, string>;
  private readonly send: typeof http.request;

  constructor({ url, headers = {} }: HttpLedgerOptions) {
    this.base = new URL(url.endsWith('/') ? url : `${url}/`);
    this.headers = headers;
    const secure = this.base.protocol === 'https:';
    this.agent = new (secure ? https.Agent : http.Agent)({ keepAlive: true, maxSockets: 8 });
    this.send = secure ? https.request : http.request;
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.agent.destroy();
  }

  async postCommands(
    lines: readonly string[],
    { dryRun }: { dryRun: boolean },
  ): Promise<LineAnswer[]> {
    const answers: LineAnswer[] = [];
    try {
      const path = `v1/commands${dryRun ? '?dryRun=true' : ''}`;
      const body = Buffer.from(`${lines.join('\n')}\n`);
      const response = await this.request('POST', path, body);
      for await (const line of linesOf(response)) answers.push(JSON.parse(line) as LineAnswer);
    } catch (error) {
      if (error instanceof RequestRefused || error instanceof NotAnswered) throw error;
      throw this.unanswered(error, answers);
    }
    if (answers.length < lines.length)
      throw new NotAnswered(`${this.base.host} broke off its answer`, answers);
    return answers;
  }

  async *listed(dataset: string, scope: string, partition: number): AsyncGenerator<ListedRow> {
    const query = new URLSearchParams({ scope, partition: String(partition) });
    const path = `v1/datasets/${encodeURIComponent(dataset)}/listed?${query.toString()}`;
    try {
      const response = await this.request('GET', path);
      for await (const line of linesOf(response)) yield JSON.parse(line) as ListedRow;
    } catch (error) {
      if (error instanceof RequestRefused || error instanceof NotAnswered) throw error;
      throw this.unanswered(error, []);
    }
  }

  async isVisible(importId: string, positions: string): Promise<boolean> {
    const query =
      positions === '' ? '' : `?${new URLSearchParams({ after: positions }).toString()}`;
    try {
      const response = await this.request('GET', `v1/imports/${importId}${query}`);
      response.resume();
      return true;
    } catch (error) {
      if (error instanceof RequestRefused && (error.status === 504 || error.status === 404))
        return false;
      if (error instanceof RequestRefused || error instanceof NotAnswered) throw error;
      throw this.unanswered(error, []);
    }
  }

  private unanswered(cause: unknown, answers: LineAnswer[]): NotAnswered {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new NotAnswered(`${this.base.origin} does not answer: ${why}`, answers, undefined, {
      cause,
    });
  }

  /** Resolves with a 2xx response; throws `NotAnswered` for 429 and 503, else `RequestRefused`. */
  private async request(
    method: string,
    path: string,
    body?: Buffer,
  ): Promise<http.IncomingMessage> {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = this.send(
        new URL(path, this.base),
        {
          method,
          agent: this.agent,
          headers: {
            ...this.headers,
            ...(body && { 'content-type': NDJSON, 'content-length': body.length }),
          },
        },
        resolve,
      );
      request.setTimeout(SILENCE_MS, () => {
        request.destroy(new Error(`no answer for ${String(SILENCE_MS / 1000)} s`));
      });
      request.on('error', reject);
      request.end(body);
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const problem = await problemOf(response);
    const message = problem.detail ?? problem.title;
    if (status === 429 || status === 503) {
      const after = Number(response.headers['retry-after']);
      throw new NotAnswered(message, [], Number.isFinite(after) ? after : undefined);
    }
    throw new RequestRefused(problem.code, status, message);
  }
}

async function problemOf(response: http.IncomingMessage): Promise<ProblemBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const status = response.statusCode ?? 0;
  const plain = { status, code: `http-${String(status)}`, title: text.slice(0, 500) };
  if (!(response.headers['content-type'] ?? '').includes('json')) return plain;
  try {
    return { ...plain, ...(JSON.parse(text) as Partial<ProblemBody>) };
  } catch (error) {
    if (error instanceof SyntaxError) return plain;
    throw error;
  }
}

async function* linesOf(response: http.IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}

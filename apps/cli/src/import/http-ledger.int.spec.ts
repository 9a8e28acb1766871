import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NotAnswered } from './client.js';
import { HttpLedger } from './http-ledger.js';

type Handler = (body: string, response: http.ServerResponse, request: http.IncomingMessage) => void;

const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of close.splice(0)) await stop();
});

/** A server that answers as it is told to, and a client for it. */
async function serve(handler: Handler): Promise<HttpLedger> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      handler(Buffer.concat(chunks).toString('utf8'), response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ledger = new HttpLedger({
    url: `http://127.0.0.1:${String(port)}`,
    headers: { 'Ledger-Actor': 'tester' },
  });
  close.push(async () => {
    ledger.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return ledger;
}

const answer = (line: number): string => `${JSON.stringify({ line, status: 200 })}\n`;

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a ledger over HTTP', () => {
  it('sends lines as NDJSON and gives the answers in order', async () => {
    const seen: (string | undefined)[] = [];
    const ledger = await serve((body, response, { url, headers }) => {
      seen.push(url, headers['content-type'], headers['ledger-actor'] as string, body);
      // An answer may come in pieces, cut inside a character.
      const [whole] = [Buffer.from(`${answer(1)}{"line":2,"status":200,"x":"é"}`)];
      response.write(whole.subarray(0, whole.length - 3));
      response.end(whole.subarray(whole.length - 3));
    });
    const answers = await ledger.postCommands(['{"a":1}', '{"b":2}'], { dryRun: true });
    expect(answers).toEqual([
      { line: 1, status: 200 },
      { line: 2, status: 200, x: 'é' },
    ]);
    expect(seen).toEqual([
      '/v1/commands?dryRun=true',
      'application/x-ndjson',
      'tester',
      '{"a":1}\n{"b":2}\n',
    ]);
  });

  it('keeps the answers that came before the connection broke', async () => {
    const ledger = await serve((_, response) => {
      response.write(answer(1), () => {
        setImmediate(() => response.destroy());
      });
    });
    const error = await failure(ledger.postCommands(['1', '2'], { dryRun: false }));
    expect(error).toBeInstanceOf(NotAnswered);
    expect(error).toMatchObject({ retryable: true, answers: [{ line: 1, status: 200 }] });
  });

  it('takes an answer that is too short for one that broke off', async () => {
    const ledger = await serve((_, response) => response.end(answer(1)));
    const error = await failure(ledger.postCommands(['1', '2'], { dryRun: false }));
    expect(error).toMatchObject({ answers: [{ line: 1, status: 200 }] });
  });

  it('says when the service is busy, and for how long', async () => {
    const ledger = await serve((_, response) => {
      response.writeHead(503, { 'retry-after': '2', 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ status: 503, code: 'in-doubt', detail: 'In doubt.' }));
    });
    const error = await failure(ledger.postCommands(['1'], { dryRun: false }));
    expect(error).toMatchObject({
      code: 'not-answered',
      retryAfterSeconds: 2,
      message: 'In doubt.',
    });
  });

  it('says when it is refused, in the words of the service', async () => {
    const ledger = await serve((_, response) => {
      response.writeHead(403, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ status: 403, code: 'forbidden', detail: 'Not yours.' }));
    });
    const error = await failure(ledger.postCommands(['1'], { dryRun: false }));
    expect(error).toMatchObject({ retryable: false, code: 'forbidden', message: 'Not yours.' });
  });

  it('says when nobody is there', async () => {
    const gone = await serve((_, response) => response.end());
    for (const stop of close.splice(0)) await stop();
    const error = await failure(gone.postCommands(['1'], { dryRun: false }));
    expect(error).toMatchObject({ code: 'not-answered', retryable: true });
  });

  it('reads what a dataset lists', async () => {
    const rows = [
      { incidentId: 'a', externalId: '1' },
      { incidentId: 'b', externalId: '2' },
    ];
    let asked: string | undefined;
    const ledger = await serve((_, response, { url }) => {
      asked = url;
      response.end(rows.map((r) => JSON.stringify(r)).join('\n'));
    });
    const got = [];
    for await (const row of ledger.listed('ucdp-ged', 'UA', 3)) got.push(row);
    expect(got).toEqual(rows);
    expect(asked).toBe('/v1/datasets/ucdp-ged/listed?scope=UA&partition=3');
  });

  it('asks whether an import is visible', async () => {
    let asked: string | undefined;
    let status = 504;
    const ledger = await serve((_, response, { url }) => {
      asked = url;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{}');
    });
    expect(await ledger.isVisible('run', '0:5,3:17')).toBe(false);
    expect(asked).toBe('/v1/imports/run?after=0%3A5%2C3%3A17');
    status = 200;
    expect(await ledger.isVisible('run', '')).toBe(true);
    expect(asked).toBe('/v1/imports/run');
  });
});

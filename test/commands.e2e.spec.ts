import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir } from '#libs/testing';
import {
  type Answer,
  bulk,
  get,
  linesOf,
  post,
  type ProblemBody,
  type ReceiptBody,
} from './support/http.js';
import { type RunningService, startService } from './support/service.js';

const REPORT = {
  kind: 'blackout',
  title: 'Emergency blackout',
  reportedAt: '2024-11-11',
  occurred: { start: '2024-11-11', precision: 'day' },
};
const CLAIM = {
  asserts: 'casualties',
  indicator: 'killed',
  low: 6,
  source: { name: 'A newspaper', type: 'media' },
  reportedAt: '2024-11-11',
};
const ABSENT = '00000000-0000-4000-8000-000000000000';

describe('commands over HTTP', () => {
  const home = tempDir();
  let service: RunningService;
  const at = (path: string): string => `${service.url}/v1/incidents${path}`;
  const report = async (body: object = REPORT): Promise<ReceiptBody> =>
    (await post<ReceiptBody>(at(''), body)).body;
  const count = (answers: Answer<unknown>[], status: number): number =>
    answers.filter((a) => a.status === status).length;

  beforeAll(async () => {
    service = await startService({ home: home.path });
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    home.dispose();
  });

  describe('races', () => {
    it('64 clients with the same report and key get one incident', async () => {
      const headers = { 'Idempotency-Key': 'race-1' };
      const answers = await Promise.all(
        Array.from({ length: 64 }, () => post<ReceiptBody>(at(''), REPORT, headers)),
      );
      expect(count(answers, 201)).toBe(64);
      expect(new Set(answers.map((a) => a.body.incidentId)).size).toBe(1);
      expect(new Set(answers.map((a) => a.body.events[0]?.id)).size).toBe(1);
      expect(answers.filter((a) => !a.body.replayed)).toHaveLength(1);
      const other = await post<ProblemBody>(at(''), { ...REPORT, title: 'Another' }, headers);
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
      expect(other.headers.get('idempotency-key')).toBe('race-1');
    });

    it('64 clients with the same If-Match: one success, 63 times 412', async () => {
      const { incidentId } = await report();
      const answers = await Promise.all(
        Array.from({ length: 64 }, (_, i) =>
          post<ProblemBody>(
            at(`/${incidentId}/revisions`),
            { title: `Title ${String(i)}`, reason: 'a better one' },
            { 'If-Match': '"1"' },
          ),
        ),
      );
      expect(count(answers, 200)).toBe(1);
      expect(count(answers, 412)).toBe(63);
      const refused = answers.find((a) => a.status === 412);
      expect(refused?.body).toMatchObject({ code: 'version-differs', version: 2 });
      expect(refused?.headers.get('etag')).toBe('"2"');
    });

    it('a key retried after a restart gets its first receipt', async () => {
      const headers = { 'Idempotency-Key': 'before the restart' };
      const first = await post<ReceiptBody>(at(''), REPORT, headers);
      expect(await service.stop()).toBe(0);
      service = await startService({ home: home.path });
      const again = await post<ReceiptBody>(at(''), REPORT, headers);
      expect(again.body).toEqual({ ...first.body, replayed: true });
      expect(again.status).toBe(201);
    }, 60_000);
  });

  it('takes every command, and shows what came of it', async () => {
    const target = await report({ ...REPORT, title: 'The other one' });
    const { incidentId: id } = await report({ ...REPORT, claims: [{ ...CLAIM, id: 'first' }] });
    const sha256 = 'ab'.repeat(32);
    const steps: [string, string, object | undefined][] = [
      ['POST', '/claims', { ...CLAIM, low: 7 }],
      [
        'POST',
        '/claims/first/responses',
        {
          stance: 'denies',
          by: { name: 'A ministry' },
          source: { name: 'A ministry', type: 'official' },
          reportedAt: '2024-11-12',
        },
      ],
      ['POST', '/claims/first/withdrawal', { reason: 'taken back' }],
      ['POST', '/revisions', { title: 'Blackout in the city', reason: 'a better title' }],
      ['POST', '/assessments', { grade: 'fair', rationale: 'two sources' }],
      [
        'POST',
        '/evidence',
        {
          sha256,
          mediaType: 'image/png',
          keptAt: 'https://archive.example/1',
          capturedBy: 'me',
          capturedAt: '2024-11-12',
        },
      ],
      ['POST', '/links', { relation: 'response_to', to: target.incidentId }],
      ['DELETE', `/links/response_to/${target.incidentId}`, undefined],
      ['POST', '/end', { end: '2024-11-12' }],
      ['POST', '/reopening', {}],
      ['POST', '/retraction', { reason: 'it was a test' }],
      ['POST', '/reinstatement', { reason: 'it was none' }],
      ['POST', '/merge', { into: target.incidentId, reason: 'the same' }],
      ['DELETE', '/merge', { reason: 'not the same' }],
    ];
    let version = 1;
    let position = '';
    for (const [method, path, body] of steps) {
      const answer = await post<ReceiptBody>(
        at(`/${id}${path}`),
        body,
        { 'If-Match': `"${String(version)}"` },
        method,
      );
      expect({ path, status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
      ({ version, position } = answer.body);
      expect(answer.headers.get('etag')).toBe(`"${String(version)}"`);
      expect(answer.headers.get('location')).toBe(`/v1/incidents/${id}`);
      expect(answer.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(version).toBe(15);
    const shown = await get(at(`/${id.toUpperCase()}?after=${position}`));
    expect(shown.body).toMatchObject({
      version: 15,
      status: 'open',
      title: 'Blackout in the city',
      grade: 'fair',
      evidence: [{ sha256 }],
      links: [],
      casualties: { killed: { all: { low: 7, best: null, high: null } } },
    });
    const history = await get<{ changes: { version: number; type: string }[] }>(
      at(`/${id}/history`),
    );
    expect(history.body.changes.map((c) => c.version)).toEqual(
      Array.from({ length: 15 }, (_, i) => i + 1),
    );
  });

  it('keeps who did it, in which request and trace', async () => {
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const headers = { 'X-Request-Id': 'request 7', traceparent, tracestate: 'a=b' };
    // As HTTP carries it: the bytes of UTF-8.
    const actor = Buffer.from('Марія', 'utf8').toString('latin1');
    const { body } = await post<ReceiptBody>(at(''), REPORT, { ...headers, 'Ledger-Actor': actor });
    const history = await get<{ changes: { event: object }[] }>(
      at(`/${body.incidentId}/history?after=${body.position}`),
    );
    expect(history.body.changes[0]?.event).toMatchObject({
      recordedby: 'Марія',
      recordedbyrole: 'recorder',
      correlationid: 'request 7',
      traceparent,
      tracestate: 'a=b',
    });
  });

  it('shows a write in a query that names its position', async () => {
    for (let i = 0; i < 20; i += 1) {
      const { incidentId, position } = await report();
      const found = await get(at(`/${incidentId}`), { 'Ledger-After': position });
      expect(found.status).toBe(200);
    }
    const never = await get<ProblemBody>(at('?after=0:999999'));
    expect(never).toMatchObject({ status: 504, body: { code: 'not-yet-visible' } });
  });

  describe('input that is refused', () => {
    const refusals: [string, () => Promise<Answer<ProblemBody>>, number, string][] = [
      [
        'a key of 201 characters',
        () => withHeader('Idempotency-Key', 'k'.repeat(201)),
        400,
        'invalid-header',
      ],
      ['an empty key', () => withHeader('Idempotency-Key', ''), 400, 'invalid-header'],
      ['If-Match that is no version', () => withHeader('If-Match', '3'), 400, 'invalid-header'],
      [
        'an actor of 201 characters',
        () => withHeader('Ledger-Actor', 'a'.repeat(201)),
        400,
        'invalid-header',
      ],
      ['a body that is not JSON', () => post(at(''), '{"kind":'), 400, 'malformed-json'],
      ['a body that is no object', () => post(at(''), '[1]'), 400, 'invalid'],
      [
        'another media type',
        () => post(at(''), 'x', { 'Content-Type': 'text/csv' }),
        415,
        'unsupported-media-type',
      ],
      [
        'a body of 5 MiB',
        () => post(at(''), { ...REPORT, title: 'x'.repeat(5 << 20) }),
        413,
        'body-too-large',
      ],
      ['an id that is no UUID', () => post(at('/7/end'), { end: '2024-11-12' }), 400, 'invalid'],
      [
        'an incident that is not there',
        () => post(at(`/${ABSENT}/end`), { end: '2024-11-12' }),
        404,
        'incident-absent',
      ],
      [
        '31 February',
        () => post(at(''), { ...REPORT, occurred: { start: '2024-02-31' } }),
        400,
        'invalid',
      ],
      [
        'an end before the start',
        () => post(at(''), { ...REPORT, occurred: { start: '2024-11-11', end: '2024-11-10' } }),
        400,
        'end-before-start',
      ],
      [
        'a report from the future',
        () => post(at(''), { ...REPORT, reportedAt: '2999-01-01' }),
        400,
        'reported-in-future',
      ],
      ['U+0000 in a text', () => post(at(''), { ...REPORT, title: 'a\u0000b' }), 400, 'invalid'],
      [
        'figures out of order',
        () => post(at(''), { ...REPORT, claims: [{ ...CLAIM, high: 1 }] }),
        400,
        'figures-out-of-order',
      ],
      ['an unknown query parameter', () => get(at('?colour=red')), 400, 'invalid-query'],
      ['asOf in the future', () => get(at('?asOf=2999-01-01')), 400, 'invalid-query'],
      ['asOf that is no date', () => get(at('?asOf=yesterday')), 400, 'invalid-query'],
      ['limit=0', () => get(at('?limit=0')), 400, 'invalid-query'],
      ['limit=100000', () => get(at('?limit=100000')), 400, 'invalid-query'],
      ['a cursor that is none', () => get(at('?cursor=abc')), 400, 'invalid-cursor'],
      ['a wrong method', () => post(at(''), {}, {}, 'PUT'), 405, 'method-not-allowed'],
      ['a route that is not there', () => get(`${service.url}/v2/incidents`), 404, 'no-such-route'],
      [
        'an address that cannot be decoded',
        () => get(`${service.url}/v1/incidents/%zz`),
        400,
        'malformed-request',
      ],
      [
        'an import that is not there',
        () => get(`${service.url}/v1/imports/${ABSENT}`),
        404,
        'import-absent',
      ],
      [
        'a schema that is not there',
        () => get(`${service.url}/v1/schemas/incident.reported/9`),
        404,
        'schema-absent',
      ],
      [
        'dryRun=perhaps',
        () =>
          post(`${service.url}/v1/commands?dryRun=perhaps`, '', {
            'Content-Type': 'application/x-ndjson',
          }),
        400,
        'invalid-query',
      ],
      [
        'bulk that is not NDJSON',
        () => post(`${service.url}/v1/commands`, {}, { 'Content-Type': 'text/plain' }),
        415,
        'unsupported-media-type',
      ],
      [
        'a scope that is none',
        () => get(`${service.url}/v1/datasets/x/listed?scope=ukraine`),
        400,
        'invalid-query',
      ],
    ];
    const withHeader = (name: string, value: string): Promise<Answer<ProblemBody>> =>
      post(at(''), REPORT, { [name]: value });

    it.each(refusals)('%s', async (_name, send, status, code) => {
      const answer = await send();
      expect(answer).toMatchObject({ status, body: { status, code } });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body.detail.length).toBeGreaterThan(10);
    });

    it('lists wrong types in five places, all five', async () => {
      const { status, body } = await post<ProblemBody>(at(''), {
        kind: 'blackout',
        title: 5,
        reportedAt: false,
        occurred: { start: 7 },
        actors: {},
        claims: [{ ...CLAIM, low: 'six' }],
      });
      expect(status).toBe(400);
      const paths = new Set(body.errors?.map((e) => e.path));
      expect([...paths].sort()).toEqual(
        ['title', 'reportedAt', 'occurred.start', 'actors', 'claims.0.low'].sort(),
      );
    });

    it('a cursor from another query', async () => {
      await report();
      const page = await get<{ next: string }>(at('?limit=1'));
      const other = await get<ProblemBody>(at(`?limit=1&kind=airstrike&cursor=${page.body.next}`));
      expect(other).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    });
  });

  describe('bulk', () => {
    const line = (n: number, data: object = REPORT): object => ({
      command: 'report',
      idempotencyKey: `bulk/${String(n)}`,
      data,
    });

    it('answers every line in order; a bad one has its own problem', async () => {
      const answers = await bulk(service.url, [
        line(1),
        'this is no JSON',
        line(2, { ...REPORT, kind: 'war' }),
        { command: 'dance', idempotencyKey: 'x', data: {} },
        { command: 'end', incidentId: ABSENT, idempotencyKey: 'y', data: { end: '2024-11-12' } },
        line(3),
        line(1),
      ]);
      expect(answers.map((a) => [a.line, a.status])).toEqual([
        ...[
          [1, 201],
          [2, 400],
          [3, 400],
          [4, 400],
          [5, 404],
          [6, 201],
          [7, 201],
        ],
      ]);
      expect(answers[2]?.problem?.errors?.[0]?.path).toBe('data.kind');
      expect(answers[6]?.receipt).toEqual({ ...answers[0]?.receipt, replayed: true });
    });

    it('keeps the order of lines about one incident', async () => {
      const id = '6b1d7c7e-0c52-4b0e-9d5c-2f3f0d0b9a11';
      const answers = await bulk(service.url, [
        { command: 'report', incidentId: id, idempotencyKey: 'a', data: REPORT },
        ...Array.from({ length: 50 }, (_, i) => ({
          command: 'revise',
          incidentId: id,
          idempotencyKey: `r${String(i)}`,
          expectedVersion: i + 1,
          data: { title: `Title ${String(i)}`, reason: 'counting' },
        })),
      ]);
      expect(answers.map((a) => a.receipt?.version)).toEqual(
        Array.from({ length: 51 }, (_, i) => i + 1),
      );
    });

    it('dryRun decides and writes nothing', async () => {
      const [answer] = await bulk(service.url, [line(100)], '?dryRun=true');
      expect(answer).toMatchObject({ status: 201, receipt: { version: 1 } });
      const { status } = await get(at(`/${answer?.receipt?.incidentId ?? ''}`));
      expect(status).toBe(404);
    });

    it('a line that is too long is refused, the next one is not', async () => {
      const answers = await bulk(service.url, ['x'.repeat(5 << 20), line(101)]);
      expect(answers.map((a) => [a.line, a.status])).toEqual([
        [1, 413],
        [2, 201],
      ]);
    });

    it('goes on when a client hangs up', async () => {
      const hangUp = new AbortController();
      const text = Array.from({ length: 3_000 }, (_, i) => JSON.stringify(line(1_000 + i)));
      const response = await fetch(`${service.url}/v1/commands`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson' },
        body: text.join('\n'),
        signal: hangUp.signal,
      });
      await response.body?.getReader().read();
      hangUp.abort();
      const answers = await bulk(service.url, [line(1_000)]);
      expect(answers[0]).toMatchObject({ status: 201, receipt: { replayed: true } });
    });

    it('lists nothing for a dataset that is not there', async () => {
      const answer = await get<string>(`${service.url}/v1/datasets/none/listed?scope=UA`);
      expect(answer.status).toBe(200);
      expect(linesOf(answer.body)).toEqual([]);
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir } from '#libs/testing';
import { describeBulk } from './commands/bulk.js';
import { CLAIM, REPORT } from './commands/fixtures.js';
import { describeRefusals } from './commands/refusals.js';
import { type Answer, get, post, type ProblemBody, type ReceiptBody } from './support/http.js';
import { type RunningService, startService } from './support/service.js';

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

  describeRefusals(() => service);
  describeBulk(() => service);
});

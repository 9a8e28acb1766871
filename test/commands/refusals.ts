import { describe, expect, it } from '@jest/globals';
import { type Answer, get, post, type ProblemBody } from '../support/http.js';
import type { RunningService } from '../support/service.js';
import { ABSENT, CLAIM, REPORT } from './fixtures.js';

/** Every kind of input that is refused, on a service that another suite runs. */
export function describeRefusals(running: () => RunningService): void {
  const url = (): string => running().url;
  const at = (path: string): string => `${url()}/v1/incidents${path}`;

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
      ['a route that is not there', () => get(`${url()}/v2/incidents`), 404, 'no-such-route'],
      [
        'an address that cannot be decoded',
        () => get(`${url()}/v1/incidents/%zz`),
        400,
        'malformed-request',
      ],
      [
        'an import that is not there',
        () => get(`${url()}/v1/imports/${ABSENT}`),
        404,
        'import-absent',
      ],
      [
        'a schema that is not there',
        () => get(`${url()}/v1/schemas/incident.reported/9`),
        404,
        'schema-absent',
      ],
      [
        'dryRun=perhaps',
        () =>
          post(`${url()}/v1/commands?dryRun=perhaps`, '', {
            'Content-Type': 'application/x-ndjson',
          }),
        400,
        'invalid-query',
      ],
      [
        'bulk that is not NDJSON',
        () => post(`${url()}/v1/commands`, {}, { 'Content-Type': 'text/plain' }),
        415,
        'unsupported-media-type',
      ],
      [
        'a scope that is none',
        () => get(`${url()}/v1/datasets/x/listed?scope=ukraine`),
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
      await post(at(''), REPORT);
      const page = await get<{ next: string }>(at('?limit=1'));
      const other = await get<ProblemBody>(at(`?limit=1&kind=airstrike&cursor=${page.body.next}`));
      expect(other).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    });
  });
}

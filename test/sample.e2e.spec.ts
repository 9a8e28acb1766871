import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { tempDir } from '#libs/testing';
import { ledger } from './support/cli.js';
import { get, linesOf, type ProblemBody } from './support/http.js';
import { logOf } from './support/log.js';
import { type RunningService, startService } from './support/service.js';

interface Incident {
  id: string;
  version: number;
  kind: string;
  title: string;
  disputed: boolean;
  grade: string;
  occurred: { start: string | null; end: string | null; span: string; precision: string };
  location: { region: string | null; name: string | null; precision: string };
  casualties: Record<string, unknown>;
  claims: {
    asserts: string;
    source: { name: string };
    responses: { stance: string; by: { name: string } }[];
  }[];
  links: { relation: string; to: string }[];
}
interface Page {
  items: Incident[];
  next: string | null;
}

describe('the sample 2024-11-11', () => {
  const home = tempDir();
  let service: RunningService;
  const ask = async <T>(query: string): Promise<T> =>
    (await get<T>(`${service.url}/v1/${query}`)).body;
  const incidents = async (query: string): Promise<Incident[]> =>
    (await ask<Page>(`incidents?${query}`)).items;

  beforeAll(async () => {
    service = await startService({ home: home.path, env: { SAMPLE: '2024-11-11' } });
    const last = (await logOf(home.path)).flatMap((events, p) =>
      events.length > 0 ? [`${String(p)}:${String(events.length - 1)}`] : [],
    );
    expect((await get(`${service.url}/v1/incidents?after=${last.join(',')}`)).status).toBe(200);
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    home.dispose();
  });

  it('has one disputed incident: the call, claimed by a newspaper and denied by the Kremlin', async () => {
    const [call, ...others] = await incidents('disputed=true');
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      kind: 'diplomatic_contact',
      grade: 'unassessed',
      occurred: { start: '2024-11-07', precision: 'day' },
      claims: [
        {
          asserts: 'occurrence',
          source: { name: 'The Washington Post', anonymous: true },
          responses: [{ stance: 'denies', by: { name: 'Dmitry Peskov' } }],
        },
      ],
    });
    expect(await incidents('disputed=true&knownAt=2024-11-10')).toEqual([]);
    expect(
      await incidents(`disputed=false&knownAt=2024-11-10&kind=diplomatic_contact`),
    ).toHaveLength(1);
  });

  it('has seven blackouts in force at noon, without a certain hour', async () => {
    const inForce = await ask<{
      inForce: { kind: string; region: string; certain: boolean }[];
      countryWide: { kind: string }[];
    }>('in-force?at=2024-11-11T12:00:00Z');
    const blackouts = inForce.inForce.filter((i) => i.kind === 'blackout');
    expect(blackouts.map((b) => b.region).sort()).toEqual(
      ['UA-30', 'UA-48', 'UA-71', 'UA-59', 'UA-18', 'UA-35', 'UA-63'].sort(),
    );
    expect(blackouts.every((b) => !b.certain)).toBe(true);
    expect(inForce.countryWide).toHaveLength(1);
    expect(inForce.countryWide[0]).toMatchObject({ kind: 'air_alert' });
  });

  it('says killed: at least 6, best unknown', async () => {
    const [strike] = await incidents('kind=airstrike');
    expect(strike).toMatchObject({
      occurred: { start: null, end: '2024-11-11', span: 'within' },
      location: { name: 'southern Ukraine', precision: 'area' },
      casualties: { killed: { all: { low: 6, best: null, high: null } } },
    });
    const stats = await ask<{ total: Record<string, unknown> }>('stats');
    expect(stats.total).toMatchObject({
      killed: { low: 6, best: null, withoutBest: 1, openHigh: 1 },
    });
  });

  it('links two drone attacks, and the blackouts to the alert', async () => {
    const drones = await incidents('kind=drone_attack');
    expect(drones).toHaveLength(2);
    const linked = new Set(drones.flatMap((d) => d.links.map((l) => l.to)));
    expect(drones.some((d) => linked.has(d.id))).toBe(true);
    const [alert] = await incidents('kind=air_alert');
    for (const blackout of await incidents('kind=blackout'))
      expect(blackout.links).toContainEqual({ relation: 'response_to', to: alert?.id });
    const statements = await incidents('kind=statement');
    expect(statements.flatMap((s) => s.claims.map((c) => c.source.name)).sort()).toEqual([
      'Donald Trump',
      'Jake Sullivan',
    ]);
  });

  it('is not changed by loading it again', async () => {
    const before = (await logOf(home.path)).flat().length;
    const again = await ledger(['sample', '2024-11-11', '--json'], { url: service.url });
    expect(again).toMatchObject({ code: 0, json: { recorded: 0 } });
    expect((await logOf(home.path)).flat()).toHaveLength(before);
    expect(await ledger(['sample', 'nothing'], { url: service.url })).toMatchObject({ code: 2 });
  });

  describe('the feed', () => {
    it('has the bytes that are in the log, in the order of each partition', async () => {
      const response = await fetch(`${service.url}/v1/events`);
      const fed = (await response.text()).split('\n').filter((line) => line !== '');
      const stored = (await logOf(home.path)).flat().map((bytes) => bytes.toString('utf8'));
      expect(fed).toEqual(stored);
      expect(response.headers.get('link')).toMatch(/^<\/v1\/events\?cursor=.+>; rel="next"$/);
      const rest = await get<string>(
        `${service.url}/v1/events?cursor=${response.headers.get('ledger-cursor') ?? ''}`,
      );
      expect(rest.body).toBe('');
    });

    it('comes in pages that make the same whole', async () => {
      const whole = linesOf<{ id: string }>(await ask<string>('events')).map((e) => e.id);
      const ids: string[] = [];
      let cursor = '';
      for (let page = 0; page < 50; page += 1) {
        const answer = await get<string>(`${service.url}/v1/events?limit=5${cursor}`);
        const events = linesOf<{ id: string }>(answer.body);
        if (events.length === 0) break;
        ids.push(...events.map((e) => e.id));
        cursor = `&cursor=${answer.headers.get('ledger-cursor') ?? ''}`;
      }
      expect([...ids].sort()).toEqual([...whole].sort());
    });

    it('fits the published schemas, says a validator of somebody else', async () => {
      const { schemas } = await ask<{ schemas: { href: string }[] }>('schemas');
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      formats.default(ajv);
      for (const { href } of schemas) {
        const schema = await get<{ $schema: string }>(`${service.url}${href}`);
        expect(schema.headers.get('content-type')).toContain('application/schema+json');
        expect(schema.body.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
        ajv.addSchema(schema.body);
      }
      const events = linesOf<{ dataschema: string }>(await ask<string>('events'));
      for (const event of events) {
        const ok = ajv.validate(event.dataschema, event);
        expect({ ok, errors: ajv.errors }).toEqual({ ok: true, errors: null });
      }
      expect(events.length).toBeGreaterThan(20);
    });

    it('takes no cursor of another log', async () => {
      const cursor =
        (await get(`${service.url}/v1/events?limit=1`)).headers.get('ledger-cursor') ?? '';
      const places = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as {
        feed: [number, string, string][];
      };
      const other = places.feed.map(([p, offset]) => [p, offset, 'ab'.repeat(32)]);
      const forged = Buffer.from(JSON.stringify({ ...places, feed: other })).toString('base64url');
      const answer = await get<ProblemBody>(`${service.url}/v1/events?cursor=${forged}`);
      expect(answer).toMatchObject({ status: 410, body: { code: 'cursor-lost' } });
    });
  });

  describe('the description of the service', () => {
    it('OpenAPI 3.1 has every route', async () => {
      const { body } = await get<{ openapi: string; paths: Record<string, object> }>(
        `${service.url}/openapi.json`,
      );
      expect(body.openapi).toBe('3.1.0');
      const described = Object.entries(body.paths).flatMap(([route, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`),
      );
      expect(described.sort()).toEqual(ROUTES.sort());
      for (const [, ref = ''] of JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        const found = ref
          .split('/')
          .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], body);
        expect({ ref, found: typeof found }).toEqual({ ref, found: 'object' });
      }
    });

    it('has a page for people, health and metrics', async () => {
      const docs = await get<string>(`${service.url}/docs`);
      expect(docs.body).toContain('Conflict Ledger');
      expect(await get(`${service.url}/health/live`)).toMatchObject({ status: 200 });
      expect(await get(`${service.url}/health/ready`)).toMatchObject({
        status: 200,
        body: { status: 'ready', reasons: [] },
      });
      const metrics = await get<string>(`${service.url}/metrics`);
      expect(metrics.body).toMatch(/^ledger_events_appended_total\{role="standalone"\} [1-9]/m);
    });

    it('the codebook has every kind', async () => {
      const { kinds } = await ask<{ kinds: { kind: string }[] }>('codebook');
      expect(kinds).toHaveLength(17);
    });
  });

  describe('the command line', () => {
    it('shows an incident and its history', async () => {
      const [call] = await incidents('disputed=true');
      const id = call?.id ?? '';
      const shown = await ledger(['show', id], { url: service.url });
      expect(shown.stdout).toContain('Dmitry Peskov denies it');
      const json = await ledger(['show', id, '--known-at', '2024-11-10', '--json'], {
        url: service.url,
      });
      expect(json.json).toMatchObject({ id, disputed: false });
      const history = await ledger(['history', id, '--json'], { url: service.url });
      expect(history.json).toMatchObject({
        incidentId: id,
        changes: [{ version: 1 }, { version: 2 }],
      });
    });

    it('verifies and replays from the log alone', async () => {
      const verified = await ledger(['verify', '--json'], { home: home.path });
      expect(verified).toMatchObject({ code: 0, json: { ok: true, problems: 0 } });
      const replayed = await ledger(['replay', '--all', '--json'], { home: home.path });
      const all = replayed.json as {
        incidentId: string;
        version: number;
        state: { title: string };
      }[];
      const shown = (await ask<Page>('incidents?limit=1000')).items;
      expect(all.map((r) => [r.incidentId, r.version, r.state.title]).sort()).toEqual(
        shown.map((i) => [i.id, i.version, i.title]).sort(),
      );
      const log = `embedded:${path.join(home.path, 'log')}`;
      const one = await ledger(['replay', shown[0]?.id ?? '', '--log', log, '--json']);
      expect(one).toMatchObject({ code: 0, json: { incidentId: shown[0]?.id } });
    });

    it('tells the status', async () => {
      const status = await ledger(['status', '--json'], { url: service.url });
      expect(status).toMatchObject({ code: 0, json: { status: 'ready', home: home.path } });
      expect((await ledger(['status'], { url: service.url })).stdout).toContain(
        'The Washington Post',
      );
    });

    it.each([
      ['an unknown flag', ['status', '--colour'], 2, '--colour'],
      ['an unknown command', ['dance'], 2, 'dance'],
      [
        'an unknown format',
        ['import', 'xlsx', 'x.csv', '--reported-at', '2020-01-01'],
        2,
        'ucdp-ged',
      ],
      ['no service', ['status', '--url', 'http://127.0.0.1:9'], 1, 'npm start'],
      ['no log', ['verify', '--log', 'embedded:/nowhere/at/all'], 1, '/nowhere/at/all'],
      ['a log of another kind', ['verify', '--log', 'kafka:broker/topic'], 2, 'embedded:DIR'],
      ['an id that is none', ['show', 'x'], 2, 'UUID'],
    ])('%s', async (_name, args, code, words) => {
      const result = await ledger(args, { url: service.url });
      expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
      expect(result.stderr).toContain(words);
      const json = await ledger([...args, '--json'], { url: service.url });
      expect(json).toMatchObject({ code, json: { error: { exitCode: code } } });
    });
  });

  it('leaves nothing else in its home', () => {
    expect(readdirSync(home.path).sort()).toEqual(
      expect.arrayContaining(['log', 'postgres', 'state']),
    );
  });
});

const ROUTES = [
  'POST /v1/incidents',
  ...[
    'claims',
    'claims/{claimId}/responses',
    'claims/{claimId}/withdrawal',
    'revisions',
    'assessments',
  ].map((path) => `POST /v1/incidents/{id}/${path}`),
  ...['evidence', 'links', 'merge', 'retraction', 'reinstatement', 'end', 'reopening'].map(
    (path) => `POST /v1/incidents/{id}/${path}`,
  ),
  'DELETE /v1/incidents/{id}/links/{relation}/{targetId}',
  'DELETE /v1/incidents/{id}/merge',
  'POST /v1/commands',
  ...['incidents', 'incidents/{id}', 'incidents/{id}/history', 'stats', 'in-force', 'events'].map(
    (path) => `GET /v1/${path}`,
  ),
  ...[
    'imports/{importId}',
    'datasets/{dataset}/listed',
    'codebook',
    'schemas',
    'schemas/{type}/{version}',
    'status',
  ].map((path) => `GET /v1/${path}`),
  'GET /health/live',
  'GET /health/ready',
];

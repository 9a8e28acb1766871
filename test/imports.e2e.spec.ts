import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWhen, tempDir, waitFor } from '#libs/testing';
import { type CliResult, ledger } from './support/cli.js';
import { DATA, dataFile, MISSING_DATA } from './support/data.js';
import { get } from './support/http.js';
import { logOf } from './support/log.js';
import { type RunningService, startService } from './support/service.js';

interface Stats {
  groups: { key: Record<string, string | null>; incidents: number; killed: { best: number } }[];
  total: {
    incidents: number;
    delisted: number;
    killed: { low: number; best: number; high: number };
  };
}
interface Incident {
  id: string;
  location: { regionName: string | null; point: { lat: number; lon: number } | null };
  datasets: { listed: boolean; scopes: string[] }[];
}

const GED2018 = dataFile('ucdp/ged_ukraine_thru2018.csv');
const GED2019 = dataFile('ucdp/ged_ukraine_thru2019.csv');
const ORDER = ['--edition', '2018', '--reported-at', '2019-06-01'];

describeWhen(MISSING_DATA, 'imports of published datasets', () => {
  const temp = tempDir();
  const home = path.join(temp.path, 'home');
  let service: RunningService;

  const ask = async <T>(query: string): Promise<T> =>
    (await get<T>(`${service.url}/v1/${query}`)).body;
  const events = async (): Promise<number> =>
    (await logOf(home)).flat().filter((b) => !b.includes('"type":"conflict.import.')).length;
  const run = (format: string, file: string, ...flags: string[]): Promise<CliResult> =>
    ledger(['import', format, file, ...flags, '--wait', '--json'], { url: service.url });
  const ged = (
    file: string,
    edition: string,
    date: string,
    ...flags: string[]
  ): Promise<CliResult> =>
    run(
      'ucdp-ged',
      file,
      ...['--dataset', 'ucdp-ged', '--scope', 'UA', '--edition', edition, '--reported-at', date],
      ...flags,
    );
  const byExternalId = async (id: string, more = ''): Promise<Incident | undefined> =>
    (await ask<{ items: Incident[] }>(`incidents?dataset=ucdp-ged&externalId=${id}${more}`))
      .items[0];

  beforeAll(async () => {
    service = await startService({ home });
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    temp.dispose();
  });

  it('the 2018 edition of UCDP GED: 993 created; again: nothing', async () => {
    expect(await ged(GED2018, '2018', '2019-06-01')).toMatchObject({
      code: 0,
      json: { rows: 993, created: 993, rejected: 0, eventsWritten: 993 },
    });
    const before = await events();
    expect(await ged(GED2018, '2018', '2019-06-01')).toMatchObject({
      code: 0,
      json: { created: 0, unchanged: 993, extended: 0, eventsWritten: 0 },
    });
    expect(await events()).toBe(before);
  }, 60_000);

  it('--dry-run tells what the next edition would change, and writes nothing', async () => {
    const before = (await logOf(home)).flat().length;
    const dry = await ledger(
      [
        ...['import', 'ucdp-ged', GED2019, '--scope', 'UA', '--edition', '2019'],
        ...['--reported-at', '2020-06-01', '--dry-run', '--json'],
      ],
      { url: service.url },
    );
    expect(dry).toMatchObject({ code: 0, json: { created: 174, revised: 3, unchanged: 990 } });
    expect((await logOf(home)).flat()).toHaveLength(before);
  }, 60_000);

  it('the 2019 edition: 174 created, three revised with their fields; again: nothing', async () => {
    const imported = await ged(GED2019, '2019', '2020-06-01');
    expect(imported).toMatchObject({
      code: 0,
      json: {
        ...{ rows: 1167, created: 174, revised: 3, unchanged: 990, extended: 990 },
        ...{ vanished: 0, reappeared: 0, rejected: 0 },
      },
    });
    const { importId, revisions } = imported.json as {
      importId: string;
      revisions: { externalId: string; fields: string[] }[];
    };
    const fields = Object.fromEntries(revisions.map((r) => [r.externalId, r.fields]));
    expect(Object.keys(fields).sort()).toEqual(['156835', '239008', '257655']);
    expect(fields['156835']).toEqual(
      expect.arrayContaining(['location.point', 'location.regionName', 'location.districtName']),
    );
    expect(fields['239008']).toEqual(['original.event_clarity']);
    expect(fields['257655']).toEqual(['original.deaths_b', 'original.deaths_unknown']);
    expect(await ask(`imports/${importId}`)).toMatchObject({
      importId,
      status: 'completed',
      edition: '2019',
      counts: { created: 174, revised: 3, extended: 990 },
    });
    expect(await ged(GED2019, '2019', '2020-06-01')).toMatchObject({
      code: 0,
      json: { unchanged: 1167, extended: 0, eventsWritten: 0 },
    });
  }, 60_000);

  it('stats now, and as known before the second edition', async () => {
    const now = await ask<Stats>('stats?dataset=ucdp-ged&groupBy=year');
    const then = await ask<Stats>('stats?dataset=ucdp-ged&groupBy=year&knownAt=2019-12-31');
    const best = (stats: Stats): Record<string, number> =>
      Object.fromEntries(stats.groups.map((g) => [g.key.year ?? '', g.killed.best]));
    expect(best(now)).toEqual({
      ...{ 2014: 4423, 2015: 1314, 2016: 252, 2017: 409 },
      ...{ 2018: 243, 2019: 234 },
    });
    expect(best(then)).toMatchObject({ 2018: 234 });
    expect(now.total).toMatchObject({
      incidents: 1167,
      killed: { low: 6232, best: 6875, high: 7938 },
    });
    expect(then.total).toMatchObject({
      incidents: 993,
      killed: { low: 6075, best: 6632, high: 7690 },
    });
  });

  it('incident 156835 moved from Crimea to Donetsk, and its history says by which edition', async () => {
    const now = await byExternalId('156835');
    expect(now?.location.regionName).toMatch(/Donetsk/);
    expect(now?.location.point).toEqual({ lat: 48, lon: 37.805278 });
    const then = await byExternalId('156835', '&knownAt=2019-12-31');
    expect(then?.location.regionName).toMatch(/Crimea/);
    const { changes } = await ask<{
      changes: { type: string; edition: string | null; fields: { field: string }[] }[];
    }>(`incidents/${now?.id ?? ''}/history`);
    expect(changes[0]).toMatchObject({ type: 'incident.reported', edition: '2018' });
    const moved = changes.find((c) => c.type === 'incident.relocated');
    expect(moved?.edition).toBe('2019');
    expect(moved?.fields.map((f) => f.field)).toEqual(
      expect.arrayContaining(['location.point', 'location.regionName']),
    );
  });

  it('an older edition, and the same edition with other bytes, are refused', async () => {
    const before = (await logOf(home)).flat().length;
    const older = await ged(GED2018, '2018', '2019-06-01');
    expect(older.code).toBe(3);
    expect(older.stderr).toMatch(/oldest first/);
    const other = path.join(temp.path, 'other.csv');
    writeFileSync(other, `${readFileSync(GED2019, 'utf8')}\n`);
    expect(await ged(other, '2019', '2020-06-01')).toMatchObject({ code: 3 });
    expect((await logOf(home)).flat()).toHaveLength(before);
  }, 60_000);

  it('ten rows taken out vanish and are delisted; put back, they reappear', async () => {
    const { header, rows } = recordsOf(GED2019);
    const gone = rows.slice(100, 110);
    const without = path.join(temp.path, 'without-ten.csv');
    writeFileSync(without, [...header, ...rows.slice(0, 100), ...rows.slice(110)].join('\r\n'));
    const vanished = await ged(without, '2020-without', '2021-06-01');
    expect(vanished).toMatchObject({
      code: 0,
      json: { rows: 1157, vanished: 10, unchanged: 1157 },
    });
    const { delisted } = vanished.json as { delisted: string[] };
    expect(delisted).toHaveLength(10);
    expect((await byExternalId(delisted[0] ?? ''))?.datasets[0]).toMatchObject({
      listed: false,
      scopes: [],
    });
    const stats = await ask<Stats>('stats?dataset=ucdp-ged');
    expect(stats.total).toMatchObject({ incidents: 1167, delisted: 10 });
    const back = path.join(temp.path, 'back.csv');
    writeFileSync(back, [...header, ...rows].join('\r\n'));
    expect(await ged(back, '2020-back', '2021-07-01')).toMatchObject({
      code: 0,
      json: { rows: 1167, reappeared: 10, vanished: 0 },
    });
    expect((await ask<Stats>('stats?dataset=ucdp-ged')).total.delisted).toBe(0);
    expect(gone).toHaveLength(10);
  }, 60_000);

  it('an edition cut after half its lines is refused, and nothing is written', async () => {
    const before = (await logOf(home)).flat().length;
    const lines = readFileSync(GED2019, 'utf8').split('\n');
    const half = path.join(temp.path, 'half.csv');
    writeFileSync(half, `${lines.slice(0, lines.length / 2).join('\n')}\n`);
    const refused = await ged(half, '2022', '2022-06-01');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/--allow-vanished/);
    expect((await logOf(home)).flat()).toHaveLength(before);
  }, 60_000);

  it('five ids of the world-wide edition are those of this dataset, unchanged', async () => {
    const imported = await run(
      'ucdp-ged',
      dataFile('ucdp/ged231_sample_1000.csv'),
      ...['--dataset', 'ucdp-ged', '--edition', '23.1', '--reported-at', '2023-06-01'],
    );
    expect(imported).toMatchObject({
      code: 0,
      json: { rows: 1000, created: 995, revised: 0, unchanged: 5, rejected: 0 },
    });
  }, 60_000);

  it('an import that is killed half-way is shown; --take-over brings it to the same end', async () => {
    const flags = ['--dataset', 'sirens', '--edition', '2024', '--reported-at', '2024-04-23'];
    const file = dataFile('air-raid-sirens/official_data_en.csv.gz');
    const reached = waitFor(async () => (await events()) > 8_000, {
      timeoutMs: 60_000,
      everyMs: 200,
      what: 'part of the sirens',
    });
    const killed = await ledger(['import', 'air-raid-sirens', file, ...flags], {
      url: service.url,
      killWhen: reached,
    });
    expect(killed.code).toBeNull();
    const status = await waitFor(
      async () => {
        const { stdout } = await ledger(['status'], { url: service.url });
        return stdout.includes('imports that are not completed') && stdout;
      },
      { timeoutMs: 30_000, what: 'the status to show the import' },
    );
    expect(status).toContain('sirens');
    expect(await run('air-raid-sirens', file, ...flags)).toMatchObject({ code: 1 });
    const taken = await run('air-raid-sirens', file, ...flags, '--take-over');
    const { rows, created, unchanged, rejected } = taken.json as Record<string, number>;
    expect({ code: taken.code, rows, rejected }).toEqual({ code: 0, rows: 43_031, rejected: 0 });
    expect((created ?? 0) + (unchanged ?? 0)).toBe(43_031);
    expect(unchanged).toBeGreaterThan(0);
    expect((await ask<Stats>('stats?dataset=sirens')).total.incidents).toBe(43_031);
  }, 180_000);

  it('alerts in force at two instants, and none as known before the edition was out', async () => {
    interface InForce {
      inForce: { region: string | null }[];
      byRegion: { air_alert?: { whole: number; part: number } }[];
    }
    const at = (instant: string, more = ''): Promise<InForce> =>
      ask<InForce>(`in-force?at=${instant}&kind=air_alert${more}`);
    const counted = (
      answer: InForce,
    ): { wholeRegions: number; partAlerts: number; both: number } => {
      const alerts = answer.byRegion.map((r) => r.air_alert ?? { whole: 0, part: 0 });
      return {
        wholeRegions: alerts.filter((a) => a.whole > 0).length,
        partAlerts: alerts.reduce((sum, a) => sum + a.part, 0),
        both: alerts.filter((a) => a.whole > 0 && a.part > 0).length,
      };
    };
    const first = await at('2023-05-28T01:00:00Z');
    expect(first.inForce).toHaveLength(16);
    expect(counted(first)).toEqual({ wholeRegions: 15, partAlerts: 1, both: 0 });
    const second = await at('2024-04-11T02:00:00Z');
    expect(second.inForce).toHaveLength(28);
    // Four alerts in parts of two regions that are under a whole one too.
    expect(counted(second)).toEqual({ wholeRegions: 24, partAlerts: 4, both: 2 });
    expect((await at('2023-05-28T01:00:00Z', '&knownAt=2023-05-28')).inForce).toEqual([]);
  });

  it.each([
    ['an HTML error page', Buffer.from('<!DOCTYPE html><html><body>404</body></html>')],
    ['an empty file', Buffer.alloc(0)],
    ['a binary file', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 1, 2, 3])],
    ['a missing column', Buffer.from('id,year\n1,2014\n')],
  ])('%s is refused with exit code 3', async (_name, content) => {
    const before = (await logOf(home)).flat().length;
    const result = await ledger(['import', 'ucdp-ged', '-', ...ORDER, '--json'], {
      url: service.url,
      stdin: content,
    });
    expect(result).toMatchObject({ code: 3, json: { error: { exitCode: 3 } } });
    expect((await logOf(home)).flat()).toHaveLength(before);
  });

  it('the log of all this verifies', async () => {
    expect(await ledger(['verify', '--json'], { home })).toMatchObject({
      code: 0,
      json: { ok: true, problems: 0 },
    });
  }, 60_000);
});

/** The records of a file none of whose cells holds a line break, with the lines before them. */
function recordsOf(file: string): { header: string[]; rows: string[] } {
  if (DATA === undefined) return { header: [], rows: [] };
  const lines = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  return { header: lines.slice(0, 2), rows: lines.slice(2) };
}

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '#libs/testing';
import { ImportRefused } from './errors.js';
import type { ImportOptions, ImportReport } from './options.js';
import { runImport } from './run-import.js';
import { TestLedger } from './test-ledger.js';

const DATA = path.resolve(import.meta.dirname, '../../../../libs/importers/test-data');
const text2018 = readFileSync(path.join(DATA, 'ged-2018.csv'), 'utf8');
const [header = '', hxl = '', ...rows] = text2018.trimEnd().split('\n');

let dir: ReturnType<typeof tempDir>;
let ledger: TestLedger;
beforeAll(() => {
  dir = tempDir();
});
afterAll(() => {
  dir.dispose();
});
beforeEach(() => {
  ledger = new TestLedger();
});

let files = 0;
/** A file of these rows under the real header. */
function fileOf(lines: readonly string[]): string {
  const file = path.join(dir.path, `${String(++files)}.csv`);
  writeFileSync(file, [header, hxl, ...lines, ''].join('\n'));
  return file;
}

const EDITION_2018 = {
  format: 'ucdp-ged',
  file: path.join(DATA, 'ged-2018.csv'),
  scope: 'UA',
  edition: '2018',
  reportedAt: '2019-06-01',
} satisfies ImportOptions;
const EDITION_2019 = {
  ...EDITION_2018,
  file: path.join(DATA, 'ged-2019.csv'),
  edition: '2019',
  reportedAt: '2020-06-01',
} satisfies ImportOptions;

function run(options: ImportOptions): Promise<ImportReport> {
  return runImport(options, ledger);
}

async function refusal(options: ImportOptions): Promise<ImportRefused> {
  const error: unknown = await run(options).catch((e: unknown) => e);
  if (error instanceof ImportRefused) return error;
  throw error instanceof Error ? error : new Error('not refused');
}

/** Sixty rows with ids of their own, of which some can be spoilt. */
function many(count: number, spoil: (n: number) => boolean = () => false): string[] {
  const [row = ''] = rows;
  return Array.from({ length: count }, (_, n) => {
    const own = row.replace(/^\d+/, String(1000 + n));
    return spoil(n) ? own.replace(',45.093056,', ',95,') : own;
  });
}

describe('importing an edition', () => {
  it('creates, finds unchanged, and tells what the next edition revised', async () => {
    expect(await run(EDITION_2018)).toMatchObject({ rows: 10, created: 10, eventsWritten: 10 });
    expect(await run(EDITION_2018)).toMatchObject({ unchanged: 10, created: 0, eventsWritten: 0 });
    const report = await run(EDITION_2019);
    expect(report).toMatchObject({
      rows: 12,
      created: 2,
      revised: 3,
      unchanged: 7,
      extended: 7,
      vanished: 0,
      reappeared: 0,
      rejected: 0,
      rejects: [],
      delisted: [],
    });
    expect(report.revisions.map((r) => [r.externalId, r.fields])).toEqual([
      ['156835', expect.arrayContaining(['location.point', 'location.regionName'])],
      ['239008', ['original.event_clarity']],
      ['257655', ['original.deaths_b', 'original.deaths_unknown']],
    ]);
    expect(Object.keys(report)).toEqual([
      ...['rows', 'created', 'revised', 'unchanged', 'extended', 'vanished', 'reappeared'],
      ...['rejected', 'eventsWritten', 'seconds', 'importId', 'revisions', 'rejects', 'delisted'],
    ]);
    expect(await run(EDITION_2019)).toMatchObject({ unchanged: 12, extended: 0, eventsWritten: 0 });
  });

  it('records the run with its file, counts and end', async () => {
    const report = await run(EDITION_2018);
    const runs = ledger.events.filter((e) => e.event.type.startsWith('import.'));
    expect(runs).toMatchObject([
      {
        stream: 'dataset-ucdp-ged',
        event: {
          type: 'import.started',
          data: {
            importId: report.importId,
            format: 'ucdp-ged',
            edition: '2018',
            scope: 'UA',
            reportedAt: '2019-06-01',
            file: { name: 'ged-2018.csv', bytes: Buffer.byteLength(text2018) },
          },
        },
      },
      { event: { type: 'import.completed', data: { counts: { rows: 10, created: 10 } } } },
    ]);
  });

  it('delists what has vanished and lists again what reappears', async () => {
    await run({ ...EDITION_2018, file: fileOf(many(60)) });
    const fewer = await run({
      ...EDITION_2019,
      file: fileOf(many(60).slice(2)),
    });
    expect(fewer).toMatchObject({ rows: 58, unchanged: 58, vanished: 2, eventsWritten: 2 });
    expect(fewer.delisted.toSorted()).toEqual(['1000', '1001']);
    const back = await run({ ...EDITION_2019, edition: '2020', file: fileOf(many(60)) });
    expect(back).toMatchObject({ unchanged: 58, reappeared: 2, vanished: 0, eventsWritten: 2 });
  });

  it('delists nothing without a scope', async () => {
    await run({ ...EDITION_2018, file: fileOf(many(60)) });
    const { scope: _, ...extract } = EDITION_2019;
    expect(await run({ ...extract, file: fileOf(many(3)) })).toMatchObject({ vanished: 0 });
  });

  it('counts a row that repeats another as unchanged, and sends it once', async () => {
    const report = await run({ ...EDITION_2018, file: fileOf([...rows, rows[0] ?? '']) });
    expect(report).toMatchObject({ rows: 11, created: 10, unchanged: 1, eventsWritten: 10 });
  });

  it('reads standard input', async () => {
    const { file: _, ...rest } = EDITION_2018;
    const stdin = Readable.from([Buffer.from(text2018)]);
    expect(await run({ ...rest, file: '-', stdin })).toMatchObject({ created: 10 });
  });

  it('dates incidents by what their rows say', async () => {
    const file = path.join(dir.path, 'own.csv');
    writeFileSync(
      file,
      'externalId,kind,title,reportedAt\na,explosion,A,2024-01-01\nb,explosion,B,2024-02-01\n',
    );
    await run({ format: 'incidents', file });
    expect(ledger.events.map((e) => e.event.data.reportedAt)).toEqual([
      '2024-02-01',
      '2024-01-01',
      '2024-02-01',
      ledger.now,
    ]);
  });

  it('waits until queries show it', async () => {
    ledger.behind = 2;
    await run({ ...EDITION_2018, wait: true });
    expect(ledger.visibleAsked).toHaveLength(3);
    expect(ledger.visibleAsked[0]).toMatch(/^\d+:\d+(,\d+:\d+)+$/);
  });

  it('tells how far it is', async () => {
    const phases: string[] = [];
    await run({ ...EDITION_2018, onProgress: ({ phase }) => phases.push(phase) });
    expect([...new Set(phases)]).toEqual(['reading', 'comparing', 'sending', 'delisting']);
  });
});

describe('a dry run', () => {
  it('counts everything and writes nothing', async () => {
    await run({ ...EDITION_2018, file: fileOf(many(60)) });
    const before = ledger.events.length;
    const report = await run({
      ...EDITION_2019,
      file: fileOf([...many(61).slice(2)]),
      dryRun: true,
    });
    expect(report).toMatchObject({ created: 1, unchanged: 58, vanished: 2, eventsWritten: 0 });
    expect(report.delisted.toSorted()).toEqual(['1000', '1001']);
    expect(ledger.events).toHaveLength(before);
  });
});

describe('an import is refused, with nothing written', () => {
  it.each<[string, Partial<ImportOptions>, string, RegExp]>([
    ['an unknown format', { format: 'ucdp' }, 'format-unknown', /ucdp-ged, air-raid-sirens, inc/],
    ['a scope that is none', { scope: 'Ukraine' }, 'scope-invalid', /country code/],
    ['a dataset that is no name', { dataset: 'My Data' }, 'dataset-invalid', /a-z 0-9/],
    ['an empty edition', { edition: ' ' }, 'edition-invalid', /1 to 200/],
    ['a date that is none', { reportedAt: '2020-02-31' }, 'reported-at-invalid', /2020-06-01/],
  ])('%s: wrong usage', async (_, change, code, message) => {
    const error = await refusal({ ...EDITION_2018, ...change });
    expect([error.exitCode, error.code]).toEqual([2, code]);
    expect(error.message).toMatch(message);
    expect(ledger.requests).toEqual([]);
  });

  it('without the date of the edition', async () => {
    const { reportedAt: _, ...undated } = EDITION_2018;
    const error = await refusal(undated);
    expect([error.exitCode, error.code]).toEqual([2, 'reported-at-missing']);
    expect(error.message).toContain('--reported-at');
  });

  it('when the file cannot be read', async () => {
    const error = await refusal({ ...EDITION_2018, file: path.join(dir.path, 'none.csv') });
    expect([error.exitCode, error.code]).toEqual([3, 'file-unreadable']);
  });

  it('when more than 5 % of the rows are rejected, unless that is allowed', async () => {
    const file = fileOf(many(60, (n) => n < 4));
    const rejectsFile = path.join(dir.path, 'rejects.ndjson');
    const error = await refusal({ ...EDITION_2018, file, rejectsFile });
    expect([error.exitCode, error.code]).toEqual([3, 'too-many-rejects']);
    expect(error.message).toMatch(/4 of 60 rows \(6\.7 %\).*record 1, line 3, latitude "95"/);
    expect(ledger.events).toEqual([]);
    expect(readFileSync(rejectsFile, 'utf8').trimEnd().split('\n')).toHaveLength(4);
    const report = await run({ ...EDITION_2018, file, allowRejects: true });
    expect(report).toMatchObject({ rows: 60, created: 56, rejected: 4 });
    expect(report.rejects[0]).toMatchObject({ record: 1, line: 3, column: 'latitude' });
  });

  it('when more than 5 % of what is listed has vanished, unless that is allowed', async () => {
    await run({ ...EDITION_2018, file: fileOf(many(60)) });
    const before = ledger.events.length;
    const half = { ...EDITION_2019, file: fileOf(many(30)) };
    const error = await refusal(half);
    expect([error.exitCode, error.code]).toEqual([3, 'too-many-vanished']);
    expect(error.message).toMatch(/30 of 60 rows listed in scope UA \(50\.0 %\)/);
    expect(ledger.events).toHaveLength(before);
    expect(await run({ ...half, allowVanished: true })).toMatchObject({ vanished: 30 });
  });

  it('when it is older than the last one, or has other bytes under the same label', async () => {
    await run(EDITION_2018);
    await run(EDITION_2019);
    const before = ledger.events.length;
    const older = await refusal(EDITION_2018);
    expect([older.exitCode, older.code]).toEqual([3, 'edition-older']);
    const other = await refusal({ ...EDITION_2019, file: fileOf(rows) });
    expect([other.exitCode, other.code]).toEqual([3, 'edition-differs']);
    expect(ledger.events).toHaveLength(before);
  });
});

describe('a rejected row', () => {
  it('counts as seen, so that it does not vanish', async () => {
    await run({ ...EDITION_2018, file: fileOf(many(60)) });
    const report = await run({ ...EDITION_2019, file: fileOf(many(60, (n) => n === 5)) });
    expect(report).toMatchObject({ rejected: 1, unchanged: 59, vanished: 0 });
  });

  it('stops all delisting when its id cannot be read', async () => {
    await run({ ...EDITION_2018, file: fileOf(many(60)) });
    const lines = many(60).slice(1);
    const file = fileOf([...lines.slice(1), (lines[0] ?? '').replace(/^\d+/, 'x')]);
    expect(await run({ ...EDITION_2019, file })).toMatchObject({ rejected: 1, vanished: 0 });
  });
});

describe('a second run', () => {
  it('is refused while one is under way, and takes over when told to', async () => {
    const all = many(1_300);
    const file = fileOf(all);
    ledger.fault = (_, number) => (number > 1_100 ? 'busy' : undefined);
    const lost = await refusal({ ...EDITION_2018, file, giveUpMs: 50 });
    expect([lost.exitCode, lost.code]).toEqual([1, 'ledger-unreachable']);
    expect(lost.message).toContain('--take-over');
    expect(ledger.running('ucdp-ged')).toBe('2018');
    const recorded = ledger.incidentEvents;
    expect(recorded).toBeGreaterThan(0);

    ledger.fault = () => undefined;
    const second = await refusal({ ...EDITION_2018, file });
    expect([second.exitCode, second.code]).toEqual([1, 'import-running']);
    expect(second.message).toContain('--take-over');

    const report = await run({ ...EDITION_2018, file, takeOver: true });
    expect(report).toMatchObject({ created: 1_300 - recorded, unchanged: recorded });
    expect(ledger.incidentEvents).toBe(1_300);
    expect(ledger.running('ucdp-ged')).toBeUndefined();
  });
});

describe('when the way to the ledger fails', () => {
  it('sends lines again that were not taken or whose answers were lost, and counts each once', async () => {
    const lines = many(1_500);
    // Of the first 2,000 lines each eleventh is not taken, and each 301st loses its answer.
    ledger.fault = (_, number) => {
      if (number > 2_000) return undefined;
      if (number % 301 === 0) return 'lost';
      return number % 11 === 0 ? 'busy' : undefined;
    };
    const report = await run({ ...EDITION_2018, file: fileOf(lines) });
    expect(report).toMatchObject({ rows: 1_500, created: 1_500, eventsWritten: 1_500 });
    expect(ledger.incidentEvents).toBe(1_500);
    expect(ledger.requests.every((r) => r.lines <= 1_000)).toBe(true);
  });

  it('gives up early when the ledger does not answer at all', async () => {
    ledger.fault = () => 'lost';
    const error = await refusal({ ...EDITION_2018, giveUpMs: 50 });
    expect([error.exitCode, error.code]).toEqual([1, 'ledger-unreachable']);
  });
});

describe('an import that is stopped', () => {
  it('abandons its run', async () => {
    const stopping = new AbortController();
    ledger.fault = (_, number) => {
      if (number === 500) stopping.abort();
      return undefined;
    };
    const file = fileOf(many(1_300));
    const error = await refusal({ ...EDITION_2018, file, signal: stopping.signal });
    expect([error.exitCode, error.code]).toEqual([1, 'interrupted']);
    expect(ledger.running('ucdp-ged')).toBeUndefined();
    expect(ledger.events.at(-1)?.event.type).toBe('import.abandoned');
  });

  it('abandons its run when the file changes under it', async () => {
    const file = fileOf(many(60));
    ledger.fault = (line) => {
      if (line.command === 'import-row') writeFileSync(file, `${header}\n`);
      return undefined;
    };
    const error = await refusal({ ...EDITION_2018, file });
    expect([error.exitCode, error.code]).toEqual([1, 'file-changed']);
    expect(error.message).toContain('What was recorded stays');
    expect(ledger.running('ucdp-ged')).toBeUndefined();
  });

  it('leaves no temporary file', async () => {
    const { file: _, ...rest } = EDITION_2018;
    const spooled = () =>
      readdirSync(tmpdir()).filter((name) =>
        name.startsWith(`ledger-import-${String(process.pid)}-`),
      );
    const before = spooled();
    const stdin = Readable.from([Buffer.from('')]);
    const error = await refusal({ ...rest, file: '-', stdin });
    expect(error.code).toBe('file-empty');
    expect(spooled()).toEqual(before);
  });
});

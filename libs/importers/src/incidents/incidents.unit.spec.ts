import { describe, expect, it } from '@jest/globals';
import type { RowItem } from '../format.js';
import { readAll, rejectsOf, rowsOf, withFile } from '../testing/files.js';
import { incidents } from './index.js';

const HEADER =
  'externalId,kind,title,description,start,end,span,occurredPrecision,lat,lon,placePrecision,country,region,place,killedLow,killedBest,killedHigh,sourceName,sourceType,sourceUrl,reportedAt';
const GOOD: Record<string, string> = {
  externalId: 'a-1',
  kind: 'drone_attack',
  title: 'Drone attack on Odesa',
  start: '2024-11-10',
  lat: '46.48',
  lon: '30.73',
  placePrecision: 'locality',
  country: 'Ukraine',
  region: 'UA-51',
  place: 'Odesa',
  killedLow: '2',
  sourceName: 'City council',
  sourceType: 'official',
  reportedAt: '2024-11-11',
};

function csv(changes: Record<string, string>, options = {}): Promise<RowItem[]> {
  const row: Record<string, string> = { ...GOOD, ...changes };
  const cells = HEADER.split(',').map((c) => row[c] ?? '');
  return withFile(`${HEADER}\n${cells.join(',')}\n`, (file) => readAll(incidents, file, options));
}

function ndjson(...lines: (object | string)[]): Promise<RowItem[]> {
  const text = lines.map((l) => (typeof l === 'string' ? l : JSON.stringify(l))).join('\n');
  return withFile(text, (file) => readAll(incidents, file, {}), 'made.ndjson');
}

const BODY = {
  externalId: 'a-1',
  kind: 'blackout',
  title: 'Blackout',
  reportedAt: '2024-11-11',
  occurred: { start: '2024-11-11', precision: 'day' },
  location: { country: 'UA', point: { lat: 46.5, lon: 30.7 }, precision: 'exact' },
  claims: [
    {
      asserts: 'occurrence',
      source: { name: 'Council', type: 'official' },
      reportedAt: '2024-11-11',
    },
  ],
};

describe('incidents as CSV', () => {
  it('reads a row', async () => {
    const [item] = rowsOf(await csv({}));
    expect(item?.row).toMatchObject({
      externalId: 'a-1',
      reportedAt: '2024-11-11',
      record: {
        kind: 'drone_attack',
        occurred: { start: '2024-11-10', span: 'lasted', precision: 'day' },
        location: {
          point: { lat: 46.48, lon: 30.73 },
          precision: 'locality',
          country: 'UA',
          region: 'UA-51',
          name: 'Odesa',
        },
        claims: [
          {
            slot: 'casualties.killed.all',
            low: 2,
            source: { name: 'City council', type: 'official' },
            reportedAt: '2024-11-11',
          },
        ],
      },
    });
    expect(item?.row.mapping.sourceName).toEqual(['casualties.killed.all.source']);
  });

  it('claims that it occurred when nobody is counted', async () => {
    const [item] = rowsOf(await csv({ killedLow: '' }));
    expect(item?.row.record.claims).toMatchObject([
      { slot: 'claims.occurrence', asserts: 'occurrence' },
    ]);
  });

  it('takes the date of the file where a row has none', async () => {
    const [item] = rowsOf(await csv({ reportedAt: '' }, { reportedAt: '2024-12-01' }));
    expect(item?.row.reportedAt).toBe('2024-12-01');
    const [reject] = rejectsOf(await csv({ reportedAt: '' }));
    expect(reject?.reject).toMatchObject({ column: 'reportedAt' });
  });

  it.each([
    ['kind', 'party', /drone_attack/],
    ['title', '', /./],
    ['lat', '91', /latitude must be/],
    ['lon', '', /given together/],
    ['start', '2024-02-31', /no such day/],
    ['end', '2024-11-09', /before the start/],
    ['placePrecision', 'near', /./],
    ['killedLow', '-1', /negative/],
    ['killedBest', '1', /low <= best <= high/],
    ['sourceName', '', /must come with its source/],
    ['externalId', '', /1 to 500/],
  ])('rejects %s "%s"', async (column, value, reason) => {
    const [item] = rejectsOf(await csv({ [column]: value }));
    expect(item?.reject.column).toBe(column);
    expect(item?.reject.reason).toMatch(reason);
  });
});

describe('incidents as NDJSON', () => {
  it('reads the body of a report with its external id', async () => {
    const [item] = rowsOf(await ndjson(BODY));
    expect(item?.row).toMatchObject({
      externalId: 'a-1',
      reportedAt: '2024-11-11',
      record: {
        kind: 'blackout',
        actors: [],
        claims: [{ slot: 'claims.1', asserts: 'occurrence' }],
      },
    });
    expect(item?.row.columns).toMatchObject({
      'location.point.lat': '46.5',
      'location.name': '',
      description: '',
    });
  });

  it('has the same columns whatever a row holds, so that a value which goes is a change', async () => {
    const { claims: _, location: __, ...less } = BODY;
    const [full, bare] = rowsOf(await ndjson(BODY, { ...less, externalId: 'a-2' }));
    expect(Object.keys(bare?.row.columns ?? {})).toEqual(Object.keys(full?.row.columns ?? {}));
  });

  it('rejects what is not a report, with the path of what is wrong', async () => {
    const claim = { asserts: 'casualties', indicator: 'killed', population: 'all', best: 1.5 };
    const source = { name: 'x', type: 'media' };
    const items = await ndjson(
      '{"externalId":',
      '[1]',
      { ...BODY, externalId: undefined },
      { ...BODY, kind: 'party' },
      { ...BODY, claims: [{ ...claim, source, reportedAt: '2024-11-11' }] },
      { ...BODY, title: 'a\u0000b' },
      { ...BODY, surprise: 1 },
      BODY,
    );
    expect(rejectsOf(items).map((i) => [i.reject.line, i.reject.column, i.externalId])).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      [3, 'externalId', undefined],
      [4, 'kind', 'a-1'],
      [5, 'claims.0.best', 'a-1'],
      [6, 'title', 'a-1'],
      [7, undefined, 'a-1'],
    ]);
    expect(rowsOf(items).map((i) => i.line)).toEqual([8]);
  });

  it('rejects a line that is not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${JSON.stringify(BODY)}\n{"title":"`),
      Buffer.from([0xe9]),
      Buffer.from('"}\n'),
    ]);
    const items = await withFile(bytes, (file) => readAll(incidents, file, {}));
    expect(rejectsOf(items)[0]?.reject).toEqual({
      record: 2,
      line: 2,
      reason: 'the line is not UTF-8',
    });
  });
});

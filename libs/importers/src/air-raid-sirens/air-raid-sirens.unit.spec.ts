import { describe, expect, it } from '@jest/globals';
import { fixture, readAll, rejectsOf, rowsOf, withFile } from '../testing/files.js';
import { airRaidSirens } from './index.js';

const HEADER = 'oblast,raion,hromada,level,started_at,finished_at,source';

async function fixtureRows() {
  return rowsOf(await readAll(airRaidSirens, fixture('sirens.csv')));
}

describe('air-raid sirens', () => {
  it('reads an alert of a whole oblast', async () => {
    const [first] = await fixtureRows();
    expect(first?.row.externalId).toBe('["vinnytska oblast","","","2022-03-15T16:10:34Z"]');
    expect(first?.row.record).toEqual({
      kind: 'air_alert',
      title: 'Air alert: Vinnytska oblast',
      occurred: {
        start: '2022-03-15T16:10:34Z',
        end: '2022-03-15T16:50:07Z',
        span: 'lasted',
        precision: 'minute',
      },
      location: {
        precision: 'region',
        country: 'UA',
        region: 'UA-05',
        regionName: 'Vinnytska oblast',
      },
      actors: [],
      claims: [
        {
          slot: 'claims.occurrence',
          asserts: 'occurrence',
          source: { name: 'Official air-raid alerts of Ukraine', type: 'official' },
          reportedAt: '2020-06-01',
        },
      ],
    });
  });

  it('reads alerts of a raion and of a hromada', async () => {
    const rows = await fixtureRows();
    expect(rows.map((r) => r.row.record.location.precision)).toEqual([
      'region',
      'region',
      'community',
      'community',
      'region',
      'district',
    ]);
    expect(rows[2]?.row.record).toMatchObject({
      title: 'Air alert: Umanska terytorialna hromada, Umanskyi raion, Cherkaska oblast',
      location: {
        region: 'UA-71',
        districtName: 'Umanskyi raion',
        communityName: 'Umanska terytorialna hromada',
      },
    });
    expect(rows[4]?.row.record.location.region).toBe('UA-30');
  });

  it('puts a swapped oblast and raion right, and says so', async () => {
    const swapped = (await fixtureRows())[3]?.row;
    expect(swapped?.record.location).toMatchObject({
      region: 'UA-53',
      regionName: 'Poltavska oblast',
      districtName: 'Lubenskyi raion',
    });
    expect(swapped?.record.description).toContain('oblast and raion the wrong way round');
    expect(swapped?.columns.oblast).toBe('Lubenskyi raion');
    expect(swapped?.externalId).toMatch(/^\["poltavska oblast","lubenskyi raion",/);
  });

  it('leaves an alert that has not ended open', async () => {
    const text = `${HEADER}\nKyiv City,,,oblast,2024-01-02 03:04:05+02:00,,official\n`;
    const [item] = rowsOf(await withFile(text, (file) => readAll(airRaidSirens, file)));
    expect(item?.row.record.occurred).toEqual({
      start: '2024-01-02T01:04:05Z',
      span: 'lasted',
      precision: 'minute',
    });
  });

  it.each([
    ['Kyiv City,,,oblast,2024-01-02 03:04:05,,official', 'started_at', /no offset from UTC/],
    ['Kyiv City,,,oblast,2024-02-30 03:04:05+00:00,,official', 'started_at', /no such day/],
    ['Kyiv City,,,oblast,2024-01-02 25:04:05+00:00,,official', 'started_at', /no such time/],
    ['Kyiv City,,,oblast,,,official', 'started_at', /empty/],
    [
      'Kyiv City,,,oblast,2024-01-02 03:04:05+00:00,2024-01-02 03:04:04+00:00,official',
      'finished_at',
      /before the start/,
    ],
    ['Kyiv City,,,city,2024-01-02 03:04:05+00:00,,official', 'level', /oblast, raion or hromada/],
    [',,,oblast,2024-01-02 03:04:05+00:00,,official', 'oblast', /empty/],
  ])('rejects %s', async (row, column, reason) => {
    const [item] = rejectsOf(
      await withFile(`${HEADER}\n${row}\n`, (file) => readAll(airRaidSirens, file)),
    );
    expect(item?.reject.column).toBe(column);
    expect(item?.reject.reason).toMatch(reason);
  });
});

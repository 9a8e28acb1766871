import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { RowReject } from '#libs/domain';
import { sha256 } from '#libs/contracts';
import { airRaidSirens } from './air-raid-sirens/index.js';
import { scanFile } from './scan.js';
import { fixture, withFile } from './testing/files.js';
import { ucdpGed } from './ucdp-ged/index.js';

const GED = fixture('ged-2018.csv');
const text = readFileSync(GED.path, 'utf8');

describe('the first pass', () => {
  it('counts rows and gives the file as it is on disk', async () => {
    const bytes = readFileSync(GED.path);
    const scan = await scanFile(ucdpGed, GED, { reportedAt: '2019-06-01', scope: 'UA' });
    expect(scan).toMatchObject({
      rows: 10,
      rejected: 0,
      repeated: 0,
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
    expect(scan.index.has('239008')).toBe(true);
    expect(scan.index.has('1')).toBe(false);
  });

  it('keeps the first 100 rejects, passes all of them on, and counts their ids as seen', async () => {
    const [header = '', hxl = '', row = ''] = text.split('\n');
    const bad = Array.from({ length: 150 }, (_, i) =>
      row.replace(/^\d+/, String(i)).replace(',45.093056,', ',95,'),
    );
    const all: RowReject[] = [];
    const noId = row.replace(/^\d+/, 'none');
    const scan = await withFile([header, hxl, ...bad, noId].join('\n'), (file) =>
      scanFile(ucdpGed, file, { onReject: (reject) => all.push(reject) }),
    );
    expect([scan.rows, scan.rejected, scan.rejectedWithoutId]).toEqual([151, 151, 1]);
    expect(scan.rejects).toHaveLength(100);
    expect(all).toHaveLength(151);
    expect(scan.index.has('149')).toBe(true);
  });

  it('takes a row that repeats another as one', async () => {
    const rows = text.trimEnd().split('\n');
    const scan = await withFile([...rows, rows.at(-1)].join('\n'), (file) =>
      scanFile(ucdpGed, file),
    );
    expect([scan.rows, scan.repeated, scan.index.size]).toEqual([11, 1, 10]);
  });

  it('refuses one id with different content, naming it and both lines', async () => {
    const rows = text.trimEnd().split('\n');
    const other = rows[2]?.replace('Ukraine: ', 'Ukraine:  other ');
    const scan = withFile([...rows, other].join('\n'), (file) => scanFile(ucdpGed, file));
    await expect(scan).rejects.toMatchObject({
      code: 'id-conflict',
      message: expect.stringMatching(/id 156835 .* line 3 and on line \d+/) as unknown,
    });
  });

  it('refuses rows outside the scope, naming them', async () => {
    const scan = scanFile(ucdpGed, fixture('ged-231.csv'), { scope: 'UA' });
    await expect(scan).rejects.toMatchObject({
      code: 'outside-scope',
      message: expect.stringMatching(/3 of 5 rows .* scope UA: 52588 \(line 2, /) as unknown,
    });
  });

  it('lets every row into the scope all', async () => {
    await expect(
      scanFile(airRaidSirens, fixture('sirens.csv'), { scope: 'all' }),
    ).resolves.toBeDefined();
  });
});

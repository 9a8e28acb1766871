import { describe, expect, it } from '@jest/globals';
import type { ImportReport } from './options.js';
import { importTable } from './table.js';

const REPORT: ImportReport = {
  rows: 1167,
  created: 174,
  revised: 1,
  unchanged: 990,
  extended: 990,
  vanished: 12,
  reappeared: 0,
  rejected: 1,
  eventsWritten: 1169,
  seconds: 1.5,
  importId: 'run',
  revisions: [{ incidentId: 'i', externalId: '239008', fields: ['original.event_clarity'] }],
  rejects: [{ record: 3, line: 5, column: 'latitude', value: '91', reason: 'too far north' }],
  delisted: Array.from({ length: 12 }, (_, n) => String(n)),
};

describe('the report of an import', () => {
  it('tells what the import did', () => {
    const text = importTable(REPORT, false);
    expect(text).toContain('Import run');
    expect(text).toMatch(/^rows +1,167$/m);
    expect(text).toMatch(/^unchanged +990 \(990 gained columns\)$/m);
    expect(text).toContain('  239008: original.event_clarity');
    expect(text).toContain('  record 3, line 5: latitude "91": too far north');
    expect(text).toContain('  … 2 more');
  });

  it('says that a dry run wrote nothing', () => {
    expect(importTable(REPORT, true)).toContain('nothing was written');
  });
});

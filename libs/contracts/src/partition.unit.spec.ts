import { describe, expect, it } from '@jest/globals';
import { incidentIdOf, reportedIncidentId } from './ids.js';
import { LEDGER_STREAM, PARTITIONS, partitionOf } from './partition.js';
import { parsePositions, positionToString } from './position.js';

describe('partitionOf', () => {
  // Hashes from Kafka's own UtilsTest; a modulus of 2^31 shows the whole of the positive hash.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('puts %s where Kafka puts it', (key, murmur2) => {
    const positive = murmur2 & 0x7fffffff;
    for (const partitions of [1, 2, 7, 12, 64, 1009, 2 ** 31])
      expect(partitionOf(key, partitions)).toBe(positive % partitions);
    expect(partitionOf(key)).toBe(positive % PARTITIONS);
  });

  it('hashes UTF-8, whatever the length modulo four', () => {
    for (const key of ['', 'ї', 'Київ', '😀', 'a', 'ab', 'abcd', 'abcde']) {
      const partition = partitionOf(key);
      expect(Number.isInteger(partition) && partition >= 0 && partition < PARTITIONS).toBe(true);
    }
  });

  it('keeps the stream of the ledger itself in partition 0', () => {
    expect(partitionOf(LEDGER_STREAM)).toBe(0);
    expect(partitionOf(LEDGER_STREAM, 64)).toBe(0);
  });

  it('spreads imported incidents evenly', () => {
    const counts = new Array<number>(PARTITIONS).fill(0);
    for (let i = 0; i < 12_000; i += 1) {
      const partition = partitionOf(incidentIdOf('ucdp-ged', String(i)));
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});

describe('ids', () => {
  it("an imported incident's id is the same in every ledger and for ever", () => {
    expect(incidentIdOf('ucdp-ged', '156835')).toBe('3656bd70-fc82-5162-927f-58d8ad7ec69a');
    expect(incidentIdOf('air-raid-sirens', 'Київ "1"')).toBe(
      '66795fdb-1b7a-5add-a216-837e09ef4f76',
    );
    expect(incidentIdOf('a', 'b,c')).not.toBe(incidentIdOf('a,b', 'c'));
  });

  it("a report's id follows from ledger, caller and key", () => {
    const ledger = '0192d2f4-7c00-7000-8000-0000000000aa';
    const id = reportedIncidentId(ledger, 'local', 'key');
    expect(id).toBe('3e1f767d-f754-56b9-bab8-2837fac2f2bd');
    expect(reportedIncidentId(ledger, 'local', 'key')).toBe(id);
    expect(reportedIncidentId(ledger, 'other', 'key')).not.toBe(id);
    expect(reportedIncidentId('0192d2f4-7c00-7000-8000-0000000000ab', 'local', 'key')).not.toBe(id);
  });
});

describe('positions', () => {
  it('are read as they are written', () => {
    const places = [
      { partition: 3, offset: '1042' },
      { partition: 11, offset: '9007199254740993' },
    ];
    expect(parsePositions(places.map(positionToString).join(','))).toEqual(places);
    expect(parsePositions('3:1042, 4:0')).toEqual([
      { partition: 3, offset: '1042' },
      { partition: 4, offset: '0' },
    ]);
  });

  it('write an offset in one way', () => {
    expect(parsePositions('0:007')).toEqual([{ partition: 0, offset: '7' }]);
  });

  it.each([
    '',
    '3',
    ':',
    '3:',
    ':4',
    '3:4,',
    '3:-1',
    '3:1.5',
    'a:b',
    '3:4;5:6',
    `0:${'9'.repeat(20)}`,
  ])('%j is none', (text) => {
    expect(parsePositions(text)).toBeUndefined();
  });
});

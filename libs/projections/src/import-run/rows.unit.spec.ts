import { describe, expect, it } from '@jest/globals';
import type { DomainEvent, SourceRow } from '#libs/domain';
import { groupByCommand, type PlacedEvent } from '../batch.js';
import { importRunRows } from './rows.js';

const [RUN, OTHER] = [
  '01900000-0000-7000-8000-000000000001',
  '01900000-0000-7000-8000-000000000002',
];

let offset = 0;
function written(subject: string, command: string, ...events: DomainEvent[]): PlacedEvent[] {
  return events.map((event) => {
    offset += 1;
    const envelope = { id: String(offset), subject, causationId: command, recordedBy: 'me' };
    return {
      partition: 0,
      offset: String(offset),
      bytes: new Uint8Array(),
      event: { ...envelope, ...event } as PlacedEvent['event'],
      recorded: 1_000,
      reported: 0,
    };
  });
}

const sourceRow = (importId: string, columns = {}): SourceRow => ({
  dataset: 'ged',
  externalId: '1',
  edition: 'e',
  importId,
  hash: 'h',
  columns,
  claims: {},
});
const reportedAt = '2024-01-01';
const recordedRow = (importId: string, fields: string[], columns = {}): DomainEvent => ({
  type: 'incident.source-row-recorded',
  data: { reportedAt, fields, sourceRow: sourceRow(importId, columns) },
});
const presence = { dataset: 'ged', scope: 'UA', externalId: '1', edition: 'e', importId: RUN };

describe('what a batch adds to import runs', () => {
  it('counts a row once, by all the events that its command wrote', () => {
    const events = [
      ...written(
        'i1',
        'r/1',
        { type: 'incident.redescribed', data: { reportedAt, title: 'New', reason: 'edition' } },
        recordedRow(RUN, ['title']),
      ),
      ...written('i2', 'r/2', recordedRow(RUN, [], { extra: '1' })),
      ...written('i2', 'r/3', recordedRow(RUN, [])),
      ...written('i3', 'r/4', { type: 'incident.delisted', data: { reportedAt, ...presence } }),
      ...written('i4', 'r/5', { type: 'incident.relisted', data: { reportedAt, ...presence } }),
      ...written('i5', 'mine', { type: 'incident.reopened', data: { reportedAt } }),
    ];
    expect(importRunRows(groupByCommand(events))).toEqual([
      expect.objectContaining({
        import_id: RUN,
        status: null,
        created: 0,
        revised: 1,
        unchanged_recorded: 2,
        extended: 1,
        vanished: 1,
        reappeared: 1,
        events: 6,
      }),
    ]);
  });

  it('keeps runs apart when one takes over from the other in one command', () => {
    const file = { name: 'f', sha256: 'x', bytes: 1 };
    const started = { importId: OTHER, dataset: 'ged', format: 'ged', edition: 'e', file };
    const events = written(
      'dataset-ged',
      'start',
      { type: 'import.abandoned', data: { reportedAt, importId: RUN, reason: 'taken over' } },
      { type: 'import.started', data: { reportedAt, ...started } },
    );
    expect(importRunRows(groupByCommand(events))).toEqual([
      expect.objectContaining({
        import_id: RUN,
        status: 'abandoned',
        finished_at: 1_000,
        reason: 'taken over',
        events: 0,
      }),
      expect.objectContaining({
        import_id: OTHER,
        status: 'running',
        started_at: 1_000,
        file: JSON.stringify(file),
        events: 0,
      }),
    ]);
  });
});

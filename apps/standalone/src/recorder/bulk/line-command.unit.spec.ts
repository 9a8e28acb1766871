import { describe, expect, it } from '@jest/globals';
import { incidentIdOf, reportedIncidentId } from '#libs/contracts';
import { Problem } from '#libs/platform';
import { type LineCommand, lineCommand } from './line-command.js';

const IDS = { ledgerId: '0b8f6d5e-3a55-4a6e-9d3c-0f1e2d3c4b5a', caller: 'local' };
const REPORT = {
  kind: 'explosion',
  title: 'An explosion',
  reportedAt: '2024-11-11',
  occurred: { start: '2024-11-11' },
};
const DELIST = {
  dataset: 'ucdp-ged',
  scope: 'UA',
  externalId: '7',
  edition: '2019',
  importId: '01a208f1-7c40-700e-a32d-febace9a027a',
  reportedAt: '2020-06-01',
};

function read(line: unknown): LineCommand | Problem {
  const bytes = Buffer.isBuffer(line) ? line : Buffer.from(JSON.stringify(line));
  return lineCommand(bytes, IDS);
}

function errorsOf(line: unknown): string[] {
  const problem = read(line);
  return problem instanceof Problem ? problem.errors.map((e) => e.path) : ['none'];
}

describe('lineCommand', () => {
  it('derives the id of a report that has none from caller and key', () => {
    expect(read({ command: 'report', idempotencyKey: 'k', data: REPORT })).toMatchObject({
      streamId: reportedIncidentId(IDS.ledgerId, 'local', 'k'),
      key: 'k',
    });
  });

  it("knows a row's incident, and takes no other", () => {
    const line = { command: 'delist', idempotencyKey: 'k', data: DELIST };
    const id = incidentIdOf('ucdp-ged', '7');
    expect(read(line)).toMatchObject({ streamId: id });
    expect(read({ ...line, incidentId: id })).toMatchObject({ streamId: id });
    expect(errorsOf({ ...line, incidentId: IDS.ledgerId })).toEqual(['incidentId']);
  });

  it("sends an import's end to its dataset", () => {
    const line = {
      command: 'abandon-import',
      idempotencyKey: 'k',
      data: { importId: DELIST.importId, reason: 'stopped' },
    };
    expect(read({ ...line, dataset: 'ucdp-ged' })).toMatchObject({ streamId: 'dataset-ucdp-ged' });
    expect(errorsOf(line)).toEqual(['dataset']);
  });

  it('names everything that is wrong with a line at once', () => {
    const line = {
      command: 'report',
      colour: 'red',
      idempotencyKey: '',
      expectedVersion: 'one',
      data: { ...REPORT, title: 5 },
    };
    expect(errorsOf(line)).toEqual(['colour', 'idempotencyKey', 'expectedVersion', 'data.title']);
    expect(errorsOf({ command: 'report', idempotencyKey: 'k' })).not.toEqual(['none']);
  });

  it.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['no object', Buffer.from('[1]')],
    ['no JSON', Buffer.from('{')],
  ])('%s', (_name, bytes) => {
    expect(read(bytes)).toMatchObject({ status: 400, code: 'malformed-json' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { command, event, givenImports, NOW } from '#libs/testing';
import type { CommandDataByName, CommandOf } from './commands.js';
import type { EventOf, ImportCounts } from './events.js';
import { datasetStream } from './imports.js';

const RUN = '01930000-0000-7000-8000-000000000001';
const NEXT_RUN = '01930000-0000-7000-8000-000000000002';
const file = { name: 'ged.csv', sha256: 'a'.repeat(64), bytes: 1_000 };
const otherFile = { name: 'ged-fixed.csv', sha256: 'b'.repeat(64), bytes: 1_001 };

function start(
  overrides: Partial<CommandDataByName['start-import']> & { extract?: true } = {},
): CommandOf<'start-import'> {
  const { extract, ...rest } = overrides;
  return command('start-import', {
    importId: RUN,
    dataset: 'ucdp-ged',
    format: 'ucdp-ged',
    edition: '2018',
    ...(extract !== true && { scope: 'UA' }),
    reportedAt: '2019-06-01',
    file,
    ...rest,
  });
}
function started(overrides: Parameters<typeof start>[0] = {}): EventOf<'import.started'> {
  const { takeOver: _, ...run } = start(overrides).data;
  return event('import.started', run);
}

const counts: ImportCounts = {
  rows: 993,
  created: 993,
  revised: 0,
  unchanged: 0,
  extended: 0,
  vanished: 0,
  reappeared: 0,
  rejected: 0,
  eventsWritten: 993,
};
const completed = event('import.completed', {
  importId: RUN,
  counts,
  rejects: [],
  reportedAt: NOW,
});
const next = { importId: NEXT_RUN, edition: '2019', reportedAt: '2020-06-01' };

it('has one stream for each dataset', () => {
  expect(datasetStream('ucdp-ged')).toBe('dataset-ucdp-ged');
});

describe('start-import', () => {
  it('starts the first run', () => {
    givenImports([]).when(start()).then([started()]);
  });

  it('starts the next edition once the last is completed or abandoned', () => {
    const abandoned = event('import.abandoned', {
      importId: RUN,
      reason: 'wrong file',
      reportedAt: NOW,
    });
    for (const end of [completed, abandoned])
      givenImports([started(), end])
        .when(start(next))
        .then([started(next)]);
  });

  it('starts the same file again', () => {
    const again = { importId: NEXT_RUN };
    givenImports([started(), completed])
      .when(start(again))
      .then([started(again)]);
  });

  it('is rejected while another run is under way', () => {
    givenImports([started()]).when(start(next)).thenRejected('import-running');
  });

  it('takes over when told to, which abandons the run', () => {
    givenImports([started()])
      .when(start({ importId: NEXT_RUN, takeOver: true }))
      .then([
        event('import.abandoned', {
          importId: RUN,
          reason: `taken over by import ${NEXT_RUN}`,
          reportedAt: NOW,
        }),
        started({ importId: NEXT_RUN }),
      ]);
    givenImports([])
      .when(start({ takeOver: true }))
      .then([started()]);
  });

  it('is rejected when the same edition comes with other bytes, also to take over', () => {
    const other = { importId: NEXT_RUN, file: otherFile };
    givenImports([started(), completed])
      .when(start(other))
      .thenRejected('edition-differs', 'edition');
    givenImports([started()])
      .when(start({ ...other, takeOver: true }))
      .thenRejected('edition-differs', 'edition');
    givenImports([started(), completed])
      .when(start({ ...other, scope: 'SY' }))
      .thenTypes('import.started');
  });

  it('is rejected when reported in the future', () => {
    givenImports([])
      .when(start({ reportedAt: '2025-06-01' }))
      .thenRejected('reported-in-future', 'reportedAt');
  });

  describe('an edition reported before one that is imported', () => {
    const newer = (scope?: string) => [
      started({ ...next, importId: RUN, ...(scope === undefined ? { extract: true } : { scope }) }),
      completed,
    ];
    const older = { importId: NEXT_RUN };

    it.each([
      ['UA', 'UA'],
      ['all', 'UA'],
      ['UA', 'all'],
      [undefined, 'UA'],
      ['UA', undefined],
    ])('is rejected where scopes overlap: %s, then %s', (first, second) => {
      givenImports(newer(first))
        .when(
          start({ ...older, ...(second === undefined ? { extract: true } : { scope: second }) }),
        )
        .thenRejected('edition-older', 'reportedAt');
    });

    it('is accepted in another country', () => {
      givenImports(newer('UA'))
        .when(start({ ...older, scope: 'SY' }))
        .thenTypes('import.started');
    });

    it('is accepted when both were reported on the same day', () => {
      givenImports(newer('UA'))
        .when(start({ ...older, reportedAt: next.reportedAt }))
        .thenTypes('import.started');
    });

    it('is rejected for the edition before, imported again', () => {
      givenImports([started(), completed, started(next)])
        .when(start({ importId: RUN, takeOver: true }))
        .thenRejected('edition-older', 'reportedAt');
    });
  });
});

describe('complete-import and abandon-import', () => {
  const complete = command('complete-import', { importId: RUN, counts, rejects: [] });
  const abandon = command('abandon-import', { importId: RUN, reason: 'wrong file' });

  it('end the run', () => {
    givenImports([started()]).when(complete).then([completed]);
    const abandoned = event('import.abandoned', { ...abandon.data, reportedAt: NOW });
    givenImports([started()]).when(abandon).then([abandoned]);
    expect(givenImports([started(), completed]).state).not.toHaveProperty('running');
    expect(givenImports([started(), abandoned]).state).not.toHaveProperty('running');
  });

  it('are rejected when that run is not under way', () => {
    for (const history of [[], [started(), completed], [started(next)]])
      for (const ending of [complete, abandon])
        givenImports(history).when(ending).thenRejected('import-not-running', 'importId');
  });

  it('are rejected for a run that was taken over', () => {
    const history = [
      started(),
      ...givenImports([started()]).when(start({ ...next, takeOver: true })).events,
    ];
    givenImports(history).when(complete).thenRejected('import-not-running', 'importId');
    expect(givenImports(history).state.running?.importId).toBe(NEXT_RUN);
  });

  it('are rejected when reported in the future', () => {
    givenImports([started()])
      .when(command('abandon-import', { ...abandon.data, reportedAt: '2025-06-01' }))
      .thenRejected('reported-in-future', 'reportedAt');
  });
});

it('a run that ended long ago does not end the one under way', () => {
  const { state } = givenImports([started(), completed, started(next), completed]);
  expect(state.running?.importId).toBe(NEXT_RUN);
});

import {
  LINK_RELATIONS,
  type CommandDataByName,
  type CommandName,
  type IncidentCommand,
} from '#libs/domain';
import fc from 'fast-check';
import {
  arbitraryActor,
  arbitraryCause,
  arbitraryClaim,
  arbitraryDate,
  arbitraryEvidence,
  arbitraryGrade,
  arbitraryInstant,
  arbitraryKind,
  arbitraryLocation,
  arbitraryOccurred,
  arbitraryReportedAt,
  arbitraryResponse,
  arbitraryText,
  maybe,
  withoutUndefined,
} from './arbitraries.js';
import { command } from './builders.js';
import { aDelisting, aRow } from './row-builders.js';

/** A few incidents, so that commands meet; more than one of them in the same partition or not. */
export const INCIDENT_POOL = [1, 2, 3, 4].map(
  (n) => `5a2f4f0e-7a1c-4c55-8f5d-00000000000${String(n)}`,
) as readonly string[];

/** A command on one of the pool's incidents, by its place in the pool. */
export interface AddressedCommand {
  incident: number;
  command: IncidentCommand;
}

const reportedAt = arbitraryReportedAt;
const reason = arbitraryText;
const claimId = fc.constantFrom('c1', 'c1', 'c2', 'c3');
const other = fc.constantFrom(...INCIDENT_POOL);

/** Fields by name, where `undefined` leaves one out. */
function data<N extends CommandName>(
  name: N,
  fields: { [K in keyof CommandDataByName[N]]?: fc.Arbitrary<CommandDataByName[N][K] | undefined> },
): fc.Arbitrary<IncidentCommand> {
  return fc
    .record(fields as Record<string, fc.Arbitrary<unknown>>)
    .map(
      (d) =>
        command(name, withoutUndefined(d) as unknown as CommandDataByName[N]) as IncidentCommand,
    );
}

export const arbitraryReport: fc.Arbitrary<IncidentCommand> = fc
  .record({
    kind: arbitraryKind,
    title: arbitraryText,
    description: maybe(arbitraryText),
    occurred: arbitraryOccurred,
    location: arbitraryLocation,
    actors: fc.array(arbitraryActor, { maxLength: 2 }),
    cause: maybe(arbitraryCause),
    reportedAt,
    claims: fc.array(arbitraryClaim(), { maxLength: 3 }),
  })
  .map(({ claims, ...rest }) =>
    command('report', {
      ...(withoutUndefined(rest) as Omit<CommandDataByName['report'], 'claims'>),
      // A claim given with a report may not be later than it.
      claims: claims.map((c) => ({ ...c, reportedAt: rest.reportedAt })),
    }),
  );

const cell = (...values: string[]) => fc.constantFrom(undefined, undefined, ...values);

/** A row of the made-up dataset: some columns changed, left out or spelt otherwise. */
const arbitraryRowColumns = fc.record({
  adm_1: cell('Crimea', 'donetsk  oblast'),
  where_prec: cell('2', '4'),
  latitude: cell('45.1', '48.00'),
  date_start: cell('2016-01-30', '2016-02-01 00:00:00.000'),
  date_prec: cell('2'),
  side_b: cell('LPR'),
  type_of_violence: cell('3'),
  low: cell('3', '1.0'),
  best: cell('4', '228'),
  deaths_civilians: cell('1', '2'),
  event_clarity: cell('2'),
  relid: cell('UKR-2016-1-X', ''),
});

/** Rows of editions that come in any order of their dates; the id is that of the incident. */
export function arbitraryRow(incident: number): fc.Arbitrary<IncidentCommand> {
  return fc
    .record({
      columns: arbitraryRowColumns,
      edition: fc.constantFrom('2018', '2019', '23.1'),
      scope: fc.constantFrom('UA', 'UA', 'all', undefined),
      reportedAt,
    })
    .map(({ columns, ...rest }) => {
      const changed = withoutUndefined(columns) as Record<string, string>;
      return aRow({ ...changed, id: String(incident) }, rest);
    });
}

function arbitraryDelisting(incident: number): fc.Arbitrary<IncidentCommand> {
  return fc
    .record({ scope: fc.constantFrom('UA', 'UA', 'all'), reportedAt })
    .map((rest) => aDelisting({ ...rest, externalId: String(incident) }));
}

const arbitraryChange: fc.Arbitrary<IncidentCommand> = fc.oneof(
  { weight: 4, arbitrary: arbitraryClaim().map((c) => command('record-claim', c)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(arbitraryResponse, claimId)
      .map(([r, id]) => command('respond-to-claim', { ...r, claimId: id })),
  },
  {
    weight: 2,
    arbitrary: data('withdraw-claim', { claimId, reason, reportedAt: maybe(reportedAt) }),
  },
  {
    weight: 4,
    arbitrary: data('revise', {
      kind: maybe(arbitraryKind),
      cause: fc.option(arbitraryCause, { nil: null }),
      title: maybe(arbitraryText),
      description: fc.option(arbitraryText, { nil: null }),
      occurred: maybe(arbitraryOccurred),
      location: maybe(arbitraryLocation),
      actors: maybe(fc.array(arbitraryActor, { maxLength: 2 })),
      reason,
      reportedAt: maybe(reportedAt),
    }),
  },
  {
    weight: 2,
    arbitrary: data('assess', {
      grade: arbitraryGrade,
      rationale: reason,
      pinnedClaimId: maybe(claimId),
      reportedAt: maybe(reportedAt),
    }),
  },
  {
    weight: 2,
    arbitrary: data('end', {
      end: fc.oneof(arbitraryDate, arbitraryInstant),
      reportedAt: maybe(reportedAt),
    }),
  },
  {
    weight: 1,
    arbitrary: data('reopen', { reason: maybe(reason), reportedAt: maybe(reportedAt) }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryEvidence, reportedAt)
      .map(([e, at]) => command('attach-evidence', { ...e, reportedAt: at })),
  },
  ...(['link', 'unlink'] as const).map((name) => ({
    weight: name === 'link' ? 2 : 1,
    arbitrary: data(name, {
      relation: fc.constantFrom('part_of' as const, ...LINK_RELATIONS),
      to: other,
      reportedAt: maybe(reportedAt),
    }),
  })),
  { weight: 2, arbitrary: data('merge', { into: other, reason, reportedAt: maybe(reportedAt) }) },
  ...(['unmerge', 'retract', 'reinstate'] as const).map((name) => ({
    weight: name === 'unmerge' ? 2 : 1,
    arbitrary: data(name, { reason, reportedAt: maybe(reportedAt) }),
  })),
);

/** Any command of any kind on one of the pool's incidents; many will be rejected. */
export const arbitraryCommand: fc.Arbitrary<AddressedCommand> = fc
  .nat({ max: INCIDENT_POOL.length - 1 })
  .chain((incident) =>
    fc
      .oneof(
        { weight: 1, arbitrary: arbitraryReport },
        { weight: 8, arbitrary: arbitraryChange },
        { weight: 3, arbitrary: arbitraryRow(incident) },
        { weight: 1, arbitrary: arbitraryDelisting(incident) },
      )
      .map((c) => ({ incident, command: c })),
  );

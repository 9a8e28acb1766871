import type { Actor, IncidentEvent, SourceRow } from '#libs/domain';
import fc from 'fast-check';
import type { VersionedEvent } from '../incident/versions.js';

export type HistoryEvent = VersionedEvent;

const DAY = 86_400_000;
const BEGINNING = Date.parse('2024-01-01T00:00:00.000Z');

/** One of a few days, so that reports coincide, precede and follow each other. */
const reportedAt = fc
  .integer({ min: -3, max: 3 })
  .chain((day) =>
    fc.constantFrom(
      new Date(BEGINNING + day * DAY).toISOString().slice(0, 10),
      new Date(BEGINNING + day * DAY + DAY / 2).toISOString(),
    ),
  );

const figure = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
const claim = fc
  .record({
    id: fc.constantFrom('c1', 'c2', 'c3', 'c4'),
    source: fc.constantFrom('Ministry', 'Monitor', 'Agency'),
    low: figure,
    best: figure,
    reportedAt,
    asserts: fc.constantFrom('casualties' as const, 'occurrence' as const),
  })
  .map(({ id, source, low, best, reportedAt: at, asserts }) => {
    const common = {
      id,
      reportedAt: at,
      source: { name: source, type: 'media' as const },
    };
    if (asserts === 'occurrence') return { ...common, asserts };
    return {
      ...common,
      asserts,
      indicator: 'killed' as const,
      population: 'all' as const,
      ...(low !== undefined && { low }),
      ...(best !== undefined && { best: best + (low ?? 0) }),
      high: 20,
    };
  });

const description = fc.record({
  kind: fc.constantFrom('airstrike' as const, 'blackout' as const, 'air_alert' as const),
  title: fc.constantFrom('First', 'Second "quoted"', 'Third \\ other'),
  occurred: fc.constantFrom(
    { start: '2024-01-02', span: 'lasted' as const, precision: 'day' as const },
    { start: '2024-01-02', end: '2024-01-04', span: 'within' as const, precision: 'week' as const },
    { end: '2024-01-04T10:00:00Z', span: 'within' as const, precision: 'hour' as const },
    {
      start: '2024-01-02T01:00:00Z',
      end: '2024-01-02T03:00:00Z',
      span: 'lasted' as const,
      precision: 'minute' as const,
    },
  ),
  location: fc.constantFrom(
    { precision: 'unknown' as const },
    { precision: 'region' as const, country: 'UA', region: 'UA-30' },
    { precision: 'locality' as const, country: 'UA', point: { lat: 50.45, lon: 30.52 } },
    { precision: 'area' as const, point: { lat: 48, lon: 35 }, radiusKm: 25 },
  ),
  actors: fc.constant<Actor[]>([]),
});

/** Import runs that events of the histories name. */
export const IMPORTS = [
  '01900000-0000-7000-8000-000000000001',
  '01900000-0000-7000-8000-000000000002',
] as const;

const sourceRow: fc.Arbitrary<SourceRow> = fc.record({
  dataset: fc.constantFrom('ucdp-ged', 'sirens'),
  externalId: fc.constantFrom('17', '18'),
  scope: fc.constant('UA'),
  edition: fc.constantFrom('2018', '2019'),
  importId: fc.constantFrom(...IMPORTS),
  hash: fc.constant('0'.repeat(64)),
  columns: fc.dictionary(fc.constantFrom('id', 'best', 'adm_1'), fc.constantFrom('1', '2')),
  claims: fc.constant({}),
});

/** The stream's first event. */
export const arbitraryReport: fc.Arbitrary<IncidentEvent> = fc
  .record({
    description,
    reportedAt,
    claims: fc.uniqueArray(claim, { maxLength: 2, selector: (c) => c.id }),
    sourceRow: fc.option(sourceRow, { nil: undefined }),
  })
  .map(({ description: described, sourceRow: row, ...data }) => ({
    type: 'incident.reported',
    data: { ...described, ...data, ...(row && { sourceRow: row }) },
  }));

const reason = fc.constantFrom('because', 'for another reason');
const claimId = fc.constantFrom('c1', 'c2', 'c3', 'c4');

function event<T extends IncidentEvent['type']>(
  type: T,
  data: fc.Arbitrary<Omit<Extract<IncidentEvent, { type: T }>['data'], 'reportedAt'>>,
): fc.Arbitrary<IncidentEvent> {
  return fc
    .tuple(data, reportedAt)
    .map(([rest, at]) => ({ type, data: { ...rest, reportedAt: at } }) as IncidentEvent);
}

/** Any event but the first, whether or not it fits what came before. `others`: incidents' ids. */
export function arbitraryChange(others: readonly string[]): fc.Arbitrary<IncidentEvent> {
  const other = fc.constantFrom(...others);
  const presence = fc.tuple(sourceRow).map(([{ dataset, externalId, edition, importId }]) => ({
    dataset,
    externalId,
    edition,
    importId,
    scope: 'UA',
  }));
  return fc.oneof(
    event('incident.claim-recorded', fc.record({ claim })),
    event(
      'incident.claim-responded',
      fc.record({
        claimId,
        response: fc.record({
          id: fc.constantFrom('r1', 'r2'),
          stance: fc.constantFrom('denies' as const, 'confirms' as const),
          by: fc.constant({ name: 'Spokesman' }),
          source: fc.constant({ name: 'Agency', type: 'media' as const }),
          reportedAt,
        }),
      }),
    ),
    event('incident.claim-withdrawn', fc.record({ claimId, reason })),
    event(
      'incident.reclassified',
      fc.record({ kind: fc.constantFrom('blackout' as const, 'explosion' as const), reason }),
    ),
    event(
      'incident.redated',
      fc.tuple(description, reason).map(([d, r]) => ({ occurred: d.occurred, reason: r })),
    ),
    event(
      'incident.relocated',
      fc.tuple(description, reason).map(([d, r]) => ({ location: d.location, reason: r })),
    ),
    event(
      'incident.assessed',
      fc.record({ grade: fc.constant('fair' as const), rationale: reason }),
    ),
    event('incident.ended', fc.record({ end: fc.constant('2024-01-05T00:00:00Z') })),
    event('incident.reopened', fc.constant({})),
    event('incident.linked', fc.record({ relation: fc.constant('part_of' as const), to: other })),
    event('incident.merged', fc.record({ into: other, reason })),
    event('incident.unmerged', fc.record({ from: other, reason })),
    event('incident.retracted', fc.record({ reason })),
    event('incident.reinstated', fc.record({ reason })),
    event(
      'incident.source-row-recorded',
      fc.record({ sourceRow, fields: fc.constantFrom([], ['title']) }),
    ),
    event('incident.delisted', presence),
    event('incident.relisted', presence),
  );
}

/** The history of one stream, with instants that coincide now and then. */
export const arbitraryHistory: fc.Arbitrary<HistoryEvent[]> = fc
  .tuple(
    arbitraryReport,
    fc.array(
      fc.tuple(
        arbitraryChange(['00000000-0000-4000-8000-00000000000a']),
        fc.constantFrom(0, 0, 1, 1000),
      ),
      { maxLength: 12 },
    ),
  )
  .map(([first, rest]) => {
    let recorded = BEGINNING;
    return [[first, 0] as const, ...rest].map(([incidentEvent, later], i) => {
      recorded += later;
      return {
        event: incidentEvent,
        version: i + 1,
        offset: String(i * 7),
        recorded,
        reported: Date.parse(incidentEvent.data.reportedAt),
      };
    });
  });

import type {
  Claim,
  ClaimState,
  CommandDataByName,
  CommandName,
  CommandOf,
  Evidence,
  EventDataByType,
  EventName,
  EventOf,
  Location,
  NewClaim,
  Occurred,
  Recorded,
  Source,
} from '#libs/domain';

/** The incident that a specification is about, and another one. */
export const INCIDENT_ID = '0a6b2f4e-8c1d-5e3f-9a7b-111111111111';
export const OTHER_ID = '0a6b2f4e-8c1d-5e3f-9a7b-222222222222';
/** The instant at which specifications decide. */
export const NOW = '2024-11-12T08:00:00.000Z';

/** A command from its name and data, typed as that command. */
export function command<N extends CommandName>(name: N, data: CommandDataByName[N]): CommandOf<N> {
  return { command: name, data } as unknown as CommandOf<N>;
}

/** An event from its type and data, typed as that event. */
export function event<T extends EventName>(type: T, data: EventDataByType[T]): EventOf<T> {
  return { type, data } as unknown as EventOf<T>;
}

export function aSource(overrides: Partial<Source> = {}): Source {
  return { name: 'Air Force of Ukraine', type: 'official', ...overrides };
}

type Optional<T> = T extends unknown ? { [K in keyof T]?: T[K] } : never;
type OccurrenceClaim = NewClaim & { asserts: 'occurrence' | 'statement' };
type CasualtyClaim = NewClaim & { asserts: 'casualties' };

/** A claim that it occurred, by an official source, reported on 2024-11-11. */
export function anOccurrenceClaim(overrides: Optional<OccurrenceClaim> = {}): NewClaim {
  return { asserts: 'occurrence', source: aSource(), reportedAt: '2024-11-11', ...overrides };
}

/** A claim about people killed (all, no side); without figures given, "at least six". */
export function aCasualtyClaim(overrides: Optional<CasualtyClaim> = {}): NewClaim {
  const { low, best, high } = overrides;
  const figures = low === undefined && best === undefined && high === undefined ? { low: 6 } : {};
  return {
    asserts: 'casualties',
    indicator: 'killed',
    population: 'all',
    source: aSource({ name: 'Regional administration' }),
    reportedAt: '2024-11-11',
    ...figures,
    ...overrides,
  };
}

/** A casualty claim as it stands in a state. */
export function aStandingClaim(
  id: string,
  overrides: Optional<CasualtyClaim> & Pick<ClaimState, 'withdrawn'> = {},
): ClaimState {
  const { withdrawn, ...claim } = overrides;
  return {
    ...aCasualtyClaim(claim),
    id,
    responses: [],
    ...(withdrawn && { withdrawn }),
  };
}

export function anOccurred(overrides: Partial<Occurred> = {}): Occurred {
  return { start: '2024-11-11', span: 'lasted', precision: 'day', ...overrides };
}

export function aLocation(overrides: Partial<Location> = {}): Location {
  return { precision: 'region', country: 'UA', region: 'UA-30', ...overrides };
}

export function someEvidence(overrides: Partial<Evidence> = {}): Evidence {
  return {
    sha256: 'a'.repeat(64),
    mediaType: 'image/jpeg',
    keptAt: 'https://archive.example/photo.jpg',
    capturedBy: 'A. Reporter',
    capturedAt: '2024-11-11T09:00:00Z',
    ...overrides,
  };
}

/** A report of a blackout in Kyiv on 2024-11-11, still in force, with no claims. */
export function aReport(overrides: Partial<CommandDataByName['report']> = {}): CommandOf<'report'> {
  return command('report', {
    kind: 'blackout',
    title: 'Emergency blackouts in Kyiv',
    reportedAt: '2024-11-11',
    occurred: anOccurred(),
    location: aLocation(),
    actors: [],
    claims: [],
    ...overrides,
  });
}

/** The event that `aReport` makes; claims without an id are numbered `c1`, `c2` … */
export function aReported(
  overrides: Partial<CommandDataByName['report']> = {},
): EventOf<'incident.reported'> {
  const { claims, ...data } = aReport(overrides).data;
  const numbered = claims.map((c, i): Claim => ({ ...c, id: c.id ?? `c${String(i + 1)}` }));
  return event('incident.reported', { ...data, claims: numbered });
}

/** A state as it stands after a report, for tests of what is read from a state. */
export function aRecorded(overrides: Partial<Recorded> = {}): Recorded {
  return {
    status: 'ended',
    kind: 'airstrike',
    title: 'Airstrike',
    occurred: anOccurred(),
    location: aLocation(),
    actors: [],
    claims: [],
    grade: 'unassessed',
    evidence: [],
    links: [],
    rows: {},
    lastReportedAt: '2024-11-11',
    ...overrides,
  };
}

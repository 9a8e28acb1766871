import {
  ACTOR_ROLES,
  CAUSES,
  GRADES,
  INDICATORS,
  KINDS,
  POPULATIONS,
  SOURCE_TYPES,
  STANCES,
  type Actor,
  type Casualties,
  type Evidence,
  type Location,
  type NewClaim,
  type Occurred,
  type ResponseBody,
  type Source,
} from '#libs/domain';
import fc from 'fast-check';

/** The days around which everything in an arbitrary history happens. */
export const FIRST_DAY = '2024-10-20';
const DAY_MS = 86_400_000;
const DAYS = 25;

/** An object without the keys whose value is undefined: in this domain absent is an absent key. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Text that people write: words, other scripts, quotes, line breaks; never empty. */
export const arbitraryText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('Kyiv', 'drones', 'Одеса', 'a "quoted"\nline', '🚨 alert'),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[\p{L}\p{P}0-9 ]{1,20}$/u) },
);

/** A plain date within 25 days. */
export const arbitraryDate: fc.Arbitrary<string> = fc
  .nat({ max: DAYS - 1 })
  .map((n) => new Date(Date.parse(FIRST_DAY) + n * DAY_MS).toISOString().slice(0, 10));

/** An instant within the same days, to the minute, in UTC or in another offset. */
export const arbitraryInstant: fc.Arbitrary<string> = fc
  .tuple(
    arbitraryDate,
    fc.nat({ max: 23 }),
    fc.nat({ max: 59 }),
    fc.constantFrom('Z', '+02:00', '-05:30'),
  )
  .map(([date, hour, minute, offset]) => {
    const time = [hour, minute].map((n) => String(n).padStart(2, '0')).join(':');
    return `${date}T${time}:00${offset}`;
  });

/** When a source said so: mostly a plain date, else an instant. */
export const arbitraryReportedAt: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: arbitraryDate },
  { weight: 1, arbitrary: arbitraryInstant },
);

export const arbitraryOccurred: fc.Arbitrary<Occurred> = fc
  .record({
    span: fc.constantFrom('lasted' as const, 'within' as const),
    precision: fc.constantFrom(
      'minute' as const,
      'day' as const,
      'week' as const,
      'unknown' as const,
    ),
    given: fc.constantFrom('start', 'both', 'both', 'end', 'none'),
    plain: fc.boolean(),
    dates: fc.tuple(arbitraryDate, arbitraryDate),
    instants: fc.tuple(arbitraryInstant, arbitraryInstant),
  })
  .map(({ span, precision, given, plain, dates, instants }) => {
    const [a, b] = [...(plain ? dates : instants)].sort((x, y) => Date.parse(x) - Date.parse(y));
    return defined({
      start: given === 'start' || given === 'both' ? a : undefined,
      end: given === 'end' || given === 'both' ? b : undefined,
      span,
      precision,
    }) as Occurred;
  });

const arbitraryPoint = fc.record({
  lat: fc.integer({ min: -900_000, max: 900_000 }).map((n) => n / 10_000),
  lon: fc.integer({ min: -1_800_000, max: 1_800_000 }).map((n) => n / 10_000),
});

const arbitraryPlace = fc.oneof(
  fc.record({
    precision: fc.constantFrom('exact' as const, 'vicinity' as const, 'locality' as const),
    point: arbitraryPoint,
  }),
  fc.record({
    precision: fc.constant('area' as const),
    point: arbitraryPoint,
    radiusKm: fc.constantFrom(5, 25),
  }),
  fc.record({
    precision: fc.constantFrom(
      'community' as const,
      'district' as const,
      'region' as const,
      'country' as const,
      'unknown' as const,
    ),
  }),
);

export const arbitraryLocation: fc.Arbitrary<Location> = fc
  .tuple(
    arbitraryPlace,
    fc.record({
      name: maybe(arbitraryText),
      country: maybe(fc.constantFrom('UA', 'RU', 'Yemen (North Yemen)')),
      region: maybe(fc.constantFrom('UA-30', 'UA-51', 'UA-63')),
      regionName: maybe(fc.constantFrom('Kyiv', 'Odeska oblast')),
      districtName: maybe(arbitraryText),
      communityName: maybe(arbitraryText),
    }),
  )
  .map(([place, names]) => defined({ ...place, ...names }) as Location);

export const arbitraryActor: fc.Arbitrary<Actor> = fc
  .record({
    name: fc.constantFrom('Russia', 'Ukraine', 'DPR'),
    role: fc.constantFrom(...ACTOR_ROLES),
    externalId: maybe(fc.constantFrom('61', '6711')),
  })
  .map((actor) => defined(actor) as Actor);

export const arbitrarySource: fc.Arbitrary<Source> = fc
  .record({
    name: fc.constantFrom('Air force', 'Ministry', 'Reuters', 'UCDP'),
    type: fc.constantFrom(...SOURCE_TYPES),
    url: maybe(fc.constant('https://example.org/a?b=c')),
    anonymous: maybe(fc.boolean()),
  })
  .map((source) => defined(source) as Source);

/** Figures in order, with any of the three left out, but not all. */
export const arbitraryCasualties: fc.Arbitrary<Casualties> = fc
  .record({
    indicator: fc.constantFrom(
      'killed' as const,
      'killed' as const,
      'injured' as const,
      ...INDICATORS,
    ),
    population: fc.constantFrom('all' as const, 'all' as const, ...POPULATIONS),
    side: fc.option(fc.constantFrom('Russia', 'Ukraine'), { nil: undefined, freq: 4 }),
    figures: fc.tuple(fc.nat(50), fc.nat(50), fc.nat(500)),
    given: fc.integer({ min: 1, max: 7 }),
    count: fc.option(fc.record({ asOf: arbitraryDate, cumulative: fc.constant(true as const) }), {
      nil: undefined,
      freq: 6,
    }),
  })
  .map(({ figures, given, ...rest }) => {
    const [low, best, high] = [...figures].sort((a, b) => a - b);
    return defined({
      ...rest,
      low: given & 1 ? low : undefined,
      best: given & 2 ? best : undefined,
      high: given & 4 ? high : undefined,
    }) as Casualties;
  });

const arbitraryAssertion = fc.oneof(
  {
    weight: 3,
    arbitrary: arbitraryCasualties.map((c) => ({ asserts: 'casualties' as const, ...c })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ asserts: fc.constantFrom('occurrence' as const, 'statement' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      asserts: fc.constant('attribution' as const),
      actors: fc.array(arbitraryActor, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      asserts: fc.constant('weapons' as const),
      weapons: fc.constant([
        { category: 'drone', model: 'Shahed-136', launched: 145, intercepted: 62 },
      ]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      asserts: fc.constant('damage' as const),
      damage: fc.constant({ object: 'power station', count: 2 }),
    }),
  },
);

/** A claim of any form, without an id; reported at `reportedAt` where one is given. */
export function arbitraryClaim(
  reportedAt: fc.Arbitrary<string> = arbitraryReportedAt,
): fc.Arbitrary<NewClaim> {
  return fc
    .tuple(
      arbitraryAssertion,
      fc.record({
        source: arbitrarySource,
        via: fc.option(arbitrarySource, { nil: undefined, freq: 5 }),
        text: maybe(arbitraryText),
        reportedAt,
      }),
    )
    .map(([assertion, common]) => defined({ ...assertion, ...common }) as NewClaim);
}

export const arbitraryResponse: fc.Arbitrary<ResponseBody> = fc
  .record({
    stance: fc.constantFrom(...STANCES),
    by: fc.record({ name: fc.constantFrom('Peskov', 'Zelensky') }),
    source: arbitrarySource,
    text: maybe(arbitraryText),
    reportedAt: arbitraryReportedAt,
  })
  .map((response) => defined(response) as ResponseBody);

export const arbitraryEvidence: fc.Arbitrary<Evidence> = fc.record({
  sha256: fc.constantFrom('a', 'b', 'c').map((c) => c.repeat(64)),
  mediaType: fc.constant('image/jpeg'),
  keptAt: fc.constant('https://archive.example/1'),
  capturedBy: arbitraryText,
  capturedAt: arbitraryInstant,
});

export const arbitraryKind = fc.constantFrom('blackout' as const, 'air_alert' as const, ...KINDS);
export const arbitraryGrade = fc.constantFrom(...GRADES);
export const arbitraryCause = fc.constantFrom(...CAUSES);
export { defined as withoutUndefined, maybe };

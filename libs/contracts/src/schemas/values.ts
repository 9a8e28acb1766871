import {
  ACTOR_ROLES,
  CAUSES,
  GRADES,
  INDICATORS,
  KINDS,
  LINK_RELATIONS,
  PLACE_PRECISIONS,
  POPULATIONS,
  SOURCE_TYPES,
  SPANS,
  STANCES,
  TIME_PRECISIONS,
} from '#libs/domain';
import { z } from 'zod';
import { hasUnsafeText } from '../canonical.js';

/**
 * An object with these keys and no others. The keys are sorted, and so are those of what it parses:
 * a command then stands in the order of its stored form already.
 */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).sort();
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, shape[key]])) as Shape);
}

const DATE_OR_INSTANT =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

/** The 31st of February passes the pattern, not the calendar. */
export function isCalendarDate(value: string): boolean {
  const [year = 0, month = 0, day = 0] = value.slice(0, 10).split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Text without U+0000 and lone surrogates, which Postgres cannot hold; it may be empty. */
export function maybeEmptyText(max: number): z.ZodString {
  return z
    .string()
    .max(max)
    .refine((s) => !hasUnsafeText(s), 'must not hold U+0000 or half of a surrogate pair');
}

/** Text without U+0000 and lone surrogates, of 1 to `max` UTF-16 units. */
export function text(max: number): z.ZodString {
  return maybeEmptyText(max).min(1);
}

/** A cell as published: may be empty, may be long. */
export const cell = maybeEmptyText(1_000_000);

export const dateOrInstant = z
  .string()
  .regex(
    DATE_OR_INSTANT,
    'must be a date (2024-11-11) or an instant with its offset (2024-11-11T05:00:00Z)',
  )
  .refine(isCalendarDate, 'is not a day of the calendar');

export const uuid = z.uuid('must be a UUID').toLowerCase();
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case');
export const name = text(500);
const longText = text(20_000);
export const reason = text(5_000);
/** People, weapons, things: read models keep them in four bytes. */
const count = z.int().min(0).max(2_147_483_647);

/** Ids that people give to claims and responses: short, printable, safe in a URL. */
export const localId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ -');

export const kind = z.enum(KINDS).meta({ id: 'Kind' });

export const occurred = object({
  start: dateOrInstant.exactOptional(),
  end: dateOrInstant.exactOptional(),
  span: z.enum(SPANS).default('lasted'),
  precision: z.enum(TIME_PRECISIONS).default('unknown'),
}).meta({ id: 'Occurred' });

export const location = object({
  point: object({
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
  }).exactOptional(),
  precision: z.enum(PLACE_PRECISIONS).default('unknown'),
  radiusKm: z.number().positive().max(20_000).exactOptional(),
  name: name.exactOptional(),
  country: name.exactOptional(),
  region: name.exactOptional(),
  regionName: name.exactOptional(),
  districtName: name.exactOptional(),
  communityName: name.exactOptional(),
}).meta({ id: 'Location' });

export const actor = object({
  name,
  role: z.enum(ACTOR_ROLES),
  externalId: name.exactOptional(),
}).meta({ id: 'Actor' });
export const actors = z.array(actor).max(500);

export const cause = z.enum(CAUSES);
export const grade = z.enum(GRADES);

export const source = object({
  name,
  type: z.enum(SOURCE_TYPES).default('unknown'),
  url: text(4_000).exactOptional(),
  anonymous: z.boolean().exactOptional(),
}).meta({ id: 'Source' });

const weapon = object({
  model: name.exactOptional(),
  category: name,
  carrier: name.exactOptional(),
  launchPlace: name.exactOptional(),
  target: name.exactOptional(),
  launched: count.exactOptional(),
  intercepted: count.exactOptional(),
  notReached: count.exactOptional(),
  hits: count.exactOptional(),
}).meta({ id: 'Weapon' });

const damage = object({
  object: name,
  extent: longText.exactOptional(),
  count: count.exactOptional(),
}).meta({ id: 'Damage' });

const cumulative = object({
  asOf: dateOrInstant,
  cumulative: z.literal(true),
  phase: name.exactOptional(),
});

const casualties = {
  indicator: z.enum(INDICATORS),
  population: z.enum(POPULATIONS).default('all'),
  side: name.exactOptional(),
  low: count.exactOptional(),
  best: count.exactOptional(),
  high: count.exactOptional(),
  inconsistent: z.literal(true).exactOptional(),
  count: cumulative.exactOptional(),
};

function givesANumber(c: { low?: number; best?: number; high?: number }): boolean {
  return c.low !== undefined || c.best !== undefined || c.high !== undefined;
}

/** A claim by what it asserts, with further keys (its id, its slot) for all forms alike. */
export function claimWith<Shape extends z.ZodRawShape>(extra: Shape) {
  const common = {
    ...extra,
    text: longText.exactOptional(),
    source,
    via: source.exactOptional(),
    reportedAt: dateOrInstant,
  };
  return z.discriminatedUnion('asserts', [
    object({ ...common, asserts: z.enum(['occurrence', 'statement']) }),
    object({ ...common, asserts: z.literal('casualties'), ...casualties }).refine(
      (c) => givesANumber(c as { low?: number }),
      {
        message: 'at least one of low, best and high must be given',
        path: ['low'],
      },
    ),
    object({ ...common, asserts: z.literal('attribution'), actors: actors.min(1) }),
    object({
      ...common,
      asserts: z.literal('weapons'),
      weapons: z.array(weapon).min(1).max(500),
    }),
    object({ ...common, asserts: z.literal('damage'), damage }),
  ]);
}

export const claim = claimWith({ id: localId }).meta({ id: 'Claim' });
export const newClaim = claimWith({ id: localId.exactOptional() }).meta({ id: 'NewClaim' });
export const rowClaim = claimWith({ id: localId.exactOptional(), slot: name }).meta({
  id: 'RowClaim',
});

const responseShape = {
  stance: z.enum(STANCES),
  by: object({ name, role: name.exactOptional() }),
  source,
  text: longText.exactOptional(),
  reportedAt: dateOrInstant,
};
export const response = object({ ...responseShape, id: localId }).meta({ id: 'Response' });
export const newResponse = object({ ...responseShape, id: localId.exactOptional() }).meta({
  id: 'NewResponse',
});

export const evidenceShape = {
  sha256: sha256Hex,
  mediaType: text(255),
  keptAt: text(4_000),
  capturedBy: name,
  capturedAt: dateOrInstant,
  description: longText.exactOptional(),
};

export const linkShape = { relation: z.enum(LINK_RELATIONS), to: uuid };

export const descriptionShape = {
  kind,
  title: text(1_000),
  description: longText.exactOptional(),
  occurred,
  location,
  actors,
  cause: cause.exactOptional(),
};

export const columns = z.record(text(300), cell);
export const dataset = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,99}$/,
    'must be 1 to 100 of a-z 0-9 . _ -, beginning with a-z 0-9',
  );
export const scope = z
  .string()
  .regex(/^(?:all|[A-Z]{2})$/, 'must be `all` or a country code of two capital letters');
export const edition = text(200);

import { PARTITIONS, parsePositions, type Position, registry } from '#libs/contracts';
import { KINDS } from '#libs/domain';
import { Problem } from '#libs/platform';
import { z } from 'zod';
import {
  beginning,
  type Box,
  box,
  choice,
  count,
  ending,
  instant,
  oneOf,
  past,
  text,
  texts,
  yesOrNo,
} from './parameters.js';

/** The one filter language of lists, sums and what is in force, and the query string's grammar. */

export const STATUSES = ['open', 'ended', 'retracted', 'merged'] as const;
export const SORTS = ['occurred', '-occurred', 'recorded', '-recorded'] as const;
export const GROUPS = [
  'day',
  'week',
  'month',
  'year',
  'kind',
  'country',
  'region',
  'grade',
  'dataset',
  'actor',
] as const;
export type GroupBy = (typeof GROUPS)[number];
export const MAX_LIMIT = 1000;
export const DEFAULT_LIMIT = 100;

/** When: milliseconds since the epoch; absent is now, and everything that was ever reported. */
export interface TimeTravel {
  /** Only what was recorded at or before it. */
  asOf?: number | undefined;
  /** Only what had been reported at or before it. */
  knownAt?: number | undefined;
}

/** Which incidents. Within a field any value suffices, every field given must hold. */
export interface Filter {
  kind?: (typeof KINDS)[number][] | undefined;
  /** Absent: everything but what was merged or retracted. */
  status?: (typeof STATUSES)[number][] | undefined;
  country?: string[] | undefined;
  /** ISO 3166-2 codes or names, in any case. */
  region?: string[] | undefined;
  /** Names of sources of standing claims. */
  source?: string[] | undefined;
  dataset?: string[] | undefined;
  externalId?: string[] | undefined;
  disputed?: boolean | undefined;
  /** Milliseconds; the time it covers reaches `from` or later … */
  from?: number | undefined;
  /** … and begins at `to` or before. */
  to?: number | undefined;
  bbox?: Box | undefined;
}

function positions() {
  return text.transform((value, ctx): Position[] => {
    const parsed = parsePositions(value);
    if (parsed?.every((p) => p.partition < PARTITIONS)) return parsed;
    ctx.addIssue({
      code: 'custom',
      message: `must be the position of a receipt, partition:offset, as in 3:1042`,
    });
    return z.NEVER;
  });
}

function groups() {
  const item = choice(GROUPS);
  return z
    .union([z.string(), z.array(z.string())])
    .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((v) => v.split(',')))
    .pipe(z.array(item).max(2, { error: 'takes up to two groups' }))
    .refine((value) => new Set(value).size === value.length, { error: 'names a group twice' });
}

/** Short names of event types (`incident.reported`); the CloudEvents type is understood as well. */
function eventTypes() {
  const error = `must be one of: ${Object.keys(registry).join(', ')}`;
  const item = z
    .string()
    .transform((name) => name.replace(/^conflict\./, ''))
    .refine((name) => Object.hasOwn(registry, name), { error });
  return z
    .union([item, z.array(item)], { error })
    .transform((value) => (Array.isArray(value) ? value : [value]));
}

/** The schemas of the query strings; `now` (ms) decides what lies in the future. */
export function querySchemas(now: () => number = Date.now) {
  const travel = {
    asOf: past(now)
      .optional()
      .meta({ description: 'As recorded at or before this date or instant' }),
    knownAt: past(now)
      .optional()
      .meta({ description: 'As reported at or before this date or instant' }),
    after: positions()
      .optional()
      .meta({ description: 'Wait until queries show what this receipt position stands for' }),
  };
  const filters = {
    kind: oneOf(KINDS).optional(),
    status: oneOf(STATUSES)
      .optional()
      .meta({ description: 'Without it, merged and retracted incidents are left out' }),
    country: texts().optional().meta({ description: 'ISO 3166-1 alpha-2' }),
    region: texts().optional().meta({ description: 'ISO 3166-2, or a name in any case' }),
    source: texts().optional().meta({ description: 'Name of a source of a standing claim' }),
    dataset: texts().optional(),
    externalId: texts().optional().meta({ description: "The dataset's own id" }),
    disputed: yesOrNo.optional(),
    from: beginning.optional().meta({ description: 'Occurred at or after' }),
    to: ending.optional().meta({ description: 'Occurred at or before' }),
    bbox: box.optional().meta({ description: 'west,south,east,north; matches places, not areas' }),
  };
  return {
    list: strict({
      ...filters,
      ...travel,
      limit: count(MAX_LIMIT).default(DEFAULT_LIMIT),
      cursor: text.optional(),
      sort: choice(SORTS).default('-occurred'),
    }),
    stats: strict({
      ...filters,
      ...travel,
      groupBy: groups()
        .default([])
        .meta({ description: `Up to two of: ${GROUPS.join(', ')}` }),
    }),
    inForce: strict({ at: instant, ...filters, ...travel }),
    item: strict(travel),
    history: strict({ after: travel.after }),
    feed: strict({
      cursor: text.optional(),
      limit: count(1_000_000).optional(),
      type: eventTypes().optional(),
      subject: texts().optional(),
      dataset: texts().optional(),
    }),
  };
}

function strict<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const accepted = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown parameter ${issue.keys.join(', ')}; accepted are: ${accepted}`
        : undefined,
  });
}

export const QUERY_SCHEMAS = querySchemas();
export type ListQuery = z.output<(typeof QUERY_SCHEMAS)['list']>;
export type StatsQuery = z.output<(typeof QUERY_SCHEMAS)['stats']>;
export type InForceQuery = z.output<(typeof QUERY_SCHEMAS)['inForce']>;
export type ItemQuery = z.output<(typeof QUERY_SCHEMAS)['item']>;
export type HistoryQuery = z.output<(typeof QUERY_SCHEMAS)['history']>;
export type FeedQuery = z.output<(typeof QUERY_SCHEMAS)['feed']>;

/**
 * Reads a query string (as parsed into texts and lists of texts). Throws a `Problem` 400
 * `invalid-query` that names every wrong or unknown parameter at once, with what is accepted.
 */
export function parseQuery<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: key, message: issue.message }))
      : [{ path: issue.path.map(String).join('.'), message: issue.message }],
  );
  const detail = result.error.issues
    .map((i) =>
      i.code === 'unrecognized_keys' ? i.message : `${i.path.map(String).join('.')} ${i.message}`,
    )
    .join('; ');
  throw new Problem({
    status: 400,
    code: 'invalid-query',
    title: 'The query is not valid',
    detail,
    errors,
  });
}

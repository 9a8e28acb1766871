import { z } from 'zod';
import { isoInstant, lastOf, parseMoment } from './moments.js';

/**
 * The single fields of a query string. Each reads text (or a list of texts, where a parameter may
 * be repeated) and says in words what it accepts. Unknown parameters are the object's matter.
 */

const once = z.string({
  error: ({ input }) => {
    if (input === undefined) return 'is missing';
    return Array.isArray(input) ? 'is given more than once' : 'must be text';
  },
});

function asList<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

/** One of the values, or several for OR. */
export function oneOf<const V extends readonly string[]>(values: V) {
  const error = `must be one of: ${values.join(', ')}`;
  return z
    .union([z.enum(values, { error }), z.array(z.enum(values, { error }))], { error })
    .transform((value) => [...new Set(asList<V[number]>(value))]);
}

/** Any text that is not empty, or several for OR. */
export function texts() {
  const error = 'must not be empty';
  const item = z.string().trim().min(1, { error });
  return z
    .union([item, z.array(item)], { error })
    .transform((value) => [...new Set(asList(value))]);
}

const ISO_MOMENT =
  'must be an ISO date (2024-11-11) or an ISO instant with its offset (2024-11-11T12:00:00Z; ' +
  'a + in an address is written %2B)';

/** An instant or a plain date, turned into milliseconds by `read`. */
function moment(read: (m: NonNullable<ReturnType<typeof parseMoment>>) => number) {
  return once.transform((text, ctx): number => {
    const parsed = parseMoment(text);
    if (parsed) return read(parsed);
    ctx.addIssue({ code: 'custom', message: ISO_MOMENT });
    return z.NEVER;
  });
}

/** `from`: a plain date means its beginning. */
export const beginning = moment((m) => m.from);
/** `to`: a plain date means the end of that UTC day. */
export const ending = moment((m) => lastOf(m));

/**
 * `asOf`, `knownAt`: a plain date means the end of that UTC day. Today's end is given as it is, and
 * capped at now by the query; what begins after now is refused.
 */
export function past(now: () => number) {
  return once.transform((text, ctx): number => {
    const parsed = parseMoment(text);
    if (!parsed) ctx.addIssue({ code: 'custom', message: ISO_MOMENT });
    else if (parsed.from > now())
      ctx.addIssue({
        code: 'custom',
        message: `lies in the future: it is ${isoInstant(now())} now`,
      });
    else return lastOf(parsed);
    return z.NEVER;
  });
}

/** `at`: an instant; a plain date would leave open which hour is meant. */
export const instant = once.transform((text, ctx): number => {
  const parsed = parseMoment(text);
  if (parsed && !parsed.plainDate) return parsed.from;
  ctx.addIssue({
    code: 'custom',
    message: parsed
      ? `must be an instant, not a plain date: ${text}T12:00:00Z, for example`
      : 'must be an ISO instant with its offset: 2024-11-11T12:00:00Z (a + is written %2B)',
  });
  return z.NEVER;
});

export const yesOrNo = z
  .enum(['true', 'false'], {
    error: (issue) =>
      Array.isArray(issue.input) ? 'is given more than once' : 'must be true or false',
  })
  .transform((value) => value === 'true');

/** Degrees, WGS 84. `w > e` is a box across the antimeridian. */
export interface Box {
  w: number;
  s: number;
  e: number;
  n: number;
}

export const box = once.transform((text, ctx): Box => {
  const refuse = (message: string): never => {
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const parts = text.split(',').map((part) => (/^\s*$/.test(part) ? NaN : Number(part)));
  const [w, s, e, n] = parts;
  if (w === undefined || s === undefined || e === undefined || n === undefined || parts.length > 4)
    return refuse('must be west,south,east,north in degrees: 22,44,41,53');
  if (!parts.every(Number.isFinite))
    return refuse('must be four numbers west,south,east,north in degrees: 22,44,41,53');
  if (Math.abs(w) > 180 || Math.abs(e) > 180)
    return refuse('west and east must lie between -180 and 180');
  if (Math.abs(s) > 90 || Math.abs(n) > 90)
    return refuse('south and north must lie between -90 and 90');
  if (s > n)
    return refuse('south must not lie north of north (the order is west,south,east,north)');
  return { w, s, e, n };
});

/** A whole number from 1 to `max`. */
export function count(max: number) {
  return once.transform((text, ctx): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= 1 && value <= max) return value;
    ctx.addIssue({ code: 'custom', message: `must be a whole number from 1 to ${String(max)}` });
    return z.NEVER;
  });
}

/** One of the values, given once. */
export function choice<const V extends readonly string[]>(values: V) {
  return z.enum(values, {
    error: (issue) =>
      Array.isArray(issue.input)
        ? 'is given more than once'
        : `must be one of: ${values.join(', ')}`,
  });
}

export { once as text };

const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/;

/** A plain date as its UTC day `[from, to)`, or an instant (`from === to`), in ms. */
export interface Moment {
  plainDate: boolean;
  from: number;
  to: number;
}

function dayStart(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const ms = Date.parse(text);
  // V8 reads 31 February as 2 March: only a date that comes back as it was given is one.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? ms : undefined;
}

/** Reads an ISO date or an ISO instant with its offset; undefined when it is neither. */
export function parseMoment(text: string): Moment | undefined {
  const day = dayStart(text);
  if (day !== undefined) return { plainDate: true, from: day, to: day + DAY_MS };
  const date = INSTANT.exec(text)?.[1];
  if (date === undefined || dayStart(date) === undefined) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : { plainDate: false, from: at, to: at };
}

/** The last millisecond that a moment covers: the end of the UTC day of a plain date. */
export function lastOf(moment: Moment): number {
  return moment.plainDate ? moment.to - 1 : moment.to;
}

/** The UTC instant in ISO with milliseconds. */
export function isoInstant(ms: number): string {
  return new Date(ms).toISOString();
}

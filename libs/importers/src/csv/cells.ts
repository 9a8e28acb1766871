const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)? ?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?$/;

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function inCalendar(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** A value, or why it is none. */
export type Parsed<T> = { value: T } | { reason: string };

/** White space that is not single spaces between words. */
const UNTIDY = /\s\s|[^\S ]/;

/** A cell's text with white space trimmed and collapsed. */
export function trimmed(cell: string): string {
  const text = cell.trim();
  return UNTIDY.test(text) ? text.replace(/\s+/g, ' ') : text;
}

/** A whole number of 0 or more by value (`3`, `3.0`, `2e+05` as R writes 200000), else undefined. */
export function wholeNumber(cell: string): number | undefined {
  if (!/^\d+(?:\.\d*)?(?:e\+?\d{1,2})?$/i.test(cell)) return undefined;
  const value = Number(cell);
  return Number.isInteger(value) ? value : undefined;
}

/** A number of people. */
export function parseCount(cell: string): Parsed<number> {
  const text = cell.trim();
  const value = wholeNumber(text);
  if (value !== undefined)
    return Number.isSafeInteger(value) ? { value } : { reason: 'the number is too large' };
  if (/^-\d/.test(text)) return { reason: 'a number of people cannot be negative' };
  if (/^\d*\.\d+$/.test(text)) return { reason: 'a number of people must be whole' };
  return { reason: 'not a number' };
}

/** Degrees in decimal, within `limit` (90 for latitude, 180 for longitude). */
export function parseDegrees(cell: string, limit: 90 | 180): Parsed<number> {
  const text = cell.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) return { reason: 'not a number of degrees' };
  const value = Number(text);
  const name = limit === 90 ? 'latitude' : 'longitude';
  return Math.abs(value) <= limit
    ? { value }
    : { reason: `${name} must be between -${String(limit)} and ${String(limit)}` };
}

/** A plain date; a time of day after it (`2014-12-05 00:00:00.000`) is dropped. */
export function parseDate(cell: string): Parsed<string> {
  const match = DATE.exec(cell.trim());
  if (!match) return { reason: 'not a date (year-month-day)' };
  const [, year = '', month = '', day = ''] = match;
  return inCalendar(Number(year), Number(month), Number(day))
    ? { value: `${year}-${month}-${day}` }
    : { reason: 'no such day in the calendar' };
}

/** A plain date from its three parts. */
export function parseDateParts(year: string, month: string, day: string): Parsed<string> {
  const [y, m, d] = [year, month, day].map((c) => c.trim().replace(/\.0+$/, ''));
  if (!/^\d{4}$/.test(y ?? '') || !/^\d{1,2}$/.test(m ?? '') || !/^\d{1,2}$/.test(d ?? ''))
    return { reason: 'not a date (year, month, day)' };
  return inCalendar(Number(y), Number(m), Number(d))
    ? { value: `${y ?? ''}-${(m ?? '').padStart(2, '0')}-${(d ?? '').padStart(2, '0')}` }
    : { reason: 'no such day in the calendar' };
}

/** An instant with its offset, as UTC (`2022-03-15T16:10:34Z`). */
export function parseInstant(cell: string): Parsed<string> {
  const match = INSTANT.exec(cell.trim());
  if (!match) return { reason: 'not a date and time' };
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00'] = match;
  const [fraction, utc, sign, offsetHours, offsetMinutes = '00'] = match.slice(7);
  if (utc === undefined && sign === undefined)
    return { reason: 'the time has no offset from UTC (as in 2022-03-15 16:10:34+00:00)' };
  if (!inCalendar(Number(year), Number(month), Number(day)))
    return { reason: 'no such day in the calendar' };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return { reason: 'no such time of day' };
  const offset = utc !== undefined ? 'Z' : `${sign ?? '+'}${offsetHours ?? '00'}:${offsetMinutes}`;
  const millis = (fraction ?? '').slice(0, 3).padEnd(3, '0');
  const at = new Date(
    `${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute}:${second}.${millis}${offset}`,
  );
  if (Number.isNaN(at.getTime())) return { reason: 'not a date and time' };
  return { value: at.toISOString().replace('.000Z', 'Z') };
}

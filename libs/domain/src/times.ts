const DAY_MS = 86_400_000;

/** A plain ISO date (`2024-11-11`), as against an instant with its offset. */
export function isPlainDate(value: string): boolean {
  return value.length === 10;
}

/**
 * The time that a date or instant covers, in ms since the epoch: a plain date is that UTC day,
 * `[from, to)`; an instant is itself (`from === to`).
 */
export function instantRange(value: string): { from: number; to: number } {
  const from = Date.parse(value);
  return { from, to: isPlainDate(value) ? from + DAY_MS : from };
}

/** The instant from which a report counts as made: a plain date's is its beginning (UTC). */
export function reportedInstant(reportedAt: string): number {
  return Date.parse(reportedAt);
}

/** True when `a` lies wholly after `b`: a time of day on the plain date `b` is not later than it. */
export function isLater(a: string, b: string): boolean {
  const { from, to } = instantRange(b);
  return instantRange(a).from > (to === from ? from : to - 1);
}

/** More than a day ahead of `now`: nobody can have reported it yet. */
export function isTooFarAhead(reportedAt: string, now: string): boolean {
  return reportedInstant(reportedAt) > Date.parse(now) + DAY_MS;
}

/** The later of two reports' dates; the first when they are equal. */
export function latestReport(a: string, b: string): string {
  return reportedInstant(b) > reportedInstant(a) ? b : a;
}

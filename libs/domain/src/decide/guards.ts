import { type Rejection, reject } from '../decision.js';
import type { ClaimState, IncidentState, Recorded } from '../state.js';
import { isLater, isTooFarAhead } from '../times.js';
import type { Casualties, ClaimBody, Occurred } from '../values.js';
import { isOutOfOrder } from '../casualties.js';

export interface Refusal {
  ok: false;
  rejection: Rejection;
}

export const absent = (): Refusal =>
  reject('incident-absent', 'No incident is recorded under this id.');

export const merged = (state: Recorded): Refusal =>
  reject(
    'incident-merged',
    `The incident was merged into ${state.merged?.into ?? 'another'}: address that one, or unmerge first.`,
  );

/** Nothing can have been reported more than a day from now. */
export function futureReport(reportedAt: string, now: string, field: string): Refusal | undefined {
  if (!isTooFarAhead(reportedAt, now)) return undefined;
  return reject(
    'reported-in-future',
    `${field} is ${reportedAt}, more than a day after now (${now}).`,
    field,
  );
}

export function endBeforeStart(occurred: Occurred, field: string): Refusal | undefined {
  const { start, end } = occurred;
  if (start === undefined || end === undefined || !isLater(start, end)) return undefined;
  return reject('end-before-start', `The end ${end} is before the start ${start}.`, field);
}

/** A person's figures must be in order; a dataset's are recorded as stated. */
export function outOfOrder(claim: ClaimBody, field: string): Refusal | undefined {
  if (claim.asserts !== 'casualties' || !isOutOfOrder(claim)) return undefined;
  const { low, best, high }: Casualties = claim;
  const said = [low, best, high].map((n) => (n === undefined ? '-' : String(n))).join(' / ');
  return reject('figures-out-of-order', `low <= best <= high does not hold: ${said}.`, field);
}

/** What is given with a report was said by then. */
export function laterThanReport(
  claim: ClaimBody,
  reportedAt: string,
  field: string,
): Refusal | undefined {
  if (!isLater(claim.reportedAt, reportedAt)) return undefined;
  return reject(
    'claim-later-than-report',
    `A claim given with a report may not be later (${claim.reportedAt}) than the report (${reportedAt}).`,
    `${field}.reportedAt`,
  );
}

export function findClaim(state: IncidentState, id: string): ClaimState | undefined {
  return state.status === 'absent' ? undefined : state.claims.find((c) => c.id === id);
}

export const noSuchClaim = (id: string, field: string): Refusal =>
  reject('claim-absent', `There is no claim ${id} on this incident.`, field);

export const withdrawnClaim = (id: string, field: string): Refusal =>
  reject('claim-withdrawn', `Claim ${id} is withdrawn.`, field);

/** The next free id of the form `c7`: counted on from those in use, so that none is used twice. */
export function nextId(prefix: 'c' | 'r', used: readonly string[]): string {
  let n = used.length + 1;
  while (used.includes(`${prefix}${String(n)}`)) n += 1;
  return `${prefix}${String(n)}`;
}

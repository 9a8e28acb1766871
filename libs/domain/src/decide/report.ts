import type { CommandDataByName } from '../commands.js';
import { accept, type Decision, reject } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import type { IncidentState } from '../state.js';
import type { Claim, NewClaim } from '../values.js';
import { endBeforeStart, laterThanReport, nextId, outOfOrder } from './guards.js';

/** Numbers the claims that came without an id; a given id that is used twice stays as it is. */
export function withIds(claims: readonly NewClaim[]): Claim[] {
  const used = claims.flatMap((c) => (c.id === undefined ? [] : [c.id]));
  return claims.map((claim, i) => {
    if (claim.id !== undefined) return { ...claim, id: claim.id };
    const id = nextId('c', used.slice(0, i));
    const free = used.includes(id) ? nextId('c', used) : id;
    used.splice(i, 0, free);
    return { ...claim, id: free };
  });
}

export function report(
  state: IncidentState,
  data: CommandDataByName['report'],
): Decision<IncidentEvent> {
  if (state.status !== 'absent')
    return reject('incident-exists', 'An incident is already recorded under this id.');
  const refused = endBeforeStart(data.occurred, 'occurred.end');
  if (refused) return refused;
  const claims = withIds(data.claims);
  for (const [i, claim] of claims.entries()) {
    const at = `claims.${String(i)}`;
    if (claims.findIndex((c) => c.id === claim.id) !== i)
      return reject('claim-exists', `The claim id ${claim.id} is given twice.`, `${at}.id`);
    const wrong = laterThanReport(claim, data.reportedAt, at) ?? outOfOrder(claim, `${at}.low`);
    if (wrong) return wrong;
  }
  return accept({ type: 'incident.reported', data: { ...data, claims } });
}

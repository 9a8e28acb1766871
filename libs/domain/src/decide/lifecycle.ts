import type { CommandDataByName } from '../commands.js';
import { accept, type DecideContext, type Decision, reject } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import type { IncidentState } from '../state.js';
import { LASTING_KINDS } from '../values.js';
import {
  absent,
  endBeforeStart,
  findClaim,
  merged,
  noSuchClaim,
  withdrawnClaim,
} from './guards.js';

type Data<N extends keyof CommandDataByName> = CommandDataByName[N];
type Decided = Decision<IncidentEvent>;

export function assess(
  state: IncidentState,
  { reportedAt, ...data }: Data<'assess'>,
  { now }: DecideContext,
): Decided {
  if (state.status === 'absent') return absent();
  if (state.status === 'merged') return merged(state);
  if (data.rationale.trim() === '')
    return reject('rationale-missing', 'An assessment needs a rationale.', 'rationale');
  if (data.pinnedClaimId !== undefined) {
    const claim = findClaim(state, data.pinnedClaimId);
    if (!claim) return noSuchClaim(data.pinnedClaimId, 'pinnedClaimId');
    if (claim.withdrawn) return withdrawnClaim(data.pinnedClaimId, 'pinnedClaimId');
  }
  return accept({ type: 'incident.assessed', data: { ...data, reportedAt: reportedAt ?? now } });
}

export function end(state: IncidentState, data: Data<'end'>, { now }: DecideContext): Decided {
  if (state.status === 'absent') return absent();
  if (state.status !== 'open')
    return reject('not-open', `The incident is ${state.status}: only an open one can be ended.`);
  const refused = endBeforeStart({ ...state.occurred, end: data.end }, 'end');
  if (refused) return refused;
  return accept({
    type: 'incident.ended',
    data: { ...data, reportedAt: data.reportedAt ?? now },
  });
}

export function reopen(
  state: IncidentState,
  data: Data<'reopen'>,
  { now }: DecideContext,
): Decided {
  if (state.status === 'absent') return absent();
  if (state.status !== 'ended')
    return reject(
      'not-ended',
      `The incident is ${state.status}: only an ended one can be reopened.`,
    );
  if (!LASTING_KINDS.has(state.kind))
    return reject('not-lasting', `A ${state.kind} does not last, so it cannot be open.`);
  return accept({
    type: 'incident.reopened',
    data: { ...data, reportedAt: data.reportedAt ?? now },
  });
}

export function retract(
  state: IncidentState,
  { reason, reportedAt }: Data<'retract'>,
  { now }: DecideContext,
): Decided {
  if (state.status === 'absent') return absent();
  if (state.retracted) return reject('already-retracted', 'The incident is already retracted.');
  return accept({ type: 'incident.retracted', data: { reason, reportedAt: reportedAt ?? now } });
}

export function reinstate(
  state: IncidentState,
  { reason, reportedAt }: Data<'reinstate'>,
  { now }: DecideContext,
): Decided {
  if (state.status === 'absent') return absent();
  if (!state.retracted) return reject('not-retracted', 'The incident is not retracted.');
  return accept({ type: 'incident.reinstated', data: { reason, reportedAt: reportedAt ?? now } });
}

import type { CommandDataByName } from '../commands.js';
import { accept, type DecideContext, type Decision, reject } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import type { IncidentState } from '../state.js';
import {
  absent,
  findClaim,
  merged,
  nextId,
  noSuchClaim,
  outOfOrder,
  withdrawnClaim,
} from './guards.js';

type Data<N extends keyof CommandDataByName> = CommandDataByName[N];

export function recordClaim(
  state: IncidentState,
  data: Data<'record-claim'>,
): Decision<IncidentEvent> {
  if (state.status === 'absent') return absent();
  if (state.status === 'merged') return merged(state);
  const id =
    data.id ??
    nextId(
      'c',
      state.claims.map((c) => c.id),
    );
  if (findClaim(state, id)) return reject('claim-exists', `There is already a claim ${id}.`, 'id');
  const refused = outOfOrder(data, 'low');
  if (refused) return refused;
  return accept({
    type: 'incident.claim-recorded',
    data: { reportedAt: data.reportedAt, claim: { ...data, id } },
  });
}

export function respondToClaim(
  state: IncidentState,
  data: Data<'respond-to-claim'>,
): Decision<IncidentEvent> {
  if (state.status === 'absent') return absent();
  const { claimId, id, ...body } = data;
  const claim = findClaim(state, claimId);
  if (!claim) return noSuchClaim(claimId, 'claimId');
  if (claim.withdrawn) return withdrawnClaim(claimId, 'claimId');
  const used = state.claims.flatMap((c) => c.responses.map((r) => r.id));
  if (id !== undefined && used.includes(id))
    return reject('response-exists', `There is already a response ${id}.`, 'id');
  return accept({
    type: 'incident.claim-responded',
    data: {
      reportedAt: body.reportedAt,
      claimId,
      response: { ...body, id: id ?? nextId('r', used) },
    },
  });
}

export function withdrawClaim(
  state: IncidentState,
  { claimId, reason, reportedAt }: Data<'withdraw-claim'>,
  { now }: DecideContext,
): Decision<IncidentEvent> {
  if (state.status === 'absent') return absent();
  const claim = findClaim(state, claimId);
  if (!claim) return noSuchClaim(claimId, 'claimId');
  if (claim.withdrawn) return withdrawnClaim(claimId, 'claimId');
  return accept({
    type: 'incident.claim-withdrawn',
    data: { reportedAt: reportedAt ?? now, claimId, reason },
  });
}

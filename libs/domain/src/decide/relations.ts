import type { CommandDataByName } from '../commands.js';
import { accept, type DecideContext, type Decision, reject } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import { hasLink } from '../evolve.js';
import type { IncidentState } from '../state.js';
import { absent, merged } from './guards.js';

type Data<N extends keyof CommandDataByName> = CommandDataByName[N];
type Decided = Decision<IncidentEvent>;

export function attachEvidence(
  state: IncidentState,
  { reportedAt, ...evidence }: Data<'attach-evidence'>,
  { now }: DecideContext,
): Decided {
  if (state.status === 'absent') return absent();
  if (state.evidence.some((e) => e.sha256 === evidence.sha256))
    return reject('evidence-exists', `Evidence ${evidence.sha256} is already attached.`, 'sha256');
  return accept({
    type: 'incident.evidence-attached',
    data: { reportedAt: reportedAt ?? now, evidence },
  });
}

/** `id` is the incident's own: an incident cannot be linked to or merged into itself. */
export function link(
  state: IncidentState,
  { reportedAt, ...data }: Data<'link'>,
  { now }: DecideContext,
  id: string,
): Decided {
  if (state.status === 'absent') return absent();
  if (data.to === id)
    return reject('link-to-itself', 'An incident cannot be linked to itself.', 'to');
  if (hasLink(state, data))
    return reject('link-exists', `It is already linked (${data.relation}) to ${data.to}.`, 'to');
  return accept({ type: 'incident.linked', data: { ...data, reportedAt: reportedAt ?? now } });
}

export function unlink(
  state: IncidentState,
  { reportedAt, ...data }: Data<'unlink'>,
  { now }: DecideContext,
): Decided {
  if (state.status === 'absent') return absent();
  if (!hasLink(state, data))
    return reject('link-absent', `It is not linked (${data.relation}) to ${data.to}.`, 'to');
  return accept({ type: 'incident.unlinked', data: { ...data, reportedAt: reportedAt ?? now } });
}

export function merge(
  state: IncidentState,
  { into, reason, reportedAt }: Data<'merge'>,
  { now, mergeTarget }: DecideContext,
  id: string,
): Decided {
  if (into === id)
    return reject('merge-into-itself', 'An incident cannot be merged into itself.', 'into');
  if (state.status === 'absent') return absent();
  if (state.merged) return merged(state);
  if (mergeTarget === 'absent')
    return reject('merge-target-absent', `No incident is recorded under ${into}.`, 'into');
  if (mergeTarget === 'merged')
    return reject('merge-target-merged', `The incident ${into} was itself merged.`, 'into');
  return accept({ type: 'incident.merged', data: { into, reason, reportedAt: reportedAt ?? now } });
}

export function unmerge(
  state: IncidentState,
  { reason, reportedAt }: Data<'unmerge'>,
  { now }: DecideContext,
): Decided {
  if (state.status === 'absent') return absent();
  if (!state.merged) return reject('not-merged', 'The incident is not merged.');
  return accept({
    type: 'incident.unmerged',
    data: { from: state.merged.into, reason, reportedAt: reportedAt ?? now },
  });
}

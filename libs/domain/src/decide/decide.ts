import type { IncidentCommand } from '../commands.js';
import type { DecideContext, Decision } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import type { IncidentState } from '../state.js';
import { recordClaim, respondToClaim, withdrawClaim } from './claims.js';
import { futureReport } from './guards.js';
import { delist, importRow } from './import-row.js';
import { assess, end, reinstate, reopen, retract } from './lifecycle.js';
import { attachEvidence, link, merge, unlink, unmerge } from './relations.js';
import { report } from './report.js';
import { revise } from './revise.js';

/**
 * What a command comes to on incident `id`, from its state alone: deterministic, no clock, no
 * look-ups. A rejection is a value; a command that changes nothing is accepted with no events.
 */
export function decide(
  state: IncidentState,
  command: IncidentCommand,
  context: DecideContext,
  id: string,
): Decision<IncidentEvent> {
  const { reportedAt } = command.data;
  const refused =
    reportedAt === undefined ? undefined : futureReport(reportedAt, context.now, 'reportedAt');
  if (refused) return refused;
  switch (command.command) {
    case 'report':
      return report(state, command.data);
    case 'record-claim':
      return recordClaim(state, command.data);
    case 'respond-to-claim':
      return respondToClaim(state, command.data);
    case 'withdraw-claim':
      return withdrawClaim(state, command.data, context);
    case 'revise':
      return revise(state, command.data, context);
    case 'assess':
      return assess(state, command.data, context);
    case 'end':
      return end(state, command.data, context);
    case 'reopen':
      return reopen(state, command.data, context);
    case 'attach-evidence':
      return attachEvidence(state, command.data, context);
    case 'link':
      return link(state, command.data, context, id);
    case 'unlink':
      return unlink(state, command.data, context);
    case 'merge':
      return merge(state, command.data, context, id);
    case 'unmerge':
      return unmerge(state, command.data, context);
    case 'retract':
      return retract(state, command.data, context);
    case 'reinstate':
      return reinstate(state, command.data, context);
    case 'import-row':
      return importRow(state, command.data);
    case 'delist':
      return delist(state, command.data);
    default:
      return command satisfies never;
  }
}

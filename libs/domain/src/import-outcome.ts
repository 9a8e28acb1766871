import type { DomainEvent } from './events.js';

/** What a row of an edition came to. */
export interface ImportOutcome {
  outcome: 'created' | 'revised' | 'unchanged' | 'reappeared' | 'vanished';
  /** Unchanged, but with columns that the earlier editions did not have. */
  extended: boolean;
  /** The revised fields by name. */
  fields: string[];
}

/** Told from the events that `import-row` or `delist` wrote, so that a receipt can be rebuilt. */
export function importOutcome(events: readonly DomainEvent[]): ImportOutcome {
  let outcome: ImportOutcome['outcome'] = 'unchanged';
  let fields: string[] = [];
  let gained = false;
  for (const event of events) {
    if (event.type === 'incident.reported') outcome = 'created';
    else if (event.type === 'incident.delisted') outcome = 'vanished';
    else if (event.type === 'incident.relisted') outcome = 'reappeared';
    else if (event.type === 'incident.source-row-recorded') {
      fields = event.data.fields;
      gained = Object.keys(event.data.sourceRow.columns).length > 0;
    }
  }
  if (outcome === 'unchanged' && fields.length > 0) outcome = 'revised';
  return { outcome, extended: outcome === 'unchanged' && gained, fields };
}

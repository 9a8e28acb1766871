import { type StoredReceipt, toReceipt } from './receipts.js';
import type { Answer } from './types.js';

/** What is to become of a command once the batch under it is durable. */
export type Outcome =
  /** Its events stand in the batch; the receipt gets its position with the offsets. */
  | { kind: 'written'; key: string }
  /** Its first receipt: written earlier, or in this very batch. */
  | { kind: 'replay'; key: string }
  | { kind: 'answer'; answer: Answer }
  /** Accepted, nothing to write. */
  | { kind: 'no-op'; version: number; outcome: StoredReceipt['outcome'] };

/** The answer to a command whose batch is durable. */
export function answerOf(
  streamId: string,
  outcome: Outcome,
  receipt: (key: string) => StoredReceipt | undefined,
  headPosition: string,
): Answer {
  switch (outcome.kind) {
    case 'answer':
      return outcome.answer;
    case 'no-op':
      return {
        kind: 'accepted',
        receipt: {
          streamId,
          version: outcome.version,
          position: headPosition,
          events: [],
          replayed: false,
          ...(outcome.outcome && { outcome: outcome.outcome }),
        },
      };
    case 'written':
    case 'replay': {
      const stored = receipt(outcome.key);
      if (!stored) throw new Error(`no receipt under ${outcome.key}`);
      return {
        kind: 'accepted',
        receipt: toReceipt(streamId, stored, outcome.kind === 'replay'),
      };
    }
  }
}

/** The answer to a command that was decided and not written: its events have no ids. */
export function asPreview(answer: Answer): Answer {
  if (answer.kind !== 'accepted' || answer.receipt.replayed) return answer;
  const events = answer.receipt.events.map((event) => ({ ...event, id: '' }));
  return { kind: 'accepted', receipt: { ...answer.receipt, events } };
}

/** Nobody knows whether it is written, or it is not: the same key may be sent again. */
export function unavailable(detail: string): Answer {
  return { kind: 'unavailable', detail, retryAfterSeconds: 1 };
}

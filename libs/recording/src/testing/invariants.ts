import { expect } from '@jest/globals';
import { GENESIS_HASH } from '#libs/contracts';
import { outcomeOf } from '../receipts.js';
import { decideOn, emptyStream, evolveOn, type Stream } from '../stream.js';
import type { Answer, CommandRequest } from '../types.js';
import type { LoggedEvent } from './read-all.js';
import type { Sent } from './scenario.js';

/** What depends on more than the stream: the clock, and another stream. */
const ELSEWHERE = new Set(['reported-in-future', 'merge-target-absent', 'merge-target-merged']);

/** The states that a stream ran through, by version. */
type Histories = Map<string, Stream[]>;

function commandOf(subject: string, caller: string, key: string): string {
  return JSON.stringify([subject, caller, key]);
}

/** Walks through the log: chained, numbered without a hole, in time. */
function readHistories(logged: readonly LoggedEvent[]): {
  byCommand: Map<string, LoggedEvent[]>;
  histories: Histories;
} {
  const byCommand = new Map<string, LoggedEvent[]>();
  const heads = new Map<number, { hash: string; time: string }>();
  const histories: Histories = new Map();
  for (const entry of logged) {
    const { event, partition } = entry;
    const head = heads.get(partition);
    expect(event.prevHash).toBe(head?.hash ?? GENESIS_HASH);
    expect(event.time >= (head?.time ?? '')).toBe(true);
    heads.set(partition, event);
    if (event.type === 'ledger.created') continue;
    const key = commandOf(event.subject, event.recordedBy, event.causationId);
    byCommand.set(key, [...(byCommand.get(key) ?? []), entry]);
    const states = histories.get(event.subject) ?? [emptyStream(event.subject)];
    expect(event.streamVersion).toBe(states.length);
    states.push(evolveOn(states.at(-1) ?? emptyStream(event.subject), event));
    histories.set(event.subject, states);
  }
  return { byCommand, histories };
}

/** An answer that wrote nothing must follow from the stream at the version that it tells. */
function checkNothingWritten(request: CommandRequest, answer: Answer, histories: Histories): void {
  const { streamId, command, expectedVersion } = request;
  if (answer.kind === 'accepted' && answer.receipt.events.length > 0) return;
  if (answer.kind !== 'rejected' && answer.kind !== 'conflict' && answer.kind !== 'accepted')
    return;
  const version = answer.kind === 'accepted' ? answer.receipt.version : answer.version;
  const stream = (histories.get(streamId) ?? [emptyStream(streamId)])[version];
  // Versions that never came to last must not be told of.
  expect(stream).toBeDefined();
  if (!stream) return;
  expect(expectedVersion !== undefined && expectedVersion !== version).toBe(
    answer.kind === 'conflict',
  );
  if (answer.kind === 'conflict') return;
  if (answer.kind === 'rejected' && ELSEWHERE.has(answer.rejection.code)) return;
  const decision = decideOn(stream, streamId, command, { now: '2024-11-12T12:00:00.000Z' });
  if (decision.ok) {
    expect(answer.kind).toBe('accepted');
    expect(decision.events).toEqual([]);
  } else if (!ELSEWHERE.has(decision.rejection.code))
    expect(answer).toEqual({ kind: 'rejected', rejection: decision.rejection, version });
}

function checkReceipt(
  { command, streamId }: CommandRequest,
  answer: Answer,
  written: readonly LoggedEvent[],
): void {
  if (answer.kind !== 'accepted' || answer.receipt.events.length === 0) return;
  const last = written.at(-1);
  const outcome = outcomeOf(
    command.command,
    written.map(({ event }) => event),
  );
  const { replayed, ...receipt } = answer.receipt;
  expect(typeof replayed).toBe('boolean');
  expect(receipt).toEqual({
    streamId,
    version: last?.event.streamVersion,
    position: `${String(last?.partition)}:${String(last?.offset)}`,
    events: written.map(({ event: { id, type, streamVersion } }) => ({
      id,
      type,
      version: streamVersion,
    })),
    ...(outcome && { outcome }),
  });
}

/** The invariants of the write path: nothing lost, doubled or invented, whatever went wrong. */
export function checkInvariants(sent: readonly Sent[], logged: readonly LoggedEvent[]): void {
  const { byCommand, histories } = readHistories(logged);
  for (const { request, answers } of sent) {
    const key = commandOf(request.streamId, request.caller, request.key);
    const written = byCommand.get(key) ?? [];
    byCommand.delete(key);
    // A command's events come from one decision: they stand side by side, under one hash.
    expect(new Set(written.map((w) => w.event.commandHash)).size).toBeLessThanOrEqual(1);
    const versions = written.map((w) => w.event.streamVersion);
    expect(versions).toEqual(versions.map((_, i) => (versions[0] ?? 0) + i));
    for (const answer of answers) {
      expect(answer.kind).not.toBe('key-reused');
      checkReceipt(request, answer, written);
      checkNothingWritten(request, answer, histories);
    }
    const final = answers.at(-1);
    expect(final?.kind).not.toBe('unavailable');
    if (final?.kind === 'rejected' || final?.kind === 'conflict') expect(written).toEqual([]);
    if (final?.kind === 'accepted') expect(written).toHaveLength(final.receipt.events.length);
  }
  expect([...byCommand.keys()]).toEqual([]);
}

import type { PoolClient } from 'pg';
import type { WrittenCommand } from '../batch.js';
import {
  type DeadLetter,
  type ParkedStreams,
  writeDeadLetters,
} from '../dead-letter/dead-letters.js';
import { changeStreams } from '../incident/read-streams.js';
import type { Projection } from '../projection.js';
import { folding, journal } from '../projections.js';

/** A projection could not apply a batch; `cause` says why. */
export class ProjectionError extends Error {
  override readonly name = 'ProjectionError';
  readonly code = 'projection-failed';
  readonly retryable = false;
  constructor(
    readonly projection: string,
    cause: unknown,
  ) {
    super(`${projection}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export interface ApplyOptions {
  client: PoolClient;
  schema: string;
  /** Streams that are parked; those that this batch parks are added. */
  parked: ParkedStreams;
  isTransient: (error: unknown) => boolean;
  /** Finds the commands that fail, by halves within savepoints, and parks them. */
  careful: boolean;
}

/**
 * Applies a batch of whole commands to all read models, in the caller's transaction. Commands of
 * parked streams, and those with an event that this build does not know, go to the journal and to
 * the dead letters. Rejects with ProjectionError when a projection fails, unless `careful`.
 */
export async function applyBatch(
  commands: readonly WrittenCommand[],
  options: ApplyOptions,
): Promise<void> {
  const letters: DeadLetter[] = [];
  const [due, held]: [WrittenCommand[], WrittenCommand[]] = [[], []];
  for (const command of commands) {
    const problem = command.events.find((e) => e.problem)?.problem;
    if (problem || options.parked.has(command.subject)) {
      held.push(command);
      letters.push(...park(command, options.parked, 'contracts', problem?.message));
    } else due.push(command);
  }
  if (options.careful) await applyByHalves(due, options);
  else await applyAll(due, options);
  await applyTo(journal, held, options);
  await writeDeadLetters(options.client, options.schema, letters);
}

async function applyAll(commands: readonly WrittenCommand[], options: ApplyOptions): Promise<void> {
  await applyTo(journal, commands, options);
  if (commands.length === 0) return;
  const { client, schema } = options;
  let changes;
  try {
    changes = await changeStreams(client, schema, commands);
  } catch (error) {
    throw new ProjectionError('incident', error);
  }
  for (const projection of folding) await applyTo(projection, commands, options, changes);
}

async function applyTo(
  projection: Projection,
  commands: readonly WrittenCommand[],
  { client, schema }: ApplyOptions,
  changes: Awaited<ReturnType<typeof changeStreams>> = [],
): Promise<void> {
  if (commands.length === 0) return;
  try {
    await projection.apply({ client, schema, commands, changes });
  } catch (error) {
    throw new ProjectionError(projection.name, error);
  }
}

/** Applies what can be applied: a part that fails is halved until the failing command is alone. */
async function applyByHalves(
  commands: readonly WrittenCommand[],
  options: ApplyOptions,
): Promise<void> {
  const { client, schema, parked } = options;
  const due = commands.filter((c) => !parked.has(c.subject));
  const behind = commands.filter((c) => parked.has(c.subject));
  await applyTo(journal, behind, options);
  await writeDeadLetters(
    client,
    schema,
    behind.flatMap((c) => park(c, parked)),
  );
  const failure = await trySavepoint(options, () => applyAll(due, options));
  if (!failure) return;
  const [first, ...others] = due;
  if (first && others.length === 0) {
    // The journal is a copy of the log: an event stands there even when nothing else takes it.
    await trySavepoint(options, () => applyTo(journal, [first], options));
    await writeDeadLetters(
      client,
      schema,
      park(first, parked, failure.projection, failure.message),
    );
  } else {
    const half = Math.ceil(due.length / 2);
    await applyByHalves(due.slice(0, half), options);
    await applyByHalves(due.slice(half), options);
  }
}

/** Undoes `work` when a projection fails in it, and gives the failure; other errors reject. */
async function trySavepoint(
  { client, isTransient }: ApplyOptions,
  work: () => Promise<void>,
): Promise<ProjectionError | undefined> {
  await client.query('SAVEPOINT part');
  try {
    await work();
    await client.query('RELEASE SAVEPOINT part');
    return undefined;
  } catch (error) {
    if (!(error instanceof ProjectionError) || isTransient(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part');
    return error;
  }
}

/** Marks the command's stream as parked and gives the dead letters of its events. */
function park(
  { subject, events }: WrittenCommand,
  parked: ParkedStreams,
  projection = '',
  error = '',
): DeadLetter[] {
  const before = parked.get(subject);
  const offset = events[0]?.offset ?? '';
  if (!before) parked.set(subject, { offset, projection });
  return events.map((placed) => ({
    placed,
    projection: before?.projection ?? projection,
    error: before ? `behind the event at offset ${before.offset}, which is parked` : error,
  }));
}

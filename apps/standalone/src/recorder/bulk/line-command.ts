import { isUtf8 } from 'node:buffer';
import {
  commandSchemas,
  incidentIdOf,
  isCommandName,
  parseCommand,
  reportedIncidentId,
  uuid,
} from '#libs/contracts';
import { type Command, datasetStream } from '#libs/domain';
import { type FieldError, fieldErrors, invalid, Problem } from '#libs/platform';

/** A line of a bulk request that can be recorded. */
export interface LineCommand {
  command: Command;
  streamId: string;
  key: string;
  expectedVersion?: number;
}

const KEYS: ReadonlySet<string> = new Set([
  ...['command', 'incidentId', 'dataset', 'idempotencyKey', 'expectedVersion', 'data'],
]);
const DATASET = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const NAMES = Object.keys(commandSchemas).join(', ');

/**
 * Reads one line: `{ command, incidentId?, dataset?, idempotencyKey, expectedVersion?, data }`.
 * A `Problem` says everything that is wrong with it.
 * @param ids what ids of reports are derived from when they have none
 */
export function lineCommand(
  bytes: Buffer,
  ids: { ledgerId: string; caller: string },
): LineCommand | Problem {
  const line = parse(bytes);
  if (line instanceof Problem) return line;
  const errors: FieldError[] = [];
  for (const key in line)
    if (!KEYS.has(key)) errors.push({ path: key, message: 'is not known here' });
  const { command: name, idempotencyKey: key, expectedVersion } = line;
  if (typeof key !== 'string' || key.length < 1 || key.length > 200)
    errors.push({ path: 'idempotencyKey', message: 'must be a text of 1 to 200 characters' });
  if (expectedVersion !== undefined && !Number.isSafeInteger(expectedVersion))
    errors.push({ path: 'expectedVersion', message: 'must be a whole number' });
  if (typeof name !== 'string' || !isCommandName(name)) {
    errors.push({ path: 'command', message: `must be one of ${NAMES}` });
    return invalid(errors, 'line');
  }
  const parsed = parseCommand(name, line.data);
  if (!parsed.ok) {
    for (const { path, message } of fieldErrors(parsed))
      errors.push({ path: path === '' ? 'data' : `data.${path}`, message });
    return invalid(errors, 'line');
  }
  const { command } = parsed;
  const streamId = streamOf(command, line, ids, errors);
  if (errors.length > 0) return invalid(errors, 'line');
  return {
    command,
    streamId,
    key: key as string,
    ...(expectedVersion !== undefined && { expectedVersion: expectedVersion as number }),
  };
}

function parse(bytes: Buffer): Record<string, unknown> | Problem {
  if (!isUtf8(bytes)) return malformed('it is not UTF-8');
  try {
    const line: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof line === 'object' && line !== null && !Array.isArray(line))
      return line as Record<string, unknown>;
    return malformed('it is not an object');
  } catch (error) {
    return malformed(error instanceof Error ? error.message : String(error));
  }
}

function malformed(reason: string): Problem {
  return new Problem({
    status: 400,
    code: 'malformed-json',
    detail: `The line is not a JSON object: ${reason}`,
  });
}

/** The stream that a command is for; what is wrong about it is added to `errors`. */
function streamOf(
  command: Command,
  line: Record<string, unknown>,
  { ledgerId, caller }: { ledgerId: string; caller: string },
  errors: FieldError[],
): string {
  switch (command.command) {
    case 'start-import':
      return datasetStream(command.data.dataset);
    case 'complete-import':
    case 'abandon-import': {
      const { dataset } = line;
      if (typeof dataset === 'string' && DATASET.test(dataset)) return datasetStream(dataset);
      errors.push({ path: 'dataset', message: 'must name the dataset of the import' });
      return '';
    }
    case 'import-row':
    case 'delist': {
      const { dataset, externalId } = command.data;
      const id = incidentIdOf(dataset, externalId);
      if (line.incidentId !== undefined && line.incidentId !== id)
        errors.push({
          path: 'incidentId',
          message: `must be the id of the dataset's row, ${id}, or be left out`,
        });
      return id;
    }
    default: {
      const { incidentId } = line;
      if (incidentId === undefined && command.command === 'report')
        return reportedIncidentId(ledgerId, caller, String(line.idempotencyKey));
      const parsed = uuid.safeParse(incidentId);
      if (parsed.success) return parsed.data;
      errors.push({ path: 'incidentId', message: 'must be a UUID' });
      return '';
    }
  }
}

import { parseCommand, uuid } from '#libs/contracts';
import type { Command, CommandName } from '#libs/domain';
import { type FieldError, fieldErrors, invalid } from '#libs/platform';

/** The id of an incident in an address, in lower case. Throws a `Problem` 400 when it is no UUID. */
export function incidentIdFrom(text: string): string {
  const parsed = uuid.safeParse(text);
  if (parsed.success) return parsed.data;
  throw invalid([{ path: 'id', message: 'must be a UUID' }], 'address');
}

/**
 * A command from a body, with what the address says of it. Throws a `Problem` 400 that lists every
 * wrong field at once.
 */
export function commandFrom(
  name: CommandName,
  body: unknown,
  fromAddress: Readonly<Record<string, string>> = {},
): Command {
  const { fields, errors } = fieldsOf(body, Object.keys(fromAddress));
  const parsed = parseCommand(name, { ...fields, ...fromAddress });
  if (parsed.ok && errors.length === 0) return parsed.command;
  throw invalid(errors.concat(parsed.ok ? [] : fieldErrors(parsed)), 'request body');
}

/** A report, and its id when one is given with it. */
export function reportFrom(body: unknown): { id: string | undefined; command: Command } {
  const { fields } = fieldsOf(body, []);
  const { id, ...data } = fields;
  const parsed = parseCommand('report', data);
  const parsedId = id === undefined || id === null ? undefined : uuid.safeParse(id);
  const errors: FieldError[] = parsed.ok ? [] : fieldErrors(parsed);
  if (parsedId?.success === false) errors.unshift({ path: 'id', message: 'must be a UUID' });
  if (!parsed.ok || errors.length > 0) throw invalid(errors, 'request body');
  return { id: parsedId?.data, command: parsed.command };
}

function fieldsOf(
  body: unknown,
  taken: readonly string[],
): { fields: Record<string, unknown>; errors: FieldError[] } {
  if (body === undefined) return { fields: {}, errors: [] };
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid([{ path: '', message: 'must be an object' }], 'request body');
  const errors = taken
    .filter((key) => key in body)
    .map((key) => ({ path: key, message: 'stands in the address, not in the body' }));
  return { fields: body as Record<string, unknown>, errors };
}

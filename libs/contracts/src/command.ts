import type { Command, CommandName } from '#libs/domain';
import type { z } from 'zod';
import { canonicalJson, sha256 } from './canonical.js';
import { commandSchemas, withoutNulls } from './schemas/commands.js';

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandSchemas, name);
}

/** A command from outside, or everything that is wrong with it at once. */
export function parseCommand(
  name: CommandName,
  data: unknown,
): { ok: true; command: Command } | { ok: false; issues: z.core.$ZodIssue[] } {
  const keep = name === 'revise' ? ['cause', 'description'] : [];
  const parsed = commandSchemas[name].safeParse(withoutNulls(data, keep));
  return parsed.success
    ? { ok: true, command: { command: name, data: parsed.data } as Command }
    : { ok: false, issues: parsed.error.issues };
}

/** SHA-256 of the command's JCS form: the same key with another command is refused by it. */
export function commandHash({ command, data }: Command): string {
  return sha256(canonicalJson({ command, data }));
}

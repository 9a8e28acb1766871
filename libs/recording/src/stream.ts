import {
  type Command,
  type Decision,
  type DecideContext,
  type DomainEvent,
  type ImportCommand,
  type ImportEvent,
  type ImportsState,
  type IncidentCommand,
  type IncidentEvent,
  type IncidentState,
  decide,
  decideImport,
  evolve,
  evolveImports,
  initialImports,
  initialState,
} from '#libs/domain';

/** A stream as its writer keeps it: an incident, or a dataset's imports, with its version. */
export type Stream = { version: number } & (
  { of: 'incident'; state: IncidentState } | { of: 'imports'; state: ImportsState }
);

const IMPORTS = /^dataset-/;

export function emptyStream(streamId: string): Stream {
  return IMPORTS.test(streamId)
    ? { version: 0, of: 'imports', state: initialImports }
    : { version: 0, of: 'incident', state: initialState };
}

function isImportCommand(command: Command): command is ImportCommand {
  return (
    command.command === 'start-import' ||
    command.command === 'complete-import' ||
    command.command === 'abandon-import'
  );
}

/** Decides with the rules of the stream's kind. A command that is not of that kind is a bug. */
export function decideOn(
  stream: Stream,
  streamId: string,
  command: Command,
  context: DecideContext,
): Decision {
  if (isImportCommand(command) !== (stream.of === 'imports'))
    throw new TypeError(`${command.command} is not a command for the stream ${streamId}`);
  return stream.of === 'imports'
    ? decideImport(stream.state, command as ImportCommand, context)
    : decide(stream.state, command as IncidentCommand, context, streamId);
}

/** The stream after one more event, which takes the next version. */
export function evolveOn(stream: Stream, event: DomainEvent): Stream {
  const version = stream.version + 1;
  return stream.of === 'imports'
    ? { version, of: 'imports', state: evolveImports(stream.state, event as ImportEvent) }
    : { version, of: 'incident', state: evolve(stream.state, event as IncidentEvent) };
}

import type { z } from 'zod';
import { canonicalJson, sha256 } from './canonical.js';
import type { EventDraft, LedgerEvent } from './envelope.js';
import { type Registry, registry as current, upcast } from './registry.js';
import { envelopeSchema } from './schemas/envelope.js';

const TYPE_PREFIX = 'conflict.';
const SCHEMA_PREFIX = 'urn:conflict-ledger:schema:';
const SOURCE_PREFIX = '/conflict-ledger/';

/** The CloudEvents attributes of an event as they are stored, by their wire names. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  dataschema: string;
  streamversion: number;
  recordedby: string;
  recordedbyrole: string;
  causationid: string;
  commandhash: string;
  correlationid: string;
  prevhash: string;
  hash: string;
  traceparent?: string;
  tracestate?: string;
  data: unknown;
}

/** The bytes are not an event of this ledger's form: damaged, or of another system. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
  readonly code = 'malformed-event';
  readonly retryable = false;
}

/** An event of a type or version that this build does not know: a newer build wrote it. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
  readonly code = 'unknown-event';
  readonly retryable = false;
  constructor(readonly type: string) {
    super(`${type} is not known to this version of the software: a newer one wrote it, so upgrade`);
  }
}

/** The name of an event's schema: `urn:conflict-ledger:schema:incident.reported:1`. */
export function schemaUrn(type: string, version: number): string {
  return `${SCHEMA_PREFIX}${type}:${String(version)}`;
}

/**
 * An event's stored bytes: a CloudEvent 1.0 in structured JSON, in JCS form, chained to the event
 * before it in the partition. The keys are written in sorted order, so the hash can be put in its
 * place without canonicalising twice.
 */
export function encodeEvent(draft: EventDraft, prevHash: string): { bytes: Buffer; hash: string } {
  const head = canonicalJson({
    causationid: draft.causationId,
    commandhash: draft.commandHash,
    correlationid: draft.correlationId,
    data: draft.data,
    datacontenttype: 'application/json',
    dataschema: schemaUrn(draft.type, current[draft.type].version),
  });
  const tail = JSON.stringify({
    id: draft.id,
    prevhash: prevHash,
    recordedby: draft.recordedBy,
    recordedbyrole: draft.recordedByRole,
    source: SOURCE_PREFIX + draft.ledgerId,
    specversion: '1.0',
    streamversion: draft.streamVersion,
    subject: draft.subject,
    time: draft.time,
    traceparent: draft.traceparent,
    tracestate: draft.tracestate,
    type: TYPE_PREFIX + draft.type,
  });
  const before = head.slice(0, -1);
  const after = tail.slice(1);
  const hash = sha256(`${before},${after}`);
  return { bytes: Buffer.from(`${before},"hash":"${hash}",${after}`), hash };
}

/** The JSON of stored bytes, with the attributes that every event must have. */
export function parseCloudEvent(bytes: Uint8Array): CloudEvent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
    );
  } catch (cause) {
    throw new MalformedEventError('the event is not JSON', { cause });
  }
  const event = parsed as Partial<CloudEvent> | null;
  if (
    typeof event !== 'object' ||
    typeof event?.type !== 'string' ||
    typeof event.dataschema !== 'string' ||
    typeof event.source !== 'string' ||
    typeof event.subject !== 'string' ||
    typeof event.hash !== 'string' ||
    typeof event.prevhash !== 'string' ||
    typeof event.data !== 'object'
  )
    throw new MalformedEventError('the event lacks attributes that every event has');
  return event as CloudEvent;
}

function typeAndVersion(event: CloudEvent): { type: string; version: number } {
  const urn = event.dataschema;
  const colon = urn.lastIndexOf(':');
  const type = urn.slice(SCHEMA_PREFIX.length, colon);
  const digits = urn.slice(colon + 1);
  if (
    !urn.startsWith(SCHEMA_PREFIX) ||
    event.type !== TYPE_PREFIX + type ||
    !/^[1-9]\d{0,5}$/.test(digits)
  )
    throw new MalformedEventError(`type ${event.type} and dataschema ${urn} do not fit together`);
  return { type, version: Number(digits) };
}

/** A parsed CloudEvent as a typed event, its data brought up to the current version. */
export function toLedgerEvent(event: CloudEvent, registry: Registry = current): LedgerEvent {
  const { type, version } = typeAndVersion(event);
  const definition = Object.hasOwn(registry, type) ? registry[type] : undefined;
  const data = definition && upcast(definition, version, event.data);
  if (data === undefined) throw new UnknownEventError(event.dataschema);
  return {
    id: event.id,
    ledgerId: event.source.slice(SOURCE_PREFIX.length),
    subject: event.subject,
    time: event.time,
    streamVersion: event.streamversion,
    recordedBy: event.recordedby,
    recordedByRole: event.recordedbyrole,
    causationId: event.causationid,
    commandHash: event.commandhash,
    correlationId: event.correlationid,
    prevHash: event.prevhash,
    hash: event.hash,
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
    ...(event.tracestate !== undefined && { tracestate: event.tracestate }),
    type,
    data,
  } as LedgerEvent;
}

/**
 * Reads stored bytes. Trusts the log: neither hash nor schema is checked (`verifyEvent` does).
 * Throws MalformedEventError or UnknownEventError.
 */
export function decodeEvent(bytes: Uint8Array, registry: Registry = current): LedgerEvent {
  return toLedgerEvent(parseCloudEvent(bytes), registry);
}

/** The hash that an event ought to have: SHA-256 of its JCS form without `hash`. */
export function hashOf(event: CloudEvent): string {
  const { hash: _, ...rest } = event;
  return sha256(canonicalJson(rest));
}

export type Verified = { ok: true; event: LedgerEvent } | { ok: false; problem: string };

function firstIssue(error: z.ZodError, path: string[]): string {
  const [issue] = error.issues;
  return `${[...path, ...(issue?.path.map(String) ?? [])].join('.')}: ${issue?.message ?? ''}`;
}

/**
 * Checks that the bytes are in JCS form, that the hash is theirs, and that envelope and data fit
 * the schema of the event's version.
 */
export function verifyEvent(bytes: Uint8Array, registry: Registry = current): Verified {
  try {
    const parsed = parseCloudEvent(bytes);
    if (hashOf(parsed) !== parsed.hash)
      return { ok: false, problem: `its content does not have the hash ${parsed.hash}` };
    if (!Buffer.from(canonicalJson(parsed)).equals(bytes))
      return { ok: false, problem: 'its bytes are not in the canonical form (RFC 8785)' };
    const { type, version } = typeAndVersion(parsed);
    const definition = Object.hasOwn(registry, type) ? registry[type] : undefined;
    const schema =
      version === definition?.version ? definition.schema : definition?.old[version]?.schema;
    if (!schema) return { ok: false, problem: `its schema ${parsed.dataschema} is not known` };
    const envelope = envelopeSchema.safeParse(parsed);
    if (!envelope.success) return { ok: false, problem: firstIssue(envelope.error, []) };
    const checked = schema.safeParse(parsed.data);
    if (!checked.success) return { ok: false, problem: firstIssue(checked.error, ['data']) };
    return { ok: true, event: toLedgerEvent(parsed, registry) };
  } catch (error) {
    if (error instanceof MalformedEventError || error instanceof UnknownEventError)
      return { ok: false, problem: error.message };
    throw error;
  }
}

import type { Recorded } from '#libs/domain';
import type { PoolClient } from 'pg';
import { isIncidentEvent, type WrittenCommand } from '../batch.js';
import { encodeArray } from '../pg/columns.js';
import type { StoredRectangle, StreamChange } from './stream-change.js';
import { foldHistory, type VersionedEvent } from './versions.js';

interface Stream {
  id: string;
  partition: number;
  events: VersionedEvent[];
}

interface StoredRow {
  id: string;
  version: number;
  offset: string;
  state: string;
  first_recorded: number;
  recorded_from: number;
  known_from: number;
  known_to: number;
}

interface StoredStream {
  firstRecorded: number;
  layer: StoredRectangle[];
}

/**
 * Folds the batch's events into the incidents that they are about. Reads the current layer of
 * those that were there before; streams that begin in this batch need no reading.
 */
export async function changeStreams(
  client: PoolClient,
  schema: string,
  commands: readonly WrittenCommand[],
): Promise<StreamChange[]> {
  const streams = [...gatherStreams(commands).values()];
  const stored = await readLayers(
    client,
    schema,
    streams.filter((s) => s.events[0]?.version !== 1),
  );
  const changes: StreamChange[] = [];
  for (const stream of streams) {
    const change = changeStream(stream, stored.get(stream.id));
    if (change) changes.push(change);
  }
  return changes;
}

function gatherStreams(commands: readonly WrittenCommand[]): Map<string, Stream> {
  const streams = new Map<string, Stream>();
  for (const { events } of commands) {
    for (const { event, partition, offset, recorded, reported } of events) {
      if (!isIncidentEvent(event)) continue;
      let stream = streams.get(event.subject);
      if (!stream)
        streams.set(event.subject, (stream = { id: event.subject, partition, events: [] }));
      stream.events.push({ event, version: event.streamVersion, offset, recorded, reported });
    }
  }
  return streams;
}

/** Undefined when the events say nothing about an incident, because none was ever reported. */
function changeStream(stream: Stream, stored: StoredStream | undefined): StreamChange | undefined {
  const { id, partition, events } = stream;
  const layer = stored?.layer ?? [];
  const before = layer.find((r) => r.current)?.state;
  const history = foldHistory(layer, events);
  const after = history.added.find((r) => r.recordedTo === Infinity && r.knownTo === Infinity);
  if (!after) return undefined;
  const firstRecorded =
    stored?.firstRecorded ??
    events.find(({ event }) => event.type === 'incident.reported')?.recorded ??
    after.recordedFrom;
  return { id, partition, firstRecorded, before, after: after.state, history };
}

const COLUMNS = `id, version, "offset", state::text AS state, ${[
  'first_recorded',
  'recorded_from',
  'known_from',
  'known_to',
]
  .map((name) => `(extract(epoch FROM ${name}) * 1000)::float8 AS ${name}`)
  .join(', ')}`;

async function readLayers(
  client: PoolClient,
  schema: string,
  streams: readonly Stream[],
): Promise<Map<string, StoredStream>> {
  const stored = new Map<string, StoredStream>();
  const read = async (name: string, condition: string, ids: string[], current: boolean) => {
    if (ids.length === 0) return;
    const { rows } = await client.query<StoredRow>({
      name: `${schema}.${name}`,
      text: `SELECT ${COLUMNS} FROM ${schema}.${condition}`,
      values: [encodeArray('uuid', ids)],
    });
    for (const row of rows) {
      let stream = stored.get(row.id);
      if (!stream) stored.set(row.id, (stream = { firstRecorded: row.first_recorded, layer: [] }));
      stream.layer.push(rectangleOf(row, current));
    }
  };
  const ids = streams.map((s) => s.id);
  await read('incident.read', 'incident WHERE id = ANY($1::uuid[])', ids, true);
  // Reported before the current state was: the earlier part of the known axis changes as well.
  const late = streams.filter((s) => {
    const from = stored.get(s.id)?.layer[0]?.knownFrom;
    return from !== undefined && s.events.some((e) => e.reported < from);
  });
  const where = `incident_past WHERE id = ANY($1::uuid[]) AND recorded_to = 'infinity'`;
  await read(
    'incident_past.read',
    where,
    late.map((s) => s.id),
    false,
  );
  return stored;
}

function rectangleOf(row: StoredRow, current: boolean): StoredRectangle {
  return {
    current,
    version: row.version,
    offset: row.offset,
    state: JSON.parse(row.state) as Recorded,
    recordedFrom: row.recorded_from,
    recordedTo: Infinity,
    knownFrom: row.known_from,
    knownTo: row.known_to,
  };
}

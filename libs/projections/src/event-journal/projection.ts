import { importNamedBy, type WrittenCommand } from '../batch.js';
import { copyRows } from '../pg/copy.js';
import type { Columns, RowOf } from '../pg/types.js';
import type { Projection } from '../projection.js';

const JOURNAL_COLUMNS = {
  partition: 'int4',
  offset: 'int8',
  event_id: 'uuid',
  type: 'text',
  subject: 'text',
  stream_version: 'int4',
  time: 'timestamptz',
  reported_at: 'timestamptz',
  import_id: 'uuid',
  dataset: 'text',
  recorded_by: 'text',
  bytes: 'bytea',
} as const satisfies Columns;
type JournalRow = RowOf<typeof JOURNAL_COLUMNS>;

/** The log as it is, for the feed, histories and audits: append-only, with the stored bytes. */
export const eventJournalProjection: Projection = {
  name: 'event_journal',
  version: 1,
  ddl: (schema) => [
    `CREATE TABLE ${schema}.event_journal (
      partition int NOT NULL,
      "offset" bigint NOT NULL,
      event_id uuid NOT NULL,
      type text NOT NULL,
      subject text NOT NULL,
      stream_version int NOT NULL,
      time timestamptz NOT NULL,
      reported_at timestamptz NOT NULL,
      -- of the run whose command wrote the event, also where the event does not name it itself
      import_id uuid,
      dataset text,
      recorded_by text NOT NULL,
      bytes bytea NOT NULL,
      PRIMARY KEY (partition, "offset")
    )`,
    // Kept whole within the row: compressing what is written once and read rarely costs more.
    `ALTER TABLE ${schema}.event_journal ALTER COLUMN bytes SET STORAGE EXTERNAL,
      SET (toast_tuple_target = 8160)`,
    `CREATE INDEX ON ${schema}.event_journal (subject, stream_version)`,
    `CREATE INDEX ON ${schema}.event_journal (import_id) WHERE import_id IS NOT NULL`,
  ],
  views: (schema) => ({ event_journal: `SELECT * FROM ${schema}.event_journal` }),
  async apply({ client, schema, commands }) {
    await copyRows(client, `${schema}.event_journal`, JOURNAL_COLUMNS, journalRows(commands));
  },
};

/** One row per event. */
export function journalRows(commands: readonly WrittenCommand[]): JournalRow[] {
  return commands.flatMap((command) =>
    command.events.map(({ partition, offset, bytes, event, recorded, reported }) => {
      const { importId = command.importId, dataset = command.dataset } = importNamedBy(event);
      return {
        partition,
        offset,
        event_id: event.id,
        type: event.type,
        subject: event.subject,
        stream_version: event.streamVersion,
        time: recorded,
        reported_at: reported,
        import_id: importId ?? null,
        dataset: dataset ?? null,
        recorded_by: event.recordedBy,
        bytes,
      };
    }),
  );
}

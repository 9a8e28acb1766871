import { GENESIS_HASH, LEDGER_STREAM, partitionOf, verifyEvent } from '#libs/contracts';
import { type EventLog, LogError, type StoredEvent } from '#libs/event-log';

/** Something wrong with the log, and where. */
export interface Finding {
  partition: number;
  offset: string | null;
  /** Null where the event cannot be read. */
  eventId: string | null;
  problem: string;
}

export interface Verification {
  events: number;
  streams: number;
  /** `hash`: of the last event. Kept elsewhere, it proves later that nothing before it was altered. */
  partitions: { partition: number; events: number; head: string | null; hash: string | null }[];
  /** How many there are … */
  problems: number;
  /** … and the first 100 of them. */
  findings: Finding[];
}

const SHOWN = 100;
/** In the canonical form `id` follows `hash`; ids within data do not. */
const ID = /"hash":"[^"]{0,80}","id":"([^"]{1,80})"/;

/**
 * Checks every event of a log: its hash, its canonical bytes and its schema; the chain of hashes,
 * the order of times and of offsets; each stream's versions without a hole; that each stream is in
 * the partition of its key; that all belong to one ledger. Memory: the streams of one partition.
 */
export async function verifyLog(
  log: EventLog,
  onProgress: (events: number) => void = () => undefined,
): Promise<Verification> {
  const result: Verification = { events: 0, streams: 0, partitions: [], problems: 0, findings: [] };
  const found = (finding: Finding): void => {
    result.problems += 1;
    if (result.findings.length < SHOWN) result.findings.push(finding);
  };
  const ends = await log.ends();
  let source: string | undefined;
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const check = new PartitionCheck(partition, found, source);
    try {
      for await (const { events } of log.read(partition, 'beginning')) {
        for (const event of events) check.event(event);
        onProgress(result.events + check.events);
      }
      check.end(ends[partition] ?? null);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      found({ partition, offset: check.offset, eventId: null, problem: error.message });
    }
    source ??= check.source;
    result.events += check.events;
    result.streams += check.streams;
    const { events, offset: head } = check;
    result.partitions.push({ partition, events, head, hash: head === null ? null : check.hash });
  }
  return result;
}

class PartitionCheck {
  events = 0;
  offset: string | null = null;
  /** Of the event before; undefined when that could not be read. */
  #hash: string | undefined = GENESIS_HASH;
  #time = '';
  readonly #versions = new Map<string, number>();

  constructor(
    private readonly partition: number,
    private readonly found: (finding: Finding) => void,
    public source: string | undefined,
  ) {}

  /** Of the last event; null when it could not be read. */
  get hash(): string | null {
    return this.#hash ?? null;
  }

  get streams(): number {
    return this.#versions.size;
  }

  event({ offset, bytes }: StoredEvent): void {
    this.events += 1;
    const problem = (text: string, eventId: string | null): void => {
      this.found({ partition: this.partition, offset, eventId, problem: text });
    };
    if (this.offset !== null && BigInt(offset) <= BigInt(this.offset))
      problem(`its offset does not come after ${this.offset}`, idOf(bytes));
    this.offset = offset;
    const checked = verifyEvent(bytes);
    if (!checked.ok) {
      problem(checked.problem, idOf(bytes));
      this.#goOnAfter(bytes);
      return;
    }
    const { event } = checked;
    if (this.#hash !== undefined && event.prevHash !== this.#hash)
      problem(
        this.#hash === GENESIS_HASH
          ? 'it does not stand at the beginning of its partition: events before it are missing'
          : `it does not continue the event before it (that has the hash ${this.#hash})`,
        event.id,
      );
    this.#hash = event.hash;
    if (event.time < this.#time)
      problem(
        `its time ${event.time} is before ${this.#time}, that of the event before it`,
        event.id,
      );
    this.#time = event.time;
    const version = (this.#versions.get(event.subject) ?? 0) + 1;
    if (event.streamVersion !== version)
      problem(
        `it is version ${String(event.streamVersion)} of ${event.subject}, after version ${String(version - 1)}`,
        event.id,
      );
    this.#versions.set(event.subject, event.streamVersion);
    const home = event.subject === LEDGER_STREAM ? 0 : partitionOf(event.subject);
    if (home !== this.partition)
      problem(`its stream ${event.subject} belongs in partition ${String(home)}`, event.id);
    this.source ??= event.ledgerId;
    if (event.ledgerId !== this.source)
      problem(`it was written by the ledger ${event.ledgerId}, not ${this.source}`, event.id);
  }

  /** What the log says its last event is must be what is there. */
  end(end: { offset: string; hash: string } | null): void {
    if (end === null) return;
    if (this.offset === null || BigInt(this.offset) < BigInt(end.offset))
      this.found({
        partition: this.partition,
        offset: end.offset,
        eventId: null,
        problem: 'the last event of the partition is not there',
      });
  }

  /** The damaged event is told once: what follows is checked against what it says of itself. */
  #goOnAfter(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('latin1');
    this.#hash = /"hash":"([0-9a-f]{64})"/.exec(text)?.[1];
    const subject = /"subject":"([^"]{1,200})"/.exec(text)?.[1];
    const version = /"streamversion":(\d{1,15})[,}]/.exec(text)?.[1];
    if (subject !== undefined && version !== undefined)
      this.#versions.set(subject, Number(version));
  }
}

function idOf(bytes: Uint8Array): string | null {
  return ID.exec(Buffer.from(bytes).toString('latin1'))?.[1] ?? null;
}

import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { PARTITIONS } from '#libs/contracts';
import { LogError } from '../port.js';
import { accessFailure, writeFailure } from './lmdb-error.js';
import { makeDirectory } from './make-directory.js';
import { checkBeforeOpening, roomProblem } from './preflight.js';

const FILE = 'events.mdb';
const FORMAT = 1;
/** What a transaction writes besides its events: pages of the tree, generously. */
const SPARE_BYTES = 64 * 1024;

/** What `meta` holds of a partition, changed only in the transaction that changes the partition. */
export interface PartitionMeta {
  /** Counts the writers of the partition; only the latest may append. */
  epoch: number;
  head: { offset: number; hash: string } | null;
}

/** lmdb-js types `putSync` as void; it tells whether the put was made. */
interface Puts {
  putSync(key: number, value: Uint8Array, options: { append: true }): boolean;
}
export type Events = Omit<Database<Uint8Array, number>, 'putSync'> & Puts;

type Put = (partition: number, meta: PartitionMeta) => void;

/** A write that waits for the next commit, which it shares with those of other partitions. */
export interface SharedWrite {
  /** For an error's text, with `bytes` as its size. */
  what: string;
  bytes: number;
  /** Throws when this write may not be made; the others of the commit are not touched by it. */
  admit: () => void;
  /** Makes the puts; throwing rolls the whole commit back. Must not return a promise. */
  write: (put: Put) => void;
}
interface Waiting {
  shared: SharedWrite;
  resolve: () => void;
  reject: (error: unknown) => void;
}

interface Handles {
  readOnly: boolean;
  root: RootDatabase<unknown, string>;
  meta: Database<PartitionMeta, number>;
  partitions: Events[];
}

function openHandles(dir: string, readOnly: boolean): Handles {
  checkBeforeOpening(path.join(dir, FILE), readOnly);
  const root: RootDatabase<unknown, string> = open({
    path: path.join(dir, FILE),
    noSubdir: true,
    readOnly,
    maxDbs: PARTITIONS + 4,
    // A commit returns when it is on disk; with overlapping sync it would return earlier.
    overlappingSync: false,
    // Events of 2 to 4 KB fit into pages of 8 KiB, where pages of 4 KiB put each into pages of its
    // own: a third less disk, appends half as fast again.
    pageSize: 8192,
    eventTurnBatching: false,
    compression: false,
    encoding: 'json',
  });
  const database = (name: string, encoding: 'json' | 'binary'): Database => {
    // undefined for a database that a read-only environment does not hold
    const db = root.openDB({ name, encoding }) as Database | undefined;
    if (db) return db;
    throw new LogError(
      'unavailable',
      `the event log in ${dir} is not complete yet: try again`,
      true,
    );
  };
  const databases = (): Handles => {
    const meta = database('meta', 'json') as Handles['meta'];
    const format = database('format', 'json') as Database<number, string>;
    const partitions = Array.from(
      { length: PARTITIONS },
      (_, p) => database(`partition-${String(p)}`, 'binary') as unknown as Events,
    );
    const found = format.get('version');
    if (found === undefined && !readOnly) format.putSync('version', FORMAT);
    else if (found !== FORMAT)
      throw new LogError(
        'unavailable',
        `the event log in ${dir} has format ${String(found)}, this version reads ${String(FORMAT)}: use the version that wrote it`,
        false,
      );
    return { readOnly, root, meta, partitions };
  };
  try {
    // in one transaction, so that a log is there whole or not at all
    return readOnly ? databases() : root.transactionSync(databases);
  } catch (error) {
    void root.close();
    throw error;
  }
}

/**
 * The LMDB environment of one directory, shared by all that this process opened on it: LMDB must
 * not be opened twice in a process, and appends wake this process's followers at once. All access
 * is synchronous, so the environment may be replaced between any two calls.
 */
export class LogStore {
  #handles: Handles | undefined;
  #users = 0;
  #writable = false;
  readonly #waiting: Waiting[] = [];
  readonly #listeners = new Set<(partition: number) => void>();

  private constructor(readonly dir: string) {}

  static readonly #stores = new Map<string, LogStore>();

  /** Opens, or joins, the store of a directory; every `acquire` is paired with a `release`. */
  static acquire(dir: string, readOnly: boolean): LogStore {
    if (readOnly && !existsSync(path.join(dir, FILE)))
      throw new LogError(
        'unavailable',
        `there is no event log in ${dir}: check the directory, or start the ledger there first`,
        false,
      );
    try {
      if (!readOnly) makeDirectory(dir);
      const real = realpathSync(dir);
      const store = LogStore.#stores.get(real) ?? new LogStore(real);
      store.#open(readOnly);
      store.#users++;
      LogStore.#stores.set(real, store);
      return store;
    } catch (error) {
      throw accessFailure(error, dir);
    }
  }

  release(): void {
    if (--this.#users > 0) return;
    if (this.#waiting.length > 0) this.#commitWaiting();
    LogStore.#stores.delete(this.dir);
    this.#reset();
  }

  /**
   * Closes the environment; the next use opens it anew. After a commit that failed this is the
   * only safe way on: LMDB refuses an environment whose meta page failed to reach the disk.
   */
  #reset(): void {
    const handles = this.#handles;
    this.#handles = undefined;
    if (handles) void handles.root.close();
  }

  /** Opens what is not open; a read-only environment gives way to one that may write. */
  #open(readOnly = true): Handles {
    if (this.#handles && (readOnly || !this.#handles.readOnly)) return this.#handles;
    this.#reset();
    this.#handles = openHandles(this.dir, readOnly && !this.#writable);
    this.#writable ||= !readOnly;
    return this.#handles;
  }

  /** Makes what other processes have written since visible to the reads that follow. */
  refresh(): void {
    this.#open().root.resetReadTxn();
  }

  meta(partition: number): PartitionMeta {
    return this.#open().meta.get(partition) ?? { epoch: 0, head: null };
  }

  events(partition: number): Events {
    const events = this.#open().partitions[partition];
    if (!events) throw new RangeError(`there is no partition ${String(partition)}`);
    return events;
  }

  /**
   * Runs `work` in one write transaction, on disk when this returns; rolled back if it throws.
   * `work` must not return a promise.
   * @param what it writes, `bytes` in all, for the error's text
   * @throws LogError `no-space`, `in-doubt`, or as thrown by `work`
   */
  transaction<T>(what: string, bytes: number, work: (put: Put) => T): T {
    try {
      const { root, meta } = this.#open();
      return root.transactionSync(() =>
        work((partition, value) => {
          meta.putSync(partition, value);
        }),
      );
    } catch (error) {
      if (!(error instanceof LogError)) this.#reset();
      throw writeFailure(error, this.dir, what, () => {
        const { size } = statSync(path.join(this.dir, FILE));
        return roomProblem(this.dir, size, bytes + SPARE_BYTES);
      });
    }
  }

  /**
   * Makes a write in the commit at the end of this turn of the event loop: what all partitions
   * append in one turn goes to disk with one fsync.
   * @throws as `transaction` does
   */
  inNextCommit(shared: SharedWrite): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ shared, resolve, reject }) === 1)
        setImmediate(() => {
          this.#commitWaiting();
        });
    });
  }

  #commitWaiting(): void {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    const refused = new Map<Waiting, unknown>();
    const what =
      waiting.length > 1
        ? `${String(waiting.length)} batches of events`
        : (waiting[0]?.shared.what ?? 'nothing');
    const bytes = waiting.reduce((sum, { shared }) => sum + shared.bytes, 0);
    try {
      this.transaction(what, bytes, (put) => {
        for (const one of waiting) {
          try {
            one.shared.admit();
          } catch (error) {
            refused.set(one, error);
            continue;
          }
          one.shared.write(put);
        }
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const one of waiting)
      if (refused.has(one)) one.reject(refused.get(one));
      else one.resolve();
  }

  /** `listener` is called after each append that this process makes to this log. */
  onAppend(listener: (partition: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  appended(partition: number): void {
    for (const listener of this.#listeners) listener(partition);
  }
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { checkBeforeOpening, type Place } from '#libs/event-log';

/** Raised whenever what is stored, or how events fold into it, changes: older stores are rebuilt. */
export const FOLD_VERSION = 2;

const FILE = 'states.mdb';
const IN_USE = 'in-use';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

const { ENOSPC, EDQUOT, EFBIG, EIO } = constants.errno;
const MDB_MAP_FULL = -30792;
/** LMDB says EIO of a write that a full disk cut short. */
const NO_SPACE: ReadonlySet<unknown> = new Set([
  ...[ENOSPC, EDQUOT, EFBIG, EIO, MDB_MAP_FULL],
  ...['ENOSPC', 'EDQUOT', 'EFBIG'],
]);
/** MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_VERSION_MISMATCH, MDB_INVALID. */
const DAMAGED: ReadonlySet<unknown> = new Set([-30797, -30796, -30794, -30793]);

/** The state store cannot be read or written now; the log is not touched by that. */
export class StateStoreError extends Error {
  override readonly name = 'StateStoreError';
  readonly retryable = true;
  constructor(
    readonly code: 'no-space' | 'unavailable' | 'closed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface Meta {
  foldVersion: number;
  place: Place;
  time: string;
}

/** One partition's tables. Values are JSON text, receipts a shorter text of their own. */
export interface Tables {
  streams: Database<string, string>;
  receipts: Database<string, string>;
  listings: Database<string, string>;
  meta: Database<Meta, string>;
}

interface Environment {
  root: RootDatabase;
  tables: Map<string, Tables>;
}

/** Looked at without `instanceof`: what native code throws may be of another realm's Error. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** Names the boot of this machine; undefined where the system does not tell. */
function bootId(): string | undefined {
  return existsSync(BOOT_ID) ? readFileSync(BOOT_ID, 'utf8').trim() : undefined;
}

function sync(fileOrDir: string, flags: string): void {
  const fd = openSync(fileOrDir, flags);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * The stores are written without fsync: the log is what lasts. A process that dies leaves them
 * whole (the system has the pages); a machine that goes down may not. So a mark names the boot
 * during which they are in use, and what another boot left in use is thrown away. The mark is on
 * disk before anything is written, and goes when all that was written is there.
 */
function markInUse(dir: string): void {
  const mark = path.join(dir, IN_USE);
  const boot = bootId();
  if (existsSync(mark) && (boot === undefined || readFileSync(mark, 'utf8') !== boot))
    rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const fd = openSync(mark, 'w');
  try {
    writeSync(fd, boot ?? 'unknown');
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  // Windows cannot open directories, and does not need to.
  if (process.platform !== 'win32') sync(dir, 'r');
}

/** All partitions' state stores of a process, in one LMDB environment. */
export class StateStores {
  #environment: Environment | undefined;
  #damaged = false;
  #closed = false;

  private constructor(private readonly dir: string) {}

  /**
   * Opens (or makes) the stores in a directory that no other process uses. What is there and is no
   * state store is thrown away.
   * @throws StateStoreError when the directory cannot be written
   */
  static open(dir: string): StateStores {
    const stores = new StateStores(dir);
    stores.#guard(() => {
      markInUse(dir);
      stores.#open();
    });
    return stores;
  }

  /** Reads a partition's tables; `work` is synchronous. @throws StateStoreError */
  read<T>(partition: string, work: (tables: Tables) => T): T {
    return this.#guard(() => work(this.#tables(partition)));
  }

  /** Writes to a partition's tables: all of it, or nothing. @throws StateStoreError */
  write(partition: string, work: (tables: Tables) => void): void {
    this.#guard(() => {
      const tables = this.#tables(partition);
      this.#open().root.transactionSync(() => {
        work(tables);
      });
    });
  }

  /** Brings everything to disk, so that the next start finds it good. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#closed) {
        this.#closed = true;
        this.#leave();
        const file = path.join(this.dir, FILE);
        // LMDB without sync does not sync on closing either.
        if (!this.#damaged && existsSync(file)) sync(file, 'r+');
        if (!this.#damaged) rmSync(path.join(this.dir, IN_USE), { force: true });
      }
      resolve();
    });
  }

  #open(): Environment {
    if (this.#environment) return this.#environment;
    const file = path.join(this.dir, FILE);
    const discard = (): void => {
      rmSync(file, { force: true, recursive: true });
      rmSync(`${file}-lock`, { force: true });
    };
    if (this.#damaged) discard();
    try {
      checkBeforeOpening(file, false);
    } catch (error) {
      // With a code it is the disk or a permission; without one the file is not a database.
      if (codeOf(error) !== undefined) throw error;
      discard();
    }
    this.#damaged = false;
    const root = open({
      path: file,
      noSubdir: true,
      maxDbs: 128,
      compression: false,
      noSync: true,
      overlappingSync: false,
      eventTurnBatching: false,
    });
    this.#environment = { root, tables: new Map() };
    return this.#environment;
  }

  #tables(partition: string): Tables {
    const { root, tables } = this.#open();
    const known = tables.get(partition);
    if (known) return known;
    const opened = root.transactionSync((): Tables => {
      const table = (name: string) =>
        root.openDB<string, string>({
          name: `${name}-${partition}`,
          encoding: 'string',
          compression: false,
        });
      const fresh: Tables = {
        streams: table('streams'),
        receipts: table('receipts'),
        listings: table('listings'),
        meta: root.openDB<Meta, string>({ name: 'meta', encoding: 'json' }),
      };
      if (fresh.meta.get(partition)?.foldVersion !== FOLD_VERSION) clearTables(fresh, partition);
      return fresh;
    });
    tables.set(partition, opened);
    return opened;
  }

  /**
   * Leaves the environment; the next use opens it anew. After a commit that failed this is the only
   * safe way on: LMDB refuses such an environment, and lmdb-js does not notice that it does.
   */
  #leave(): void {
    const environment = this.#environment;
    this.#environment = undefined;
    if (environment) void environment.root.close();
  }

  #guard<T>(work: () => T): T {
    if (this.#closed) throw new StateStoreError('closed', 'the state store was closed');
    try {
      return work();
    } catch (error) {
      if (error instanceof StateStoreError) throw error;
      this.#leave();
      const code = codeOf(error);
      this.#damaged ||= DAMAGED.has(code) || error instanceof SyntaxError;
      throw this.#failure(code, error);
    }
  }

  #failure(code: unknown, cause: unknown): StateStoreError {
    const reason = String(cause).replace(/^Error: /, '');
    if (NO_SPACE.has(code))
      return new StateStoreError(
        'no-space',
        `the disk that holds the state store in ${this.dir} is full or over its quota ` +
          `(${reason}): free some space and send it again`,
        { cause },
      );
    const advice = this.#damaged
      ? 'it is damaged and will be built anew from the log'
      : 'check that this user may write there and that its disk is well';
    return new StateStoreError(
      'unavailable',
      `the state store in ${this.dir} cannot be used (${reason}): ${advice}`,
      { cause },
    );
  }
}

/** Forgets what a partition's tables hold; within a transaction. */
export function clearTables(tables: Tables, partition: string): void {
  tables.streams.clearSync();
  tables.receipts.clearSync();
  tables.listings.clearSync();
  tables.meta.removeSync(partition);
}

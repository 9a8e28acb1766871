import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { Place } from '#libs/event-log';
import type { StoredReceipt } from './receipts.js';
import type { StateStore, StoreCommit } from './state-store.js';
import type { Stream } from './stream.js';
import type { ListedRow } from './types.js';

/** Raised whenever what is stored, or how events fold into it, changes: older stores are rebuilt. */
export const FOLD_VERSION = 1;

const IN_USE = 'in-use';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Names the boot of this machine; undefined where the system does not tell. */
function bootId(): string | undefined {
  return existsSync(BOOT_ID) ? readFileSync(BOOT_ID, 'utf8').trim() : undefined;
}

/**
 * The stores are written without fsync: the log is what lasts. A process that dies leaves them
 * whole (the system has the pages); a machine that goes down may not. So a mark names the boot
 * during which they are in use, and what another boot left in use is thrown away.
 */
function discardAfterCrash(dir: string): void {
  const mark = path.join(dir, IN_USE);
  if (!existsSync(mark)) return;
  const boot = bootId();
  if (boot === undefined || readFileSync(mark, 'utf8') !== boot)
    rmSync(dir, { recursive: true, force: true });
}

interface Meta {
  foldVersion: number;
  place: Place;
  time: string;
}

/** All partitions' state stores of a process, in one LMDB environment. */
export class StateStores {
  private constructor(
    private readonly root: RootDatabase,
    private readonly dir: string,
  ) {}

  /** Opens (or makes) the stores in a directory that no other process uses. */
  static open(dir: string): StateStores {
    discardAfterCrash(dir);
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, IN_USE), bootId() ?? 'unknown');
    const root = open({
      path: path.join(dir, 'states'),
      maxDbs: 128,
      compression: false,
      noSync: true,
      overlappingSync: false,
      eventTurnBatching: false,
    });
    return new StateStores(root, dir);
  }

  partition(partition: number): StateStore {
    return new LmdbStateStore(this.root, String(partition));
  }

  /** Brings everything to disk, so that the next start finds it good. */
  async close(): Promise<void> {
    await this.root.close();
    rmSync(path.join(this.dir, IN_USE), { force: true });
  }
}

class LmdbStateStore implements StateStore {
  readonly #streams: Database<string, string>;
  readonly #receipts: Database<string, string>;
  readonly #listings: Database<string, string>;
  readonly #meta: Database<Meta, string>;

  constructor(
    private readonly root: RootDatabase,
    private readonly id: string,
  ) {
    const text = { encoding: 'string', compression: false } as const;
    this.#streams = root.openDB({ name: `streams-${id}`, ...text });
    this.#receipts = root.openDB({ name: `receipts-${id}`, ...text });
    this.#listings = root.openDB({ name: `listings-${id}`, ...text });
    this.#meta = root.openDB({ name: 'meta', encoding: 'json' });
    if (this.#readMeta()?.foldVersion !== FOLD_VERSION) this.clear();
  }

  #readMeta(): Meta | undefined {
    return this.#meta.get(this.id);
  }

  place(): { place: Place; time: string } | undefined {
    return this.#readMeta();
  }

  stream(streamId: string): Stream | undefined {
    const json = this.#streams.get(streamId);
    return json === undefined ? undefined : (JSON.parse(json) as Stream);
  }

  receipt(key: string): StoredReceipt | undefined {
    const json = this.#receipts.get(key);
    return json === undefined ? undefined : (JSON.parse(json) as StoredReceipt);
  }

  *listed(dataset: string, scope: string): Iterable<ListedRow> {
    const prefix = `${dataset}|${scope}|`;
    // In pieces: an iterator left open would pin old pages while the store is written.
    let start = prefix;
    for (;;) {
      const piece = [...this.#listings.getRange({ start, end: `${prefix}~`, limit: 1_000 })];
      for (const { key, value } of piece)
        yield { incidentId: key.slice(prefix.length), externalId: value };
      const last = piece.at(-1);
      if (piece.length < 1_000 || !last) return;
      start = `${last.key}!`;
    }
  }

  commit({ states, receipts, listings, place, time }: StoreCommit): void {
    this.root.transactionSync(() => {
      for (const [id, stream] of states) void this.#streams.put(id, JSON.stringify(stream));
      for (const [key, receipt] of receipts) void this.#receipts.put(key, JSON.stringify(receipt));
      for (const { dataset, scope, incidentId, externalId, listed } of listings) {
        const key = `${dataset}|${scope}|${incidentId}`;
        if (listed) void this.#listings.put(key, externalId);
        else void this.#listings.remove(key);
      }
      void this.#meta.put(this.id, { foldVersion: FOLD_VERSION, place, time });
    });
  }

  clear(): void {
    this.root.transactionSync(() => {
      this.#streams.clearSync();
      this.#receipts.clearSync();
      this.#listings.clearSync();
      void this.#meta.remove(this.id);
    });
  }
}

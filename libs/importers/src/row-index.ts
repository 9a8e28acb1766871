import { hash } from 'node:crypto';

const ID_WORDS = 3;
const CONTENT_WORDS = 2;
const FIRST_CAPACITY = 1024;

export type Seen = { kind: 'new' } | { kind: 'same' | 'different'; line: number };

/**
 * The ids of a file with fingerprints of their contents: 96 bits of SHA-256 for an id (two of ten
 * million ids collide with probability 10^-15), 64 bits of the row's hash, its line, and a slot of
 * an open-addressed table at most half full: 32 bytes a row, twice that right after growing.
 */
export class RowIndex {
  private count = 0;
  private ids = new Uint32Array(FIRST_CAPACITY * ID_WORDS);
  private contents = new Uint32Array(FIRST_CAPACITY * CONTENT_WORDS);
  private lines = new Uint32Array(FIRST_CAPACITY);
  private slots = new Uint32Array(FIRST_CAPACITY * 2);
  private readonly probe = new Uint32Array(ID_WORDS);

  get size(): number {
    return this.count;
  }

  /** Notes a row; says whether its id was there before, and if so with the same content. */
  add(externalId: string, line: number, contentHash: string): Seen {
    const high = parseInt(contentHash.slice(0, 8), 16);
    const low = parseInt(contentHash.slice(8, 16), 16);
    const at = this.find(externalId);
    if (at < 0) {
      this.insert(line, high, low);
      return { kind: 'new' };
    }
    const before = this.contents.subarray(at * CONTENT_WORDS, (at + 1) * CONTENT_WORDS);
    const first = this.lines[at] ?? 0;
    // Zero stands for a rejected row, whose content nobody compares.
    if (before[0] === 0 && before[1] === 0) {
      before.set([high, low]);
      this.lines[at] = line;
      return { kind: 'new' };
    }
    const same = before[0] === high && before[1] === low;
    return { kind: same ? 'same' : 'different', line: first };
  }

  /** Notes the id of a rejected row: it counts as seen. */
  addRejected(externalId: string, line: number): void {
    if (this.find(externalId) < 0) this.insert(line, 0, 0);
  }

  has(externalId: string): boolean {
    return this.find(externalId) >= 0;
  }

  /** The line of the id's first row that could be read; undefined when it was not seen. */
  lineOf(externalId: string): number | undefined {
    const at = this.find(externalId);
    return at < 0 ? undefined : this.lines[at];
  }

  /** Leaves the id's fingerprint in `probe`. */
  private find(externalId: string): number {
    const digest = hash('sha256', externalId, 'buffer');
    for (let i = 0; i < ID_WORDS; i++) this.probe[i] = digest.readUInt32LE(i * 4);
    const mask = this.slots.length - 1;
    for (let slot = (this.probe[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const row = (this.slots[slot] ?? 0) - 1;
      if (row < 0) return -1;
      if (this.matches(row)) return row;
    }
  }

  private matches(row: number): boolean {
    const from = row * ID_WORDS;
    for (let i = 0; i < ID_WORDS; i++) if (this.ids[from + i] !== this.probe[i]) return false;
    return true;
  }

  private insert(line: number, high: number, low: number): void {
    if (this.count === this.lines.length) this.grow();
    const row = this.count++;
    this.ids.set(this.probe, row * ID_WORDS);
    this.contents.set([high, low], row * CONTENT_WORDS);
    this.lines[row] = line;
    this.occupy(row);
  }

  private occupy(row: number): void {
    const mask = this.slots.length - 1;
    let slot = (this.ids[row * ID_WORDS] ?? 0) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = row + 1;
  }

  private grow(): void {
    const bigger = (from: Uint32Array): Uint32Array<ArrayBuffer> => {
      const to = new Uint32Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.ids = bigger(this.ids);
    this.contents = bigger(this.contents);
    this.lines = bigger(this.lines);
    this.slots = new Uint32Array(this.slots.length * 2);
    for (let row = 0; row < this.count; row++) this.occupy(row);
  }
}

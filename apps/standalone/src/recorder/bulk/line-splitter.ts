/** A line's bytes, or that it was longer than allowed (its bytes were dropped). */
export type Line = Buffer | 'too-long';

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines; holds one unfinished line at most, and never more than `max`. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #length = 0;
  #tooLong = false;

  constructor(private readonly max: number) {}

  /** The lines that this chunk completes, without their line feeds. */
  *feed(chunk: Buffer): Generator<Line> {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      yield this.#complete(chunk.subarray(start, at));
      start = at + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** The last line when it did not end with a line feed. */
  *end(): Generator<Line> {
    if (this.#length > 0 || this.#tooLong) yield this.#complete(Buffer.alloc(0));
  }

  #complete(tail: Buffer): Line {
    if (this.#tooLong || this.#length + tail.length > this.max) {
      this.#reset();
      return 'too-long';
    }
    if (this.#length === 0) return tail;
    const line = Buffer.concat([...this.#parts, tail]);
    this.#reset();
    return line;
  }

  #keep(part: Buffer): void {
    if (this.#tooLong) return;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= this.max) return;
    this.#reset();
    this.#tooLong = true;
  }

  #reset(): void {
    this.#parts = [];
    this.#length = 0;
    this.#tooLong = false;
  }
}

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export const GENERATED_ROWS = 176_579;
const HEADER =
  'id,year,month,day,country,type_of_violence,conflict_name,side_a,side_b,latitude,longitude,low_death,best_death,high_death';
const COUNTRIES = ['Syria', 'Afghanistan', 'India', 'Ukraine', 'Colombia', 'Nigeria', 'Somalia'];
const TYPES = ['State-based violence', 'Non-state violence', 'One-sided violence'];

/** Mulberry32: small, seeded, good enough to scatter rows. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function* rows(): Generator<string> {
  const random = generator(42);
  const upTo = (n: number): number => Math.floor(random() * n);
  const oneOf = (list: readonly string[]): string => list[upTo(list.length)] ?? '';
  yield `${HEADER}\n`;
  for (let id = 1; id <= GENERATED_ROWS; id += 1) {
    const country = oneOf(COUNTRIES);
    const low = upTo(8);
    const best = low + upTo(4);
    const cells = [
      ...[id, 1989 + upTo(32), 1 + upTo(12), 1 + upTo(28)],
      ...[`"${country}"`, `"${oneOf(TYPES)}"`, `"${country}: Government"`],
      ...[`"Government of ${country}"`, `"Group ${String(upTo(300))}"`],
      ...[(random() * 120 - 60).toFixed(6), (random() * 300 - 150).toFixed(6)],
      ...[low, best, best + upTo(10)],
    ];
    yield `${cells.join(',')}\n`;
  }
}

/** Writes a gzipped CSV of the load file's shape, the same on every machine. */
export async function generateGed(file: string): Promise<void> {
  await pipeline(Readable.from(rows()), createGzip({ level: 1 }), createWriteStream(file));
}

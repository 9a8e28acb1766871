/** Where an event stands, as receipts and `after` write it: `partition:offset`. */
export interface Position {
  partition: number;
  offset: string;
}

const POSITION = /^(\d{1,5}):(\d{1,19})$/;

export function positionToString({ partition, offset }: Position): string {
  return `${String(partition)}:${offset}`;
}

/** Reads `p:offset[,p:offset…]`; undefined when it is not of that form. */
export function parsePositions(text: string): Position[] | undefined {
  const positions: Position[] = [];
  for (const part of text.split(',')) {
    const match = POSITION.exec(part.trim());
    if (!match) return undefined;
    positions.push({ partition: Number(match[1]), offset: BigInt(match[2] ?? '0').toString() });
  }
  return positions;
}

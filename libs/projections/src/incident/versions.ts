import {
  evolve,
  type IncidentEvent,
  initialState,
  type IncidentState,
  type Recorded,
} from '#libs/domain';

/**
 * The bitemporal history of one stream. The state at (a, k), as recorded by `a` and known at `k`,
 * is the fold, in stream order, of the events recorded at or before `a` and reported at or before
 * `k`. Along `k` that state is piecewise constant, so the history is a set of rectangles
 * [recordedFrom, recordedTo) x [knownFrom, knownTo) which do not overlap; those with
 * recordedTo = Infinity are the current layer. Times are milliseconds since the epoch.
 */
export interface Span {
  recordedFrom: number;
  recordedTo: number;
  knownFrom: number;
  knownTo: number;
}

export interface Rectangle extends Span {
  /** Stream version and offset of the last event folded into the state. */
  version: number;
  offset: string;
  state: Recorded;
}

/** An event of the stream with what the fold needs of its envelope. */
export interface VersionedEvent {
  event: IncidentEvent;
  version: number;
  offset: string;
  recorded: number;
  reported: number;
}

export interface History<R extends Rectangle = Rectangle> {
  /** Stored rectangles that the events cut: what of each is left, in which spans. */
  cut: { source: R; left: Span[] }[];
  /** Rectangles that are new. */
  added: Rectangle[];
}

/** A piece of the current layer while it is being worked on; absent states are not stored. */
interface Piece<R> {
  knownFrom: number;
  knownTo: number;
  recordedFrom: number;
  version: number;
  offset: string;
  state: IncidentState;
  source: R | undefined;
}

function absentPiece<R>(knownFrom: number, knownTo: number): Piece<R> {
  const recordedFrom = -Infinity;
  const state = initialState;
  return { knownFrom, knownTo, recordedFrom, version: 0, offset: '', state, source: undefined };
}

function withKnownTo<R>(piece: Piece<R>, knownTo: number): Piece<R> {
  const { knownFrom, recordedFrom, version, offset, state, source } = piece;
  return { knownFrom, knownTo, recordedFrom, version, offset, state, source };
}

/** The current layer over the whole known axis, with the gaps between rectangles made absent. */
function wholeAxis<R extends Rectangle>(layer: readonly R[]): Piece<R>[] {
  const pieces: Piece<R>[] = [];
  let reached = -Infinity;
  for (const source of layer.toSorted((a, b) => a.knownFrom - b.knownFrom)) {
    const { knownFrom, knownTo, recordedFrom, version, offset, state } = source;
    if (knownFrom > reached) pieces.push(absentPiece(reached, knownFrom));
    pieces.push({ knownFrom, knownTo, recordedFrom, version, offset, state, source });
    reached = knownTo;
  }
  if (reached < Infinity) pieces.push(absentPiece(reached, Infinity));
  return pieces;
}

/**
 * Folds a stream's new events, in stream order, into its current layer. Only the part of the layer
 * that is known from the earliest of their reported times on needs to be given. Events recorded at
 * the same instant collapse: no rectangle is empty. However a history is cut into batches, the
 * rectangles come out the same.
 */
export function foldHistory<R extends Rectangle>(
  layer: readonly R[],
  events: readonly VersionedEvent[],
): History<R> {
  const added: Rectangle[] = [];
  const cut = new Map<R, Span[]>();
  let pieces = wholeAxis(layer);

  // Objects are written out below: spreading them costs more than the rest of an import's fold.
  const keep = (piece: Piece<R>, recordedTo: number, knownFrom: number): void => {
    const { source, state, version, offset, recordedFrom, knownTo } = piece;
    if (source) cut.get(source)?.push({ recordedFrom, recordedTo, knownFrom, knownTo });
    else if (state.status !== 'absent')
      added.push({ recordedFrom, recordedTo, knownFrom, knownTo, version, offset, state });
  };

  for (const { event, version, offset, recorded, reported } of events) {
    const next: Piece<R>[] = [];
    for (const piece of pieces) {
      if (piece.knownTo <= reported) {
        next.push(piece);
        continue;
      }
      const state = evolve(piece.state, event);
      if (state.status === 'absent') {
        next.push(piece);
        continue;
      }
      const { source, knownTo, recordedFrom } = piece;
      if (source && !cut.has(source)) cut.set(source, []);
      if (piece.knownFrom < reported) next.push(withKnownTo(piece, reported));
      const knownFrom = Math.max(piece.knownFrom, reported);
      if (recordedFrom < recorded) keep(piece, recorded, knownFrom);
      next.push({
        knownFrom,
        knownTo,
        recordedFrom: recorded,
        version,
        offset,
        state,
        source: undefined,
      });
    }
    pieces = next;
  }

  for (const piece of pieces) {
    if (!piece.source || cut.has(piece.source)) keep(piece, Infinity, piece.knownFrom);
  }
  return { cut: [...cut].map(([source, left]) => ({ source, left })), added };
}

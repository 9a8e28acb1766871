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
  source?: R;
}

/** The current layer over the whole known axis, with the gaps between rectangles made absent. */
function wholeAxis<R extends Rectangle>(layer: readonly R[]): Piece<R>[] {
  const pieces: Piece<R>[] = [];
  const absent = { recordedFrom: -Infinity, version: 0, offset: '', state: initialState };
  let reached = -Infinity;
  for (const source of layer.toSorted((a, b) => a.knownFrom - b.knownFrom)) {
    const { knownFrom, knownTo, recordedFrom, version, offset, state } = source;
    if (knownFrom > reached) pieces.push({ ...absent, knownFrom: reached, knownTo: knownFrom });
    pieces.push({ knownFrom, knownTo, recordedFrom, version, offset, state, source });
    reached = knownTo;
  }
  if (reached < Infinity) pieces.push({ ...absent, knownFrom: reached, knownTo: Infinity });
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

  const keep = (piece: Piece<R>, span: Span): void => {
    const { source, state, version, offset } = piece;
    if (source) cut.get(source)?.push(span);
    else if (state.status !== 'absent') added.push({ ...span, version, offset, state });
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
      if (piece.knownFrom < reported) next.push({ ...piece, knownTo: reported });
      const knownFrom = Math.max(piece.knownFrom, reported);
      if (recordedFrom < recorded) {
        keep(piece, { recordedFrom, recordedTo: recorded, knownFrom, knownTo });
      }
      next.push({ knownFrom, knownTo, recordedFrom: recorded, version, offset, state });
    }
    pieces = next;
  }

  for (const piece of pieces) {
    const { recordedFrom, knownFrom, knownTo } = piece;
    if (piece.source && !cut.has(piece.source)) continue;
    keep(piece, { recordedFrom, recordedTo: Infinity, knownFrom, knownTo });
  }
  return { cut: [...cut].map(([source, left]) => ({ source, left })), added };
}

// What the stage loads before it is needed: two next pictures and one clip. Each load begins when those before it have
// ended, so that the picture in front waits for nothing; what was skipped is not among them, and is aborted.

export interface Place {
  id: string;
  /** Whether its picture may load. */
  picture: boolean;
  /** Whether its clip may load. */
  clip: boolean;
}

export interface Loaded {
  /** Pictures that arrived, or never will. */
  pictures: ReadonlySet<string>;
  clips: ReadonlySet<string>;
}

/** How many pictures are loaded before they are needed. */
export const AHEAD = 2;

/**
 * The violations that have a place on the stage. `before` is the one that was shown last: it stays while its picture is
 * there, so that undo shows it at once.
 */
export function placesOf(current: string | null, ahead: string[], before: string | null, loaded: Loaded): Place[] {
  if (current === null) return before !== null && loaded.pictures.has(before) ? [{ id: before, picture: true, clip: false }] : [];
  const next = ahead.filter((id) => id !== current).slice(0, AHEAD);
  const pictures = [current, ...next];
  const isTurn = (id: string, line: string[], done: ReadonlySet<string>) => line.slice(0, line.indexOf(id)).every((other) => done.has(other));
  const havePictures = pictures.every((id) => loaded.pictures.has(id));
  const clips = [current, ...next.slice(0, 1)];
  const places = pictures.map((id) => ({
    id,
    picture: isTurn(id, pictures, loaded.pictures),
    clip: clips.includes(id) && havePictures && isTurn(id, clips, loaded.clips),
  }));
  const isKept = before !== null && !pictures.includes(before) && loaded.pictures.has(before);
  return isKept ? [...places, { id: before, picture: true, clip: false }] : places;
}

// G.711 sound, which cameras love and no browser plays from a recording: its track is made invisible to the player.
// The boxes of the track become `free` boxes of the same size in place, so that every byte offset stays right.

const PLAYED = ['mp4a', 'Opus', 'fLaC', 'ac-3', 'ec-3'];

interface Box {
  type: string;
  /** Where its type stands. */
  at: number;
  body: number;
  end: number;
}

function* boxes(view: DataView, from: number, end: number): Generator<Box> {
  let at = from;
  while (at + 8 <= end) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > end) return;
    const type = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at + 4, 4));
    yield { type, at: at + 4, body: at + 8, end: at + size };
    at += size;
  }
}

/** The boxes at a path below `from`. */
function* inside(view: DataView, from: number, end: number, path: string[]): Generator<Box> {
  const [first, ...rest] = path;
  for (const box of boxes(view, from, end)) {
    if (box.type !== first) continue;
    if (rest.length === 0) yield box;
    else yield* inside(view, box.body, box.end, rest);
  }
}

function hide(view: DataView, box: Box): void {
  view.setUint32(box.at, 0x66726565); // "free"
}

/** After a full box's version and flags. */
const number = (view: DataView, box: Box, offset: number) => view.getUint32(box.body + offset);

/** Sound that the browser does not play, by track: `hidden` is filled from an initialization and used on fragments. */
export function hideUnplayed(data: ArrayBuffer, hidden: Set<number>): void {
  const view = new DataView(data);
  const end = view.byteLength;
  for (const track of inside(view, 0, end, ['moov', 'trak'])) {
    const entries = [...inside(view, track.body, track.end, ['mdia', 'minf', 'stbl', 'stsd'])];
    const isSound = [...inside(view, track.body, track.end, ['mdia', 'minf', 'smhd'])].length > 0;
    const codec = entries[0] ? [...boxes(view, entries[0].body + 8, entries[0].end)][0]?.type : undefined;
    const header = [...inside(view, track.body, track.end, ['tkhd'])][0];
    if (!isSound || !codec || !header || PLAYED.includes(codec)) continue;
    const isLong = view.getUint8(header.body) === 1;
    hidden.add(number(view, header, isLong ? 20 : 12));
    hide(view, track);
  }
  if (hidden.size === 0) return;
  for (const defaults of inside(view, 0, end, ['moov', 'mvex', 'trex'])) {
    if (hidden.has(number(view, defaults, 4))) hide(view, defaults);
  }
  for (const run of inside(view, 0, end, ['moof', 'traf'])) {
    const header = [...inside(view, run.body, run.end, ['tfhd'])][0];
    if (header && hidden.has(number(view, header, 4))) hide(view, run);
  }
}

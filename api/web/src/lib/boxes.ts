// Boxes to draw over a picture or a clip: what the model saw, and where the person of the violation was.

import type { ViolationDetail } from './api';

export type Sides = [left: number, top: number, right: number, bottom: number];

export interface Drawn {
  /** A class; null for the person of the violation. */
  name: string | null;
  score: number | null;
  box: Sides;
}

/** Positions further apart say nothing of the time between them. */
const APART_MS = 2_000;
/** What was seen in the snapshot is drawn over the clip only around its moment. */
const AROUND_MS = 500;

/** Boxes that share so much are of the same person. */
const SAME_SHARE = 0.5;

/** What is drawn over the snapshot. The person of the violation stands out from the others. */
export function ofSnapshot(detail: ViolationDetail): Drawn[] {
  const seen = detail.detections.map(({ class: name, score, box }): Drawn => ({ name, score, box: box as Sides }));
  const box = detail.track && boxAt(detail.track.path, Date.parse(detail.snapshot_at));
  if (!box) return seen;
  const others = seen.filter((one) => one.name !== 'person' || overlap(one.box, box) < SAME_SHARE);
  return [...others, { name: null, score: null, box }];
}

/** What both cover, of what either covers. */
function overlap(a: Sides, b: Sides): number {
  const area = ([left, top, right, bottom]: Sides) => Math.max(0, right - left) * Math.max(0, bottom - top);
  const both = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  return both / (area(a) + area(b) - both || 1);
}

/** The moment of a violation that a second of its clip shows; null while it is not known where the clip begins. */
export function momentOfClip({ clip_state, recorded_at, opened_at }: ViolationDetail, media_s: number): number | null {
  if (!clip_state?.from) return null;
  const shift_ms = Date.parse(recorded_at) - Date.parse(opened_at);
  return Date.parse(clip_state.from) + media_s * 1000 - shift_ms;
}

/** What is drawn over the clip at a moment. */
export function atMoment(detail: ViolationDetail, moment: number): Drawn[] {
  if (Math.abs(moment - Date.parse(detail.snapshot_at)) <= AROUND_MS && !detail.track) return ofSnapshot(detail);
  const box = detail.track && boxAt(detail.track.path, moment);
  return box ? [{ name: null, score: null, box }] : [];
}

function boxAt(path: { at: string; box: number[] }[], moment: number): Sides | null {
  const points = path.map(({ at, box }) => ({ at: Date.parse(at), box: box as Sides }));
  const next = points.findIndex(({ at }) => at >= moment);
  const [before, after] = [points[next - 1], points[next]];
  if (!after) return null;
  if (!before) return after.at - moment < AROUND_MS ? after.box : null;
  if (after.at - before.at > APART_MS) return moment === after.at ? after.box : null;
  const share = (moment - before.at) / (after.at - before.at);
  return after.box.map((side, at) => before.box[at as 0] + (side - before.box[at as 0]) * share) as Sides;
}

/** The corners of a rule's zone; none where it is the whole picture. */
export function zoneOf({ rule }: ViolationDetail): [number, number][] {
  const zone = (rule.definition as { zone?: { points?: [number, number][] } | null } | null)?.zone;
  return zone?.points ?? [];
}

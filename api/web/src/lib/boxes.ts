// Boxes to draw over a picture or a clip: what the model saw, and where the person of the violation was.

import type { ViolationDetail } from './api';

export type Sides = [left: number, top: number, right: number, bottom: number];

export interface Drawn {
  /** A class; null for the person of the violation, and for the zone's own shape. */
  name: string | null;
  score: number | null;
  box: Sides;
}

/** Positions further apart say nothing of the time between them. */
const APART_MS = 2_000;
/** What was seen in the snapshot is drawn over the clip only around its moment. */
const AROUND_MS = 500;

export const ofSnapshot = ({ detections }: ViolationDetail): Drawn[] => detections.map(({ class: name, score, box }) => ({ name, score, box: box as Sides }));

/** The moment of a violation that a second of its clip shows; null while it is not known where the clip begins. */
export function momentOfClip({ clip_state, recorded_at, opened_at }: ViolationDetail, media_s: number): number | null {
  if (!clip_state?.from) return null;
  const shift_ms = Date.parse(recorded_at) - Date.parse(opened_at);
  return Date.parse(clip_state.from) + media_s * 1000 - shift_ms;
}

/** What is drawn over the clip at a moment. */
export function atMoment(detail: ViolationDetail, moment: number): Drawn[] {
  const box = detail.track && boxAt(detail.track.path, moment);
  const subject = box ? [{ name: null, score: null, box }] : [];
  const isSnapshot = Math.abs(moment - Date.parse(detail.snapshot_at)) <= AROUND_MS;
  return isSnapshot ? [...ofSnapshot(detail).filter(() => !box), ...subject] : subject;
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

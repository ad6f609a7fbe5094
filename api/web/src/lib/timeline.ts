// A stretch of time as a strip: where a moment lies on it, what is there, and where its hours are.

import type { Violation } from './api';
import type { Gap } from './recording';
import { clockOf, HOUR_MS } from './time';

/** From (inclusive) to (exclusive), milliseconds since 1970. */
export interface Stretch {
  from: number;
  to: number;
}

/** Something on a strip; `left` and `width` are shares of it, 0..1. */
export interface Piece<T> {
  left: number;
  width: number;
  what: T;
}

export const shareOf = (at: number, { from, to }: Stretch) => (at - from) / (to - from);
export const momentAt = (share: number, { from, to }: Stretch) =>
  Math.min(to - 1, Math.max(from, from + share * (to - from)));

/** Where the recording holds a violation; elsewhere than its own times say after a clock was set back. */
export function recordedSpan({ opened_at, closed_at, recorded_at }: Violation): { from: string; to: string } {
  const shift = Date.parse(recorded_at) - Date.parse(opened_at);
  return { from: recorded_at, to: new Date((closed_at ? Date.parse(closed_at) : Date.now()) + shift).toISOString() };
}

/** What touches the stretch, cut to it. */
export function pieces<T extends { from: string; to: string }>(spans: T[], stretch: Stretch): Piece<T>[] {
  return spans.flatMap((what) => {
    const from = Math.max(Date.parse(what.from), stretch.from);
    const to = Math.min(Date.parse(what.to), stretch.to);
    if (from >= to) return [];
    const left = shareOf(from, stretch);
    return [{ left, width: shareOf(to, stretch) - left, what }];
  });
}

/** The one that holds the moment. */
export function spanAt<T extends { from: string; to: string }>(spans: T[], at: number): T | null {
  return spans.find(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to)) ?? null;
}

/** Never recorded, or no longer: nothing went wrong then, there is just nothing. */
export function isBlank(span: { cause: string | null }): boolean {
  return span.cause === 'unrecorded' || span.cause === 'expired';
}

/** The first moment at or after `at` that is recorded; null when the gap lasts to the end of what is known. */
export function nextRecorded(gaps: Gap[], at: number, knownTo: number): number | null {
  const gap = spanAt(gaps, at);
  const next = gap ? Date.parse(gap.to) : at;
  return next < knownTo ? next : null;
}

export interface Tick {
  /** 0..1 */
  left: number;
  label: string;
}

/** Ticks every `step` of real time from the beginning of the day: on days of 23 or 25 hours the labels tell. */
export function ticks(stretch: Stretch, step: number, origin: number, zone: string): Tick[] {
  const list: Tick[] = [];
  const first = origin + Math.ceil((stretch.from - origin) / step) * step;
  for (let at = first; at < stretch.to; at += step) {
    list.push({ left: shareOf(at, stretch), label: clockOf(new Date(at), zone).slice(0, 5) });
  }
  return list;
}

/** Milliseconds between ticks, so that about eight fit. */
export function stepOf({ from, to }: Stretch): number {
  const steps = [60_000, 300_000, 600_000, 900_000, 1_800_000, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS];
  return steps.find((step) => (to - from) / step <= 10) ?? 6 * HOUR_MS;
}

/** An hour or so around a moment, inside the day; stays where it is while the moment is well inside. */
export function windowAround(at: number, day: Stretch, length: number, current: Stretch | null): Stretch {
  const margin = length * 0.1;
  const isSame = current && current.from >= day.from && current.to <= day.to && current.to - current.from === length;
  if (isSame && at >= current.from + margin && at < current.to - margin) return current;
  const from = Math.max(day.from, Math.min(at - length / 2, day.to - length));
  if (isSame && current.from === from) return current;
  return { from, to: from + Math.min(length, day.to - day.from) };
}

/** Where playback stands: pieces of media and the moments at which they were taken, in order. */
export interface Played {
  /** In the player's time, seconds. */
  start: number;
  duration: number;
  /** Milliseconds since 1970. */
  at: number;
}

export function wallOf(list: Played[], media: number): number | null {
  const piece = list.findLast(({ start }) => start <= media + 1e-3) ?? list[0];
  if (!piece) return null;
  return piece.at + Math.max(0, Math.min(media - piece.start, piece.duration)) * 1000;
}

/** Seconds of the player's time; null when the moment is not in the list, or in a gap of it. */
export function mediaOf(list: Played[], wall: number): number | null {
  const piece = list.findLast(({ at }) => at <= wall);
  const offset = piece ? (wall - piece.at) / 1000 : -1;
  return piece && offset < piece.duration ? piece.start + offset : null;
}

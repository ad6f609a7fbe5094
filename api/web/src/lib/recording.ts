// How to ask for recordings. The types are made from the server's code: see scripts/write-web-types.

import { get, send } from './api';
import type {
  CompletenessView as Completeness,
  CoverageView as Coverage,
  HoldsView,
  HoldView as Hold,
  NewHoldView,
  RecordingsView,
  StorageView as Storage,
} from './openapi';

export type { CompletenessView as Completeness, CoverageSpanView as CoverageSpan, CoverageView as Coverage } from './openapi';
export type { GapView as Gap, HoldView as Hold, StorageView as Storage } from './openapi';

const base = (camera: string) => `/api/v1/cameras/${encodeURIComponent(camera)}`;

function span(from: Date, to: Date): URLSearchParams {
  return new URLSearchParams({ from: from.toISOString(), to: to.toISOString() });
}

export const exportUrl = (camera: string, from: Date, to: Date) => `${base(camera)}/export.mp4?${span(from, to)}`;
export const stillUrl = (camera: string, at: Date) =>
  `${base(camera)}/still.jpg?${new URLSearchParams({ at: at.toISOString() })}`;

/** `codec` is "h264" where the browser does not play H.265. */
export function playlistUrl(camera: string, from: Date, to: Date, codec: 'any' | 'h264'): string {
  const query = span(from, to);
  query.set('codec', codec);
  return `${base(camera)}/playlist.m3u8?${query}`;
}

export const readCoverage = (camera: string, from: Date, to: Date, signal?: AbortSignal) =>
  get<Coverage>(`${base(camera)}/coverage`, span(from, to), signal);
export const readCompleteness = (camera: string, from: Date, to: Date, signal?: AbortSignal) =>
  get<Completeness>(`${base(camera)}/completeness`, span(from, to), signal);
/** Whether anything was recorded in the hour after `end`; a fragment that is being written does not count yet. */
export async function hasMore(camera: string, end: number): Promise<boolean> {
  const list = await get<RecordingsView>(`${base(camera)}/recordings`, span(new Date(end), new Date(end + 3_600_000)));
  return list.segments.some((segment) => Date.parse(segment.end) > end + 3_000);
}

export const readStorage = (signal?: AbortSignal) => get<Storage>('/api/v1/storage', undefined, signal);

export async function readHolds(camera: string, signal?: AbortSignal): Promise<Hold[]> {
  const query = new URLSearchParams({ camera });
  return (await get<HoldsView>('/api/v1/holds', query, signal)).items;
}

export function putHold(hold: NewHoldView): Promise<Hold> {
  return send<Hold>('POST', '/api/v1/holds', hold);
}

export function liftHold(id: number, who: string, why: string): Promise<Hold> {
  return send<Hold>('DELETE', `/api/v1/holds/${id}?${new URLSearchParams({ who, why })}`);
}

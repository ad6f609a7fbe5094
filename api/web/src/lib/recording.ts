// What the server tells of recordings. The shapes are those of /api/v1/openapi.json.

import { get, Problem } from './api';

export type CoverageState = 'gap' | 'blind' | 'recorded' | 'gated' | 'analysed';

/** Minutes in a row of which the same is true. */
export interface CoverageSpan {
  from: string;
  to: string;
  state: CoverageState;
  cause: string | null;
}

export interface CoverageTotals {
  length_s: number;
  recorded_s: number;
  gap_s: number;
  analysed_s: number;
  gated_s: number;
  blind_s: number;
}

export interface Coverage {
  camera: string;
  totals: CoverageTotals;
  spans: CoverageSpan[];
}

export interface Gap {
  from: string;
  to: string;
  duration_s: number;
  cause: string;
  reason: string | null;
}

export interface Completeness {
  camera: string;
  camera_name: string;
  site: string;
  from: string;
  to: string;
  made_at: string;
  recorded_s: number;
  missing_s: number;
  /** 0..1 */
  share: number;
  segments: number;
  gaps: Gap[];
  unlisted_gaps: number;
  clock_shifted: boolean;
}

export interface Hold {
  id: number;
  camera: string;
  from: string;
  to: string;
  who: string;
  why: string;
  put_at: string;
  lifted: { at: string; who: string; why: string } | null;
}

export interface CameraStorage {
  camera: string;
  recorder: { state: string; since: string; reason: string | null } | null;
  recordings: {
    from: string;
    to: string;
    segments: number;
    bytes: number;
    held_bytes: number;
    bytes_a_day: number;
    max_age_s: number | null;
    max_bytes: number | null;
  } | null;
}

export interface Storage {
  disk_bytes: number;
  free_bytes: number;
  recorded_bytes: number;
  held_bytes: number;
  min_free_bytes: number;
  reserve_given_up: boolean;
  bytes_a_day: number;
  days_until_full: number | null;
  cameras: CameraStorage[];
}

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
  const list = await get<{ segments: { end: string }[] }>(`${base(camera)}/recordings`, span(new Date(end), new Date(end + 3_600_000)));
  return list.segments.some((segment) => Date.parse(segment.end) > end + 3_000);
}

export const readStorage = (signal?: AbortSignal) => get<Storage>('/api/v1/storage', undefined, signal);

export async function readHolds(camera: string, signal?: AbortSignal): Promise<Hold[]> {
  const query = new URLSearchParams({ camera });
  return (await get<{ items: Hold[] }>('/api/v1/holds', query, signal)).items;
}

export function putHold(hold: { camera: string; from: Date; to: Date; who: string; why: string }): Promise<Hold> {
  return send<Hold>('/api/v1/holds', 'POST', JSON.stringify(hold));
}

export function liftHold(id: number, who: string, why: string): Promise<Hold> {
  return send<Hold>(`/api/v1/holds/${id}?${new URLSearchParams({ who, why })}`, 'DELETE');
}

async function send<T>(path: string, method: string, body?: string): Promise<T> {
  const headers = { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(path, { method, headers, body: body ?? null }).catch(() => {
    throw new Problem(null, null);
  });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
  throw new Problem(response.status, problem?.detail ?? null);
}

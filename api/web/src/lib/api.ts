// What the server answers, and how to ask. The shapes are those of /api/v1/openapi.json.

export type Status = 'open' | 'closed';
export type Verdict = 'none' | 'confirmed' | 'dismissed';
export type State = 'connecting' | 'live' | 'stalled' | 'failed' | 'stopped';

export interface Violation {
  id: string;
  site: string;
  camera: string;
  zone: string;
  behaviour: string;
  status: Status;
  verdict: Verdict;
  /** 0..1 */
  score: number;
  /** RFC 3339, UTC */
  opened_at: string;
  closed_at: string | null;
  rule_version: string;
  model: string;
  snapshot: string | null;
  snapshot_annotated: string | null;
  clip: string | null;
}

/** left, top, right, bottom; 0..1 of the picture */
export type Box = [number, number, number, number];

export interface Detection {
  class: string;
  score: number;
  box: Box;
}

export interface EvidenceFile {
  kind: 'snapshot' | 'snapshot_annotated' | 'clip';
  url: string;
  media_type: string;
  bytes: number;
  sha256: string;
}

export interface ViolationDetail extends Violation {
  close_reason: string | null;
  snapshot_at: string;
  detections: Detection[];
  /** null where no single person is meant */
  track: { id: number; path: { at: string; box: Box }[] } | null;
  /** `definition` is null when the Run never declared the rule */
  rule: { id: string; version: string; definition: unknown };
  run: { id: string; kind: 'live' | 'archive'; source: string; started_at: string };
  evidence: EvidenceFile[];
  /** null for archive Runs */
  clip_state: { state: 'due' | 'cut' | 'none'; from: string | null; to: string | null; reason: string | null } | null;
}

/** A text in both languages of the page. */
export interface Text {
  zh: string;
  en: string;
}

export interface KeySpec {
  name: string;
  kind: 'number' | 'whole' | 'text';
  /** null for a text */
  least: number | null;
  most: number | null;
  default: number | string | null;
  required: boolean;
  unit: Text | null;
  help: Text;
}

export interface BehaviourSpec {
  name: string;
  title: Text;
  help: Text;
  /** SVG path data on 24 by 24. */
  icon: string;
  /** A CSS colour. */
  colour: string;
  keys: KeySpec[];
}

export interface Camera {
  id: string;
  site: string;
  name: string;
  /** Zone id to what people call it; without the zones that have gone from the configuration. */
  zones: Record<string, string>;
  /** Whether the present configuration names it. */
  configured: boolean;
  state: State;
  /** null until somebody told of its state. */
  since: string | null;
  reason: string | null;
  last_frame: string | null;
}

export interface Site {
  id: string;
  name: string;
  credit_code: string;
  time_zone: string;
  risk_level: string;
}

export interface Count {
  /** A behaviour, a camera, the beginning of an hour in RFC 3339, or a day of the site's calendar. */
  key: string;
  count: number;
}

export interface Counts {
  by_behaviour?: Count[];
  by_camera?: Count[];
  by_hour?: Count[];
  by_day?: Count[];
}

export interface Page {
  items: Violation[];
  next_cursor: string | null;
}

/** Why a request came to nothing: the server's own words, or null when it could not be reached. */
export class Problem extends Error {
  constructor(
    readonly status: number | null,
    readonly detail: string | null,
  ) {
    super(detail ?? `status ${status ?? 'none'}`);
  }
}

export async function get<T>(path: string, query?: URLSearchParams, signal?: AbortSignal): Promise<T> {
  const url = query && query.size > 0 ? `${path}?${query}` : path;
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null, headers: { accept: 'application/json' } });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Problem(null, null);
  }
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
  throw new Problem(response.status, problem?.detail ?? null);
}

// What the server answers, and how to ask. The types are made from the server's code: see scripts/write-web-types.

import type { ProblemView, ViolationView } from './openapi';

export type {
  BehaviourView as BehaviourSpec,
  CameraView as Camera,
  CountsView as Counts,
  KeyView as KeySpec,
  SiteView as Site,
  ViolationDetailView as ViolationDetail,
  ViolationPageView as Page,
  ViolationView as Violation,
} from './openapi';

export type Status = ViolationView['status'];
export type Verdict = ViolationView['verdict'];

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
  const problem = (await response.json().catch(() => null)) as Partial<ProblemView> | null;
  throw new Problem(response.status, problem?.detail ?? null);
}

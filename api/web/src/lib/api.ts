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

/** What a problem says besides its words: its kind (of `urn:anjian:problem:KIND`), the key that was wrong, how long to wait. */
interface ProblemFacts {
  kind?: string | null;
  key?: string | null;
  retryAfter_s?: number | null;
}

/** Why a request came to nothing: the server's own words, or null when it could not be reached. */
export class Problem extends Error {
  readonly kind: string | null;
  readonly key: string | null;
  readonly retryAfter_s: number | null;

  constructor(
    readonly status: number | null,
    readonly detail: string | null,
    { kind = null, key = null, retryAfter_s = null }: ProblemFacts = {},
  ) {
    super(detail ?? `status ${status ?? 'none'}`);
    this.kind = kind;
    this.key = key;
    this.retryAfter_s = retryAfter_s;
  }

  /** Whatever was thrown, as a problem. */
  static of(cause: unknown): Problem {
    return cause instanceof Problem ? cause : new Problem(null, String(cause));
  }
}

/** What the session does about problems of its own; see `session.svelte.ts`. */
export interface Watch {
  /** The session has ended. Answers whether somebody has signed in again, so that the request is sent once more. */
  renew(): Promise<boolean>;
  /** The account may do less than the page believed. */
  changed(): void;
}

let watch: Watch | null = null;

export function watchWith(other: Watch): void {
  watch = other;
}

export async function get<T>(path: string, query?: URLSearchParams, signal?: AbortSignal): Promise<T> {
  const url = query && query.size > 0 ? `${path}?${query}` : path;
  const response = await ask(url, { signal: signal ?? null, headers: { accept: 'application/json' } });
  return (await response.json()) as T;
}

export type Method = 'POST' | 'PUT' | 'DELETE';

/** Sends `body` as JSON. Answers null where the server answers without a body. */
export async function send<T = null>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await ask(path, requestOf(method, body));
  return (response.status === 204 ? null : await response.json()) as T;
}

export function requestOf(method: Method, body?: unknown): RequestInit {
  const headers = { accept: 'application/json' };
  if (body === undefined) return { method, headers };
  return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Asks; where the session has ended, once more after somebody has signed in again. */
export const ask = (url: string, init: RequestInit): Promise<Response> => renewing(() => askOnce(url, init), init.signal);

/** The same for what asks in another way than `ask`. */
export async function renewing(attempt: () => Promise<Response>, signal?: AbortSignal | null): Promise<Response> {
  try {
    return await attempt();
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.kind !== 'signed-out' || !(await watch?.renew())) throw cause;
    signal?.throwIfAborted();
    return attempt();
  }
}

async function askOnce(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new Problem(null, null);
  }
  return checked(response);
}

/** An answer that is no refusal; throws the refusal as a problem. */
export async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.kind === 'forbidden' || problem.kind === 'password-change') watch?.changed();
  throw problem;
}

const KINDS = 'urn:anjian:problem:';

async function problemOf(response: Response): Promise<Problem> {
  const problem = (await response.json().catch(() => null)) as Partial<ProblemView> | null;
  const kind = problem?.type?.startsWith(KINDS) ? problem.type.slice(KINDS.length) : null;
  const retryAfter_s = Number(response.headers.get('retry-after')) || null;
  return new Problem(response.status, problem?.detail ?? null, { kind, key: problem?.key ?? null, retryAfter_s });
}

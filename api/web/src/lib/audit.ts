// The audit: which entries the page shows, how that stands in the address, and what an entry changed.

import { get } from './api';
import type { AuditView } from './openapi';
import { thresholds } from './thresholds';
import { momentOf, type LocalTime } from './time';

export type { AuditEntryView as AuditEntry } from './openapi';

const PATH = '/api/v1/audit';
const PAGE_LIMIT = 100;
const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

export interface AuditFilters {
  account: string;
  action: string;
  object_kind: string;
  object: string;
  from: LocalTime;
  to: LocalTime;
}

const KEYS = ['account', 'action', 'object_kind', 'object', 'from', 'to'] as const;

export const noAuditFilters = (): AuditFilters => ({ account: '', action: '', object_kind: '', object: '', from: '', to: '' });

export function readAuditAddress(query: URLSearchParams): AuditFilters {
  const filters = noAuditFilters();
  for (const key of KEYS) filters[key] = query.get(key) ?? '';
  if (!LOCAL_TIME.test(filters.from)) filters.from = '';
  if (!LOCAL_TIME.test(filters.to)) filters.to = '';
  return filters;
}

export function writeAuditAddress(filters: AuditFilters): URLSearchParams {
  return new URLSearchParams(KEYS.filter((key) => filters[key]).map((key) => [key, filters[key]]));
}

/** What the server is asked: moments in UTC. */
export function auditQuery(filters: AuditFilters, zone: string): URLSearchParams {
  const query = writeAuditAddress(filters);
  for (const key of ['from', 'to'] as const) {
    if (filters[key]) query.set(key, momentOf(filters[key], zone).toISOString());
  }
  return query;
}

export function readAudit(query: URLSearchParams, before: number | null, signal?: AbortSignal, limit = PAGE_LIMIT): Promise<AuditView> {
  const page = new URLSearchParams(query);
  page.set('limit', String(limit));
  if (before !== null) page.set('before', String(before));
  return get<AuditView>(PATH, page, signal);
}

export const auditFile = (query: URLSearchParams) => `${PATH}/export.csv${query.size > 0 ? `?${query}` : ''}`;
export const CHECKPOINT = `${PATH}/checkpoint`;

/** One value of an object; null: it was not there, or is gone. */
export interface Change {
  name: string;
  before: string | null;
  after: string | null;
}

/** What an entry changed, by name; nested values become `scope.kind`. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => ({
    name,
    before: old.get(name) ?? null,
    after: now.get(name) ?? null,
  }));
}

const flat = (value: unknown) => new Map(thresholds(value).map(({ name, value: text }) => [name, text]));

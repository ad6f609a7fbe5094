// Which violations the page shows, and how that stands in the address, so that a view can be kept and sent.

import type { Status, Violation } from './api';
import { DAY_MS, HOUR_MS, midnight, momentOf, type LocalTime } from './time';

export const RANGES = ['hour', 'today', 'yesterday', 'week', 'all', 'custom'] as const;
export type Range = (typeof RANGES)[number];
/** What an inspector needs on a Monday morning. */
export const DEFAULT_RANGE: Range = 'week';

export const STATUSES = ['open', 'closed'] as const;
/** What officers made of it: a verdict that counts, or one that waits for a second signature. */
export const VERDICTS = ['none', 'awaits_second', 'confirmed', 'dismissed'] as const;

export interface Filters {
  range: Range;
  /** At the site; only with the range `custom`. */
  from: LocalTime;
  to: LocalTime;
  behaviours: string[];
  cameras: string[];
  sites: string[];
  status: Status | '';
  verdict: (typeof VERDICTS)[number] | '';
  /** Why it was dismissed. */
  reasons: string[];
  /** Words of its site, its camera, or of what officers wrote. */
  words: string;
}

/** UTC; `null` is open-ended. `from` counts, `to` does not. */
export interface Bounds {
  from: Date | null;
  to: Date | null;
}

export function noFilters(): Filters {
  return { range: DEFAULT_RANGE, from: '', to: '', behaviours: [], cameras: [], sites: [], status: '', verdict: '', reasons: [], words: '' };
}

/** Whether anything beyond time is asked for. */
export function isNarrowed(filters: Filters): boolean {
  const isListed = filters.behaviours.length + filters.cameras.length + filters.sites.length + filters.reasons.length > 0;
  return isListed || filters.status !== '' || filters.verdict !== '' || filters.words !== '';
}

export function readAddress(query: URLSearchParams): Filters {
  const range = query.get('range') ?? '';
  const among = <T extends string>(key: string, known: readonly T[]): T | '' => known.find((one) => one === query.get(key)) ?? '';
  const local = (key: string) => {
    const text = query.get(key) ?? '';
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}Z`)) ? text : '';
  };
  return {
    range: (RANGES as readonly string[]).includes(range) ? (range as Range) : DEFAULT_RANGE,
    from: local('from'),
    to: local('to'),
    behaviours: query.getAll('behaviour'),
    cameras: query.getAll('camera'),
    sites: query.getAll('site'),
    status: among('status', STATUSES),
    verdict: query.has('awaits_second') ? 'awaits_second' : among('verdict', VERDICTS),
    reasons: query.getAll('reason'),
    words: query.get('words') ?? '',
  };
}

/** The inbox begins with what nobody judged: there the address says so when all is shown. */
export function readInboxAddress(query: URLSearchParams): Filters {
  return { ...readAddress(query), ...(query.has('verdict') || query.has('awaits_second') ? {} : { verdict: 'none' as const }) };
}

export function writeInboxAddress(filters: Filters): URLSearchParams {
  const query = writeAddress(filters);
  if (filters.verdict === 'none') query.delete('verdict');
  if (filters.verdict === '') query.set('verdict', 'all');
  return query;
}

export function writeAddress(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  if (filters.range !== DEFAULT_RANGE) query.set('range', filters.range);
  if (filters.range === 'custom') {
    if (filters.from) query.set('from', filters.from);
    if (filters.to) query.set('to', filters.to);
  }
  addChoices(query, filters);
  return query;
}

export function boundsOf(filters: Filters, zone: string, now: Date): Bounds {
  switch (filters.range) {
    case 'hour':
      return { from: new Date(now.getTime() - HOUR_MS), to: null };
    case 'today':
      return { from: midnight(now, zone), to: null };
    case 'yesterday':
      return { from: midnight(now, zone, -1), to: midnight(now, zone) };
    case 'week':
      return { from: midnight(now, zone, -6), to: null };
    case 'all':
      return { from: null, to: null };
    case 'custom':
      return {
        from: filters.from ? momentOf(filters.from, zone) : null,
        to: filters.to ? momentOf(filters.to, zone) : null,
      };
  }
}

/** The query for the list. */
export function listQuery(filters: Filters, bounds: Bounds): URLSearchParams {
  const query = new URLSearchParams();
  if (bounds.from) query.set('from', bounds.from.toISOString());
  if (bounds.to) query.set('to', bounds.to.toISOString());
  addChoices(query, filters);
  return query;
}

/** The query for counts, which always need a beginning and take 400 days at most. */
export function countQuery(filters: Filters, bounds: Bounds, now: Date): URLSearchParams {
  const to = bounds.to ?? new Date(now.getTime() + DAY_MS);
  const earliest = to.getTime() - 399 * DAY_MS;
  const from = new Date(Math.max(bounds.from?.getTime() ?? earliest, earliest));
  return listQuery(filters, { from, to });
}

function addChoices(query: URLSearchParams, filters: Filters): void {
  for (const site of filters.sites) query.append('site', site);
  for (const camera of filters.cameras) query.append('camera', camera);
  for (const behaviour of filters.behaviours) query.append('behaviour', behaviour);
  if (filters.status) query.set('status', filters.status);
  if (filters.verdict === 'awaits_second') query.set('awaits_second', 'true');
  else if (filters.verdict) query.set('verdict', filters.verdict);
  for (const reason of filters.reasons) query.append('reason', reason);
  if (filters.words) query.set('words', filters.words);
}

/** Whether a violation that just came belongs into the view. */
export function matches(violation: Violation, filters: Filters, bounds: Bounds): boolean {
  const isChosen = (choices: string[], value: string) => choices.length === 0 || choices.includes(value);
  const opened = Date.parse(violation.opened_at);
  return (
    isChosen(filters.sites, violation.site) &&
    isChosen(filters.cameras, violation.camera) &&
    isChosen(filters.behaviours, violation.behaviour) &&
    (filters.status === '' || filters.status === violation.status) &&
    isJudgedSo(violation, filters.verdict) &&
    // Live events carry neither reasons nor words: what has them comes with the next load.
    filters.reasons.length === 0 &&
    filters.words === '' &&
    (!bounds.from || opened >= bounds.from.getTime()) &&
    (!bounds.to || opened < bounds.to.getTime())
  );
}

function isJudgedSo({ verdict, judged }: Violation, wanted: Filters['verdict']): boolean {
  return wanted === 'awaits_second' ? (judged?.awaits_second ?? false) : wanted === '' || wanted === verdict;
}

/** The list with `choice` put in or taken out. */
export function toggled(choices: string[], choice: string): string[] {
  return choices.includes(choice) ? choices.filter((other) => other !== choice) : [...choices, choice];
}

// What the board reckons with: where a case stands on it, how late it is, whose turn it is, and how its filters stand in the
// address. Knows no language and no clock.

import type { CaseRow, Outcome, Stage } from './cases';
import { DAY_MS } from './time';

export const GROUPS = ['draft', 'waiting', 'to_answer', 'to_recheck', 'over'] as const;
export type Group = (typeof GROUPS)[number];

export const STAGES_OF: Record<Group, Stage[]> = {
  draft: ['draft'],
  waiting: ['noticed', 'answered', 'returned'],
  to_answer: ['pleaded'],
  to_recheck: ['rectified', 'rechecked'],
  over: ['closed', 'withdrawn'],
};

export const LATES = ['', 'overdue', 'soon'] as const;
export type Late = (typeof LATES)[number];

/** As the server has it: due soon from two days before the last day on. */
const SOON_DAYS = 2;

export interface BoardFilters {
  sites: string[];
  /** One column only; '' shows them all. */
  group: Group | '';
  late: Late;
  /** Found in names, and in what was said. */
  words: string;
}

export const noBoardFilters = (): BoardFilters => ({ sites: [], group: '', late: '', words: '' });

export function readBoardAddress(query: URLSearchParams): BoardFilters {
  const among = <T extends string>(key: string, known: readonly T[]) => known.find((one) => one === query.get(key));
  return { sites: query.getAll('site'), group: among('state', GROUPS) ?? '', late: among('late', LATES) ?? '', words: query.get('words') ?? '' };
}

export function writeBoardAddress({ sites, group, late, words }: BoardFilters): URLSearchParams {
  const query = new URLSearchParams(sites.map((site) => ['site', site]));
  if (group) query.set('state', group);
  if (late) query.set('late', late);
  if (words) query.set('words', words);
  return query;
}

/** Only who waits for the enterprise can be late. */
export function shownGroups({ group, late }: BoardFilters): Group[] {
  if (late) return group === '' || group === 'waiting' ? ['waiting'] : [];
  return group ? [group] : [...GROUPS];
}

/** The query for the counts of every column. */
export function countsQuery({ sites, words }: BoardFilters): URLSearchParams {
  return new URLSearchParams([...sites.map((site) => ['site', site]), ...(words ? [['words', words]] : [])]);
}

/** The query for one column; `today` is a day, `2026-03-01`. */
export function columnQuery(group: Group, filters: BoardFilters, today: string): URLSearchParams {
  const query = countsQuery(filters);
  const { late } = filters;
  for (const stage of STAGES_OF[group]) query.append('stage', stage);
  if (late) query.set('due_before', late === 'overdue' ? today : dayAfter(today, SOON_DAYS + 1));
  return query;
}

export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export type Next = 'issue' | 'wait_read' | 'wait_rectify' | 'wait_again' | 'hand_over' | 'answer' | 'recheck' | 'close' | 'none';

/** What happens next. */
export function nextOf({ stage, outcome }: Pick<CaseRow, 'stage' | 'outcome'>): Next {
  switch (stage) {
    case 'draft': return 'issue';
    case 'pleaded': return 'answer';
    case 'rectified': return 'recheck';
    case 'returned': return 'wait_again';
    case 'rechecked': return 'close';
    case 'closed': case 'withdrawn': return 'none';
    case 'noticed': case 'answered': return outcome === 'hand_over' ? 'hand_over' : outcome === 'remind' ? 'wait_read' : 'wait_rectify';
  }
}

export type Lateness = { state: 'none' } | { state: 'in_time' | 'soon' | 'today' | 'overdue'; days: number };

/** How late the enterprise is with an order; 'none' while it need not do anything. The server computes the same. */
export function latenessOf(row: Pick<CaseRow, 'stage' | 'outcome' | 'due'>, today: string): Lateness {
  const isAsked = nextOf(row) === 'wait_rectify' || nextOf(row) === 'wait_again';
  if (!row.due || row.outcome !== 'order_to_rectify' || !isAsked) return { state: 'none' };
  const left = Math.round((Date.parse(row.due) - Date.parse(today)) / DAY_MS);
  if (left < 0) return { state: 'overdue', days: -left };
  if (left === 0) return { state: 'today', days: 0 };
  return { state: left <= SOON_DAYS ? 'soon' : 'in_time', days: left };
}

export const isOverdue = (row: CaseRow, today: string) => latenessOf(row, today).state === 'overdue';

export const isLate = ({ state }: Lateness, late: Exclude<Late, ''>) => state === 'overdue' || (late === 'soon' && (state === 'today' || state === 'soon'));

/** The longest overdue first, then as the server has them. */
export function overdueFirst(rows: CaseRow[], todayOf: (row: CaseRow) => string): CaseRow[] {
  const late = rows.filter((row) => isOverdue(row, todayOf(row)));
  const others = rows.filter((row) => !late.includes(row));
  return [...late.toSorted((a, b) => (a.due ?? '').localeCompare(b.due ?? '')), ...others];
}

/** Up to 7 days are working days (行政处罚法 85). */
export const isWorkingDays = (days: number) => days <= 7;

export const isTerm = (days: number) => Number.isInteger(days) && days >= 1 && days <= 3650;

/** What the notice needs before it leaves: one signature to remind, otherwise two. */
export const signaturesNeeded = (outcome: Outcome | undefined) => (outcome === undefined || outcome === 'remind' ? 1 : 2);

/** The first digits of a case's number, as people name it. */
export const shortId = (id: string) => id.slice(0, 8);

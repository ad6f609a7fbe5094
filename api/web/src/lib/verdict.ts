// Verdicts as the server knows them, how to ask, and what follows from its answers.

import { get, send, type Verdict } from './api';
import type { FindingView, JudgementView, OutcomesView, ShownView, VerdictView } from './openapi';

export type { JudgementView as Judgement, ShownView as Shown, VerdictView } from './openapi';

/** In the order of their keys, 1 to 8. */
export const REASONS = [
  'hat_worn', 'not_a_person', 'permitted_work', 'lamp_or_reflection', 'not_on_site', 'duplicate', 'unclear', 'other',
] as const;
export type Reason = (typeof REASONS)[number];

export type Finding = { verdict: 'confirmed' } | { verdict: 'dismissed'; reason: Reason; words: string };

/** The server takes this many dismissals at once. */
export const MOST_AT_ONCE = 200;

export interface Member {
  id: string;
  version: number;
}

const pathOf = (id: string) => `/api/v1/violations/${encodeURIComponent(id)}/verdict`;

export const verdictApi = {
  read: (id: string) => get<VerdictView>(pathOf(id)),
  give: ({ id, version }: Member, finding: Finding, change_reason: string, shown: ShownView) =>
    send<VerdictView>('POST', pathOf(id), { version, finding: finding satisfies FindingView, change_reason, shown }),
  undo: ({ id, version }: Member) => send<VerdictView>('DELETE', `${pathOf(id)}?version=${version}`),
  sign: ({ id, version }: Member) => send<VerdictView>('POST', `${pathOf(id)}/second`, { version }),
  dismiss: (members: Member[], finding: Finding) => send<OutcomesView>('POST', '/api/v1/verdicts', { members, finding }),
};

export function isSame(finding: Finding, judgement: JudgementView): boolean {
  if (finding.verdict !== judgement.verdict) return false;
  return finding.verdict === 'confirmed' || (finding.reason === judgement.reason && finding.words === judgement.words);
}

/** Whether the judgement that stands is the one that was sent: its answer got lost, or it was sent twice. */
export function isOurs(view: VerdictView, seen: number, finding: Finding, me: string): boolean {
  const { standing, version } = view;
  return version === seen + 1 && standing !== null && standing.by === me && isSame(finding, standing);
}

/** Whether the verdict that was undone stands no longer. */
export function isUndone(view: VerdictView, seen: number, given: JudgementView | null): boolean {
  return view.version > seen && (view.standing === null || view.standing.at !== given?.at);
}

/**
 * Until when a verdict can be undone, by this machine's clock: the server's length, from before it was asked. Clocks that
 * differ change nothing.
 */
export function deadlineOf(view: VerdictView, asked_ms: number): number | null {
  if (!view.undo_until || !view.standing) return null;
  return asked_ms + (Date.parse(view.undo_until) - Date.parse(view.standing.at));
}

/** What a key or button can do about a violation whose verdict is this. */
export type Way = 'judge' | 'change' | 'wait';

/** `wait`: another may still undo it, and the own one is undone first. */
export function wayOf(verdict: Verdict, deadline: number | null, now: number): Way {
  if (verdict === 'none') return 'judge';
  return deadline !== null && deadline > now ? 'wait' : 'change';
}

export function chunks<T>(items: T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
}

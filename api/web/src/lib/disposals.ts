// Disposals as the server answers them, how to ask, and what the page concludes from them. Knows no language and no clock.

import { get, send } from './api';
import type { AuditEntry } from './audit';
import type { DisposalDetailView, DisposalPageView, DisposalView } from './openapi';

export type { HeldFileView as HeldFile } from './openapi';
export type Disposal = DisposalView;
export type DisposalDetail = DisposalDetailView;

/** Signatures, each by another officer, that dispose of a case. */
export const SIGNATURES = 2;

const DISPOSALS = '/api/v1/disposals';
const pathOf = (id: string) => `${DISPOSALS}/${encodeURIComponent(id)}`;

export const disposals = {
  page: (query: URLSearchParams) => get<DisposalPageView>(DISPOSALS, query),
  one: (id: string, signal?: AbortSignal) => get<DisposalDetailView>(pathOf(id), undefined, signal),
  /** `seen` is the version of what the officer saw: the server refuses the signature when another one counts by now. */
  sign: (id: string, seen: string) => send<DisposalDetailView>('POST', `${pathOf(id)}/signatures`, { seen }),
};

/** The action under which signatures stand in the audit. */
export const SIGNED = 'sign_disposal';

/** From a case that goes on to one that was disposed of. */
export type DisposalState = 'not_over' | 'kept' | 'unsigned' | 'signed_once' | 'disposed';

/** `today` is the day at the site, `2026-03-01`. */
export function stateOf(disposal: Disposal, today: string): DisposalState {
  if (disposal.case.disposed_at !== null) return 'disposed';
  if (disposal.due === null) return 'not_over';
  if (today < disposal.due) return 'kept';
  return disposal.signatures.length > 0 ? 'signed_once' : 'unsigned';
}

export const hasSigned = ({ signatures }: Disposal, account: string) => signatures.some((one) => one.account === account);

/** Whether the next signature disposes of the case. */
export const isLast = ({ signatures }: Disposal) => signatures.length + 1 >= SIGNATURES;

/** Whether the server would take the signature of this account, so far as the page knows: recusals it does not. */
export function isSignable(disposal: Disposal, account: string, today: string): boolean {
  const state = stateOf(disposal, today);
  return (state === 'unsigned' || state === 'signed_once') && !disposal.held && !hasSigned(disposal, account);
}

/**
 * Why a signature is not sent, as a word of the server or `changed`; null: it is as the officer saw it. A first signature must not
 * become the last one because another officer signed meanwhile.
 */
export function changeOf(seen: Disposal, fresh: Disposal, account: string): string | null {
  if (fresh.case.disposed_at !== null) return 'disposed';
  if (hasSigned(fresh, account)) return 'signed-already';
  if (fresh.held) return 'held';
  return seen.version === fresh.version ? null : 'changed';
}

export interface Extent {
  files: number;
  size_bytes: number;
}

export const extentOf = (items: Extent[]): Extent => ({
  files: items.reduce((sum, { files }) => sum + files, 0),
  size_bytes: items.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
});

/** Cases of audit entries that may have been disposed of, each once. Where every entry is read, the last signature's says so. */
export function casesOf(entries: AuditEntry[], seesAll: boolean): string[] {
  const last = entries.filter(({ after }) => !seesAll || after?.is_disposed === true);
  return [...new Set(last.map(({ object }) => object))];
}

// Whether a key or button may judge what is on the screen: one rule for the inbox and for a violation's details.

import type { Violation } from './api';
import { wayOf, type Member } from './verdict';
import { verdicts } from './verdicts.svelte';
import { mayJudge } from './views';

/** Nobody has seen a picture so soon: a key pressed twice must not judge the next violation. */
export const LEAST_SEEN_MS = 400;

/** Why nothing was judged; the words stand in the dictionary under this name. */
export type Note =
  | 'no_picture' | 'too_soon' | 'no_version' | 'one_by_one' | 'nothing_to_undo' | 'wait' | 'wait_own' | 'same' | 'no_clip' | 'sending' | 'may_not';

/** The first verdict, or one that replaces another and needs a reason; bound to the version that is on the screen. */
export type Gate = { member: Member; way: 'judge' | 'change' } | Note;

export function gateOf(violation: Violation, seen_ms: number): Gate {
  const { id } = violation;
  if (!mayJudge()) return 'may_not';
  if (verdicts.isSending(id)) return 'sending';
  if (seen_ms < LEAST_SEEN_MS) return 'too_soon';
  const stand = verdicts.standOf(violation);
  if (!stand) return 'no_version';
  const way = wayOf(stand.verdict, stand.deadline, Date.now());
  if (way === 'wait') return verdicts.undoableUntil(id, Date.now()) ? 'wait_own' : 'wait';
  return { member: { id, version: stand.version }, way };
}

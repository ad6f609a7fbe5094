// What became of a verdict, in the page's language.

import { language } from './language.svelte';
import { said } from './said';
import type { Finding, Judgement } from './verdict';
import type { Mark, Stand } from './verdicts.svelte';

export function findingText(finding: Finding | Pick<Judgement, 'verdict' | 'reason' | 'words'>): string {
  const { desk } = language.words;
  if (finding.verdict !== 'dismissed') return desk.confirmed;
  const reason = desk.reason[finding.reason ?? ''] ?? '';
  return desk.dismissedAs([reason, finding.words].filter(Boolean));
}

/** Why an act came to nothing. */
export function failureText(mark: Mark, stand: Stand, now: number): string {
  const { problem, isUnsure } = mark;
  const words = language.words.desk.failure;
  if (isUnsure) return words.unreachable;
  if (!problem || problem.status === null || problem.status >= 500) return words.lost;
  if (problem.kind === 'recused') return words.recused;
  if (problem.kind === 'changed' || problem.kind === 'verdict') return refusalText(mark, stand, now);
  return problem.kind && language.words.accounts.problem[problem.kind] ? said(problem) : words.other;
}

/** The act came too late, or too early. */
function refusalText({ act, problem }: Mark, { view, deadline }: Stand, now: number): string {
  const words = language.words.desk.failure;
  const standing = view?.standing;
  if (act === 'sign' && standing?.second_by) return words.signed(standing.second_by);
  if (problem?.kind === 'changed') return standing ? words.changed(standing.by, findingText(standing)) : words.changedNone;
  if (act === 'undo') return words.over;
  if (deadline !== null && deadline > now) return words.window;
  return act === 'judge' && standing ? words.changed(standing.by, findingText(standing)) : words.other;
}

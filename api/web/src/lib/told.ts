// What became of a verdict, in the page's language.

import { language } from './language.svelte';
import { said } from './said';
import type { Finding, Judgement } from './verdict';
import type { Mark, Stand } from './verdicts.svelte';

export function findingText(finding: Finding | Pick<Judgement, 'verdict' | 'reason' | 'words'>): string {
  const words = language.words.desk;
  if (finding.verdict !== 'dismissed') return words.confirmed;
  const reason = words.reason[finding.reason ?? ''] ?? finding.reason ?? '';
  return [words.dismissed, [reason, finding.words].filter(Boolean).join('，')].filter(Boolean).join(language.code === 'zh' ? '：' : ': ').replace('，', language.code === 'zh' ? '，' : ', ');
}

/** Why an act came to nothing. */
export function failureText({ act, problem, isUnsure }: Mark, stand: Stand | null, now: number): string {
  const words = language.words.desk.failure;
  const standing = stand?.view?.standing;
  if (isUnsure) return words.unreachable;
  if (!problem || problem.status === null || problem.status >= 500) return words.lost;
  if (problem.kind === 'changed') return standing ? words.changed(standing.by, findingText(standing)) : words.changedNone;
  if (problem.kind === 'verdict' && problem.status === 409) {
    if (act === 'undo') return words.over;
    return stand?.deadline && stand.deadline > now ? words.window : standing ? words.changed(standing.by, findingText(standing)) : words.other;
  }
  return problem.kind && language.words.accounts.problem[problem.kind] ? said(problem) : words.other;
}

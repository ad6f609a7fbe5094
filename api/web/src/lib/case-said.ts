// Why a step of a case came to nothing, in the page's language.

import type { Problem } from './api';
import { language } from './language.svelte';

export function caseSaid({ status, kind, key, detail }: Problem): string {
  const { refusal, problem } = language.words.cases;
  if (kind === 'case') return refusal[key ?? ''] ?? [problem.case, detail].filter(Boolean).join(' ');
  const known = kind ? (problem[kind] ?? language.words.accounts.problem[kind]) : undefined;
  if (known) return known;
  if (status === null) return problem.unreachable ?? '';
  return (status >= 500 ? problem.lost : problem.body) ?? '';
}

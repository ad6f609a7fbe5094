// Why a disposal was not signed, in the page's language.

import type { Problem } from './api';
import { language } from './language.svelte';

export function disposalSaid({ status, kind, key, detail }: Problem): string {
  const { refusal, problem } = language.words.disposals;
  if (kind === 'disposal') return refusal[key ?? ''] ?? [problem.disposal, detail].filter(Boolean).join(' ');
  const known = kind ? (problem[kind] ?? language.words.accounts.problem[kind]) : undefined;
  if (known) return known;
  return (status === null || status >= 500 ? problem.unsure : problem.disposal) ?? '';
}

// Why a step of a case came to nothing, in the page's language.

import type { Problem } from './api';
import { language } from './language.svelte';

export function caseSaid({ status, kind, key }: Problem): string {
  const { refusal, problem } = language.words.cases;
  const general = kind ? (problem[kind] ?? language.words.accounts.problem[kind]) : undefined;
  if (kind !== 'signed-out' && (key && kind && ['case', 'changed'].includes(kind))) return refusal[key] ?? general ?? '';
  if (general) return general;
  if (status === null) return problem.unreachable ?? '';
  return (status >= 500 ? problem.lost : problem.body) ?? '';
}

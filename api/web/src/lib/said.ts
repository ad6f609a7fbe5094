// What a problem says in the page's language. The server writes English for those who call it by program.

import type { Problem } from './api';
import { language } from './language.svelte';

export function said(problem: Problem): string {
  const { words } = language;
  const weakness = problem.kind === 'password' && problem.key ? words.accounts.weakness[problem.key] : undefined;
  const own = weakness ?? (problem.kind ? words.accounts.problem[problem.kind] : undefined);
  if (own && problem.kind && WITH_DETAIL.has(problem.kind)) return [own, problem.detail].filter(Boolean).join(' ');
  return own ?? problem.detail ?? words.unreachable;
}

/** Kinds whose words say too little alone. */
const WITH_DETAIL = new Set(['account', 'token']);

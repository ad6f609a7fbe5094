// Why a file was not taken, in the page's language, with what to do.

import type { Problem } from './api';
import { language } from './language.svelte';

export function attachmentSaid({ status, kind }: Problem): string {
  const words = language.words.attachments.refusal;
  const known = kind ? (words[kind] ?? language.words.accounts.problem[kind]) : undefined;
  if (known) return known;
  return (status === null ? words.unreachable : status >= 500 ? words.lost : words.other) ?? '';
}

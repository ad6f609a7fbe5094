// Why the server did not take a finding or a re-check, in the page's language, with what to do.

import { attachmentSaid } from './attachment-said';
import { Problem } from './api';
import { caseSaid } from './case-said';
import { language } from './language.svelte';
import type { Found } from './outbox';

export function findingSaid({ refusal, recheck }: Found): string {
  if (!refusal) return '';
  const { status, kind, key, detail } = refusal;
  if (recheck && kind === 'changed') return language.words.visit.recheckChanged;
  if (recheck) return caseSaid(new Problem(status, detail, { kind, key }));
  const known = kind ? language.words.visit.refusal[kind] : undefined;
  return known ?? attachmentSaid(new Problem(status, detail, { kind }));
}

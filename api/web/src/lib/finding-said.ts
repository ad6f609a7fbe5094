// Why the server did not take a finding, in the page's language, with what to do.

import { attachmentSaid } from './attachment-said';
import { Problem } from './api';
import { language } from './language.svelte';
import type { Refusal } from './outbox';

export function findingSaid({ status, kind, detail }: Refusal): string {
  const known = kind ? language.words.visit.refusal[kind] : undefined;
  return known ?? attachmentSaid(new Problem(status, detail, { kind }));
}

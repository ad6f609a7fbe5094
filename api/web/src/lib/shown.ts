// Scopes and moments of accounts in the page's language.

import type { Scope } from './accounts';
import { desk } from './desk.svelte';
import { language } from './language.svelte';
import { clockOf, dayOf } from './time';

export function scopeText(scope: Scope): string {
  const words = language.words.accounts;
  switch (scope.kind) {
    case 'everything':
      return words.everything;
    case 'region':
      return words.region(scope.region);
    case 'sites':
      return words.sitesMore(desk.siteName(scope.sites[0] ?? ''), scope.sites.length);
  }
}

/** 2026-03-01 08:00 in the page's zone, or in another. */
export function momentText(at: string, zone = desk.zone): string {
  const moment = new Date(at);
  return `${dayOf(moment, zone)} ${clockOf(moment, zone).slice(0, 5)}`;
}

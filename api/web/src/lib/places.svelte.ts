// Which part of the cases view is shown, as it stands in the address: the board, one case, a new one, or the records behind them.

import { address } from './address.svelte';
import { board } from './cases.svelte';
import { session } from './session.svelte';

export const TABS = ['reviews', 'recusals', 'cards'] as const;
export type Tab = (typeof TABS)[number];

export type Place =
  | { what: 'board' }
  | { what: 'case'; id: string }
  | { what: 'new'; site: string; violations: string[]; findings: string[] }
  | { what: 'records'; tab: Tab };

/** One of these actions shows the list. */
const NEEDED: Record<Tab, string[]> = { reviews: ['see_reviews'], recusals: ['manage_cases', 'read_audit'], cards: ['see_legal_cards'] };

export const maySeeTab = (tab: Tab) => NEEDED[tab].some((action) => session.may(action));
/** Steps stand on record under a name. */
export const mayManage = () => session.may('manage_cases') && !session.isOpen;

export function placeOf(query: URLSearchParams): Place {
  const id = query.get('case');
  const tab = TABS.find((one) => one === query.get('tab'));
  if (id) return { what: 'case', id };
  if (query.has('new')) return { what: 'new', site: query.get('new') ?? '', violations: query.getAll('member'), findings: query.getAll('finding') };
  return tab ? { what: 'records', tab } : { what: 'board' };
}

function queryOf(place: Exclude<Place, { what: 'board' }>): URLSearchParams {
  switch (place.what) {
    case 'case': return new URLSearchParams({ case: place.id });
    case 'new': return new URLSearchParams([['new', place.site], ...place.violations.map((id) => ['member', id]), ...place.findings.map((id) => ['finding', id])]);
    case 'records': return new URLSearchParams({ tab: place.tab });
  }
}

class Places {
  place = $state.raw<Place>({ what: 'board' });

  /** Reads the address: at the start, and when the reader goes back. */
  read(): void {
    const query = new URLSearchParams(location.search);
    this.place = placeOf(query);
    if (this.place.what === 'board') board.read(query);
  }

  go(place: Place, how: 'push' | 'replace' = 'push'): void {
    this.place = place;
    if (place.what === 'board') board.show();
    else address.write('cases', queryOf(place), how);
  }
}

export const places = new Places();

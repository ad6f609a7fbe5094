// Which part of the sites view is shown, as it stands in the address: the sites, one with its record, the findings, or one of them.

import { address } from './address.svelte';

export type Visit = { what: 'sites' } | { what: 'site'; id: string } | { what: 'findings'; site: string } | { what: 'finding'; id: string };

export function visitOf(query: URLSearchParams): Visit {
  const [site, finding] = [query.get('site'), query.get('finding')];
  if (finding) return { what: 'finding', id: finding };
  if (query.has('findings')) return { what: 'findings', site: query.get('findings') ?? '' };
  return site ? { what: 'site', id: site } : { what: 'sites' };
}

function queryOf(visit: Visit): URLSearchParams {
  switch (visit.what) {
    case 'sites': return new URLSearchParams();
    case 'site': return new URLSearchParams({ site: visit.id });
    case 'findings': return new URLSearchParams({ findings: visit.site });
    case 'finding': return new URLSearchParams({ finding: visit.id });
  }
}

class Visits {
  visit = $state.raw<Visit>({ what: 'sites' });

  /** Reads the address: at the start, and when the reader goes back. */
  read(): void {
    this.visit = visitOf(new URLSearchParams(location.search));
  }

  go(visit: Visit, how: 'push' | 'replace' = 'push'): void {
    this.visit = visit;
    address.write('sites', queryOf(visit), how);
  }

  /** The form for a new finding there. */
  findAt(site: string): void {
    address.write('site', new URLSearchParams(site ? { at: site } : {}), 'push');
  }
}

export const visits = new Visits();

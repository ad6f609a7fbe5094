// Which part of the disposals view is shown, as it stands in the address: what is due, what was disposed of, or one case.

import { address } from './address.svelte';

export type Disposing = { what: 'due' } | { what: 'done' } | { what: 'case'; id: string };

export function disposingOf(query: URLSearchParams): Disposing {
  const id = query.get('case');
  if (id) return { what: 'case', id };
  return query.get('state') === 'disposed' ? { what: 'done' } : { what: 'due' };
}

export function queryOf(disposing: Disposing): URLSearchParams {
  switch (disposing.what) {
    case 'due': return new URLSearchParams();
    case 'done': return new URLSearchParams({ state: 'disposed' });
    case 'case': return new URLSearchParams({ case: disposing.id });
  }
}

class Disposings {
  at = $state.raw<Disposing>({ what: 'due' });

  /** Reads the address: at the start, and when the reader goes back. */
  read(): void {
    this.at = disposingOf(new URLSearchParams(location.search));
  }

  go(disposing: Disposing, how: 'push' | 'replace' = 'push'): void {
    this.at = disposing;
    address.write('disposals', queryOf(disposing), how);
  }
}

export const disposings = new Disposings();

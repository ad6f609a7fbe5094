// Which view the page shows, as it stands in the address. What each view adds to the address is its own affair.

export const VIEWS = ['violations', 'inbox', 'cases', 'disposals', 'playback', 'site', 'sites', 'report', 'account', 'users', 'audit'] as const;
export type View = (typeof VIEWS)[number];

class Address {
  view = $state<View>('violations');
  /** The view of an address that names none. */
  home: View = 'violations';

  /** Reads the address anew: at the start, and when the reader goes back. */
  read(): URLSearchParams {
    const query = new URLSearchParams(location.search);
    const view = query.get('view') ?? '';
    // Links to a violation are older than other homes.
    const usual = query.has('violation') ? 'violations' : this.home;
    this.view = (VIEWS as readonly string[]).includes(view) ? (view as View) : usual;
    return query;
  }

  /** Writes the view and its own keys: `push` is a step for the browser's back button. */
  write(view: View, query: URLSearchParams, how: 'push' | 'replace'): void {
    this.view = view;
    const all = new URLSearchParams(view === this.home ? [] : [['view', view]]);
    for (const [key, value] of query) all.append(key, value);
    const address = all.size > 0 ? `?${all}` : location.pathname;
    if (address === location.search || (all.size === 0 && location.search === '')) return;
    if (how === 'push') history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }
}

export const address = new Address();

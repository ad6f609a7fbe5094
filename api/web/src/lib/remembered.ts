// Who was signed in on this phone last, for a page that is opened without a connection. Only of accounts that find on site; gone
// at sign-out. It opens no door: the server asks who it is with every request.

import type { OwnAccount } from './accounts';

const STORED_AS = 'anjian.account';

export const remembered = {
  read(): OwnAccount | null {
    try {
      const kept = JSON.parse(localStorage.getItem(STORED_AS) ?? 'null') as OwnAccount | null;
      return kept && typeof kept.name === 'string' && Array.isArray(kept.actions) ? kept : null;
    } catch {
      return null; // Storage is refused, or holds something else.
    }
  },

  /** Whoever came last. */
  keep(account: OwnAccount): void {
    try {
      if (account.actions.includes('find_on_site')) localStorage.setItem(STORED_AS, JSON.stringify(account));
      else localStorage.removeItem(STORED_AS);
    } catch {
      // The page does not open without a connection then.
    }
  },

  drop(): void {
    try {
      localStorage.removeItem(STORED_AS);
    } catch {
      // Nothing was kept.
    }
  },
};

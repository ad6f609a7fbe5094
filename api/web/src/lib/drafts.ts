// Words that are written into a case and has not sent: kept in the browser by account, case and step, so that bad
// reception, an empty battery or a closed page loses nothing. They go once they are sent, and at sign-out.

const PREFIX = 'anjian.draft';
const keyOf = (account: string, id: string, step: string) => [PREFIX, account, id, step].map(encodeURIComponent).join('/');

export const drafts = {
  read(account: string, id: string, step: string): string {
    try {
      return localStorage.getItem(keyOf(account, id, step)) ?? '';
    } catch {
      return ''; // Storage is refused in some private windows.
    }
  },

  /** Answers whether it is kept. */
  keep(account: string, id: string, step: string, words: string): boolean {
    try {
      if (words === '') localStorage.removeItem(keyOf(account, id, step));
      else localStorage.setItem(keyOf(account, id, step), words);
      return true;
    } catch {
      return false; // Refused, or full.
    }
  },

  /** Nothing of an account stays behind in a browser that others use. */
  dropAll(account: string): void {
    try {
      const own = `${encodeURIComponent(PREFIX)}/${encodeURIComponent(account)}/`;
      for (const key of Object.keys(localStorage)) if (key.startsWith(own)) localStorage.removeItem(key);
    } catch {
      // Nothing was kept then.
    }
  },
};

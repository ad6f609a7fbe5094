// Who is signed in, and what that account may do. A session that ends leaves the page as it stands: a dialog asks for
// the password over it, and the requests that were refused are sent once more.

import { get, Problem, requestOf, send, watchWith } from './api';
import type { OwnAccount, SessionView } from './accounts';
import { drafts } from './drafts';
import { store } from './outbox-store';
import { remembered } from './remembered';

const PATH = '/api/v1/session';

export type Step = 'loading' | 'failed' | 'signed-out' | 'new-password' | 'signed-in';

class Session {
  /** The server's last answer; null before the first. */
  view = $state.raw<SessionView | null>(null);
  /** The account that the page shows, signed in or expired. */
  account = $state.raw<OwnAccount | null>(null);
  /** Why nothing is known yet. */
  problem = $state<Problem | null>(null);
  /** The account must sign in again. */
  isExpired = $state(false);
  /** How often somebody signed in again: pictures that were refused are asked for anew. */
  renewals = $state(0);
  /** The views stand: from now on nothing takes them away. */
  hasBegun = $state(false);
  /** The page was opened without a connection: who is signed in, the phone remembers. */
  isOffline = $state(false);
  /** The one-time password that was just typed, so that it is not asked for twice. */
  typed: string | null = null;

  #waiting: ((isRenewed: boolean) => void)[] = [];

  /** Nobody signs in: everybody who reaches the server may do everything. */
  isOpen = $derived(this.view?.login === 'none');
  /** The server shows this account what was confirmed, and nothing else. */
  seesConfirmedOnly = $derived(this.account?.role === 'enterprise');
  mustChange = $derived(this.account?.must_change_password ?? false);
  step = $derived.by((): Step => {
    if (!this.view) return this.problem ? 'failed' : 'loading';
    if (!this.account) return 'signed-out';
    return this.mustChange ? 'new-password' : 'signed-in';
  });
  /** What covers the page. */
  cover = $derived.by((): 'sign-in' | 'new-password' | null => {
    if (!this.hasBegun) return null;
    if (this.isExpired) return 'sign-in';
    return this.mustChange ? 'new-password' : null;
  });

  constructor() {
    watchWith({ renew: () => this.#renew(), changed: () => void this.refresh() });
  }

  may(action: string): boolean {
    return this.account?.actions.includes(action) ?? false;
  }

  /** Asks who is signed in: at the start. */
  async load(): Promise<void> {
    this.problem = null;
    try {
      this.#take(await get<SessionView>(PATH));
    } catch (cause) {
      this.problem = Problem.of(cause);
      this.#beginOffline(this.problem);
    }
  }

  /** Findings on site are written down without a connection. */
  #beginOffline({ status }: Problem): void {
    const account = status === null || status >= 500 ? remembered.read() : null;
    if (!account) return;
    this.account = account;
    this.isOffline = this.hasBegun = true;
  }

  /** Asks again. A server that does not answer changes nothing. */
  async refresh(): Promise<void> {
    const view = await get<SessionView>(PATH).catch(() => null);
    if (view) this.#take(view);
  }

  /** Makes sure that somebody is signed in; answers after that, and whether it took a new login. */
  async confirm(): Promise<boolean> {
    await this.refresh();
    return this.isExpired ? this.#renew() : false;
  }

  async signIn(account: string, password: string, code: string): Promise<void> {
    await send<SessionView>('POST', PATH, { account, password, ...(code ? { code } : {}) });
    const view = await get<SessionView>(PATH);
    // A browser may refuse to keep the cookie; then the next request would be refused too.
    if (!view.account) throw new Problem(null, null, { kind: 'no-cookie' });
    this.typed = view.account.must_change_password ? password : null;
    this.#take(view);
  }

  /** Nothing of this account stays in the page: it is loaded anew. */
  async signOut(): Promise<void> {
    const response = await fetch(PATH, requestOf('DELETE')).catch(() => null);
    if (!response || (!response.ok && response.status !== 401)) throw new Problem(null, null);
    if (this.account) drafts.dropAll(this.account.name);
    remembered.drop();
    await store.dropKnown(this.account?.name ?? '').catch(() => undefined);
    location.assign(location.pathname);
  }

  #renew(): Promise<boolean> {
    if (!this.hasBegun) {
      this.account = null;
      void this.refresh();
      return Promise.resolve(false);
    }
    this.isExpired = true;
    return new Promise((resume) => this.#waiting.push(resume));
  }

  #take(view: SessionView): void {
    const { account } = this;
    if (this.hasBegun && account && view.account && view.account.name !== account.name) {
      location.reload();
      return;
    }
    this.view = view;
    this.isOffline = false;
    if (!view.account) {
      if (this.hasBegun) this.isExpired = true;
      else this.account = null;
      return;
    }
    remembered.keep(view.account);
    // What reads the account is not run again for an answer that says the same.
    if (JSON.stringify(view.account) !== JSON.stringify(account)) this.account = view.account;
    this.hasBegun ||= !view.account.must_change_password;
    if (this.isExpired) this.#renewed();
  }

  #renewed(): void {
    this.isExpired = false;
    this.renewals += 1;
    for (const resume of this.#waiting.splice(0)) resume(true);
  }
}

export const session = new Session();

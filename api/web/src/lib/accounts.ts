// Accounts, sessions, tokens and roles as the server answers them, and how to ask.

import { get, send } from './api';
import type {
  AccountView, MadeAccountView, MadeTokenView, NewTotpView, OneTimePasswordView, RolesView, ScopeView, SessionRowView, TokenView,
} from './openapi';

export type {
  ActionView as ActionSpec, DemoAccount, MadeAccountView as NewAccount, MadeTokenView as NewToken, NewTotpView as TotpDraft,
  OwnAccountView as OwnAccount, RoleView as RoleSpec, SessionRowView as OpenSession, SessionView, TokenView as Token,
} from './openapi';

export type Scope = ScopeView;
export type ScopeKind = Scope['kind'];
export type Account = AccountView;
export type AccountDraft = Pick<Account, 'shown_name' | 'role' | 'scope' | 'grants' | 'certificate'>;

const OWN = '/api/v1/account';
const listOf = async <T>(path: string, signal?: AbortSignal) => (await get<{ items: T[] }>(path, undefined, signal)).items;
const of = (name: string) => `/api/v1/accounts/${encodeURIComponent(name)}`;
const under = (list: string, id: string) => `${list}/${encodeURIComponent(id)}`;

export const ownAccount = {
  changePassword: (current: string, next: string) => send('PUT', `${OWN}/password`, { current, new: next }),
  beginTotp: (password: string) => send<NewTotpView>('POST', `${OWN}/totp`, { password }),
  activateTotp: (code: string) => send('PUT', `${OWN}/totp`, { code }),
  removeTotp: (password: string) => send('DELETE', `${OWN}/totp`, { password }),
  sessions: () => listOf<SessionRowView>(`${OWN}/sessions`),
  endSession: (id: string) => send('DELETE', under(`${OWN}/sessions`, id)),
};

/** What makes a token; services have a scope of their own. */
export interface TokenDraft {
  name: string;
  actions: string[];
  days: number;
  scope?: Scope;
}

/** Where tokens are kept: those of the own account, or those of services. */
export interface TokenShelf {
  list(): Promise<TokenView[]>;
  make(draft: TokenDraft): Promise<MadeTokenView>;
  end(id: string): Promise<null>;
}

function shelf(path: string): TokenShelf {
  return {
    list: () => listOf<TokenView>(path),
    make: (draft) => send<MadeTokenView>('POST', path, draft),
    end: (id) => send('DELETE', under(path, id)),
  };
}

export const ownTokens = shelf(`${OWN}/tokens`);
export const serviceTokens = shelf('/api/v1/tokens');

export const accounts = {
  list: (signal?: AbortSignal) => listOf<Account>('/api/v1/accounts', signal),
  add: (name: string, draft: AccountDraft) => send<MadeAccountView>('POST', '/api/v1/accounts', { name, ...draft }),
  change: (name: string, draft: AccountDraft & { is_active: boolean; why: string }) => send<Account>('PUT', of(name), draft),
  reset: (name: string, also_totp: boolean) => send<OneTimePasswordView>('POST', `${of(name)}/reset`, { also_totp }),
  sessions: (name: string) => listOf<SessionRowView>(`${of(name)}/sessions`),
  endSessions: (name: string) => send('DELETE', `${of(name)}/sessions`),
};

export const readRoles = () => get<RolesView>('/api/v1/roles');

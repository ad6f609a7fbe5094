// Accounts, sessions, tokens and roles as the server answers them, and how to ask. The types stand here by hand until
// `openapi.ts` has them.

import { get, send } from './api';

export type Scope =
  | { kind: 'everything' }
  | { kind: 'region'; region: string }
  | { kind: 'sites'; sites: string[] };
export type ScopeKind = Scope['kind'];

/** The account that is signed in here. */
export interface OwnAccount {
  name: string;
  shown_name: string;
  role: string;
  scope: Scope;
  /** What it may do: pages show only that. */
  actions: string[];
  must_change_password: boolean;
  has_totp: boolean;
  /** Number of the law-enforcement certificate; empty when unknown. */
  certificate: string;
  session_ends_at: string | null;
}

export interface DemoAccount {
  name: string;
  role: string;
  password: string;
}

/** Who is signed in here, and how to sign in. */
export interface SessionView {
  login: 'required' | 'none';
  account: OwnAccount | null;
  demo: DemoAccount[];
  /** Name of the provider. */
  single_sign_on: string | null;
}

/** One browser in which somebody is signed in. */
export interface OpenSession {
  id: string;
  address: string;
  /** As the browser names itself. */
  agent: string;
  made_at: string;
  seen_at: string;
  ends_at: string;
  is_this: boolean;
}

export interface Token {
  id: string;
  name: string;
  owner: string | null;
  actions: string[];
  scope: Scope;
  made_by: string;
  made_at: string;
  ends_at: string;
  used_at: string | null;
}

/** A token that was just made: the only time that its secret is shown. */
export interface NewToken {
  token: string;
  item: Token;
}

/** A second factor that is not active yet. */
export interface TotpDraft {
  /** Base32. */
  secret: string;
  uri: string;
  /** Rows of modules, "1" is dark; without the quiet zone. */
  qr: string[];
}

export interface Account {
  name: string;
  shown_name: string;
  role: string;
  scope: Scope;
  grants: string[];
  certificate: string;
  is_active: boolean;
  has_totp: boolean;
  must_change_password: boolean;
  made_at: string;
  last_login_at: string | null;
  sessions: number;
}

export type AccountDraft = Pick<Account, 'shown_name' | 'role' | 'scope' | 'grants' | 'certificate'>;

export interface NewAccount {
  account: Account;
  one_time_password: string;
}

export interface RoleSpec {
  role: string;
  zh: string;
  en: string;
  scopes: ScopeKind[];
  grantable: string[];
}

export interface ActionSpec {
  action: string;
  zh: string;
  en: string;
}

export interface RolesView {
  roles: RoleSpec[];
  actions: ActionSpec[];
}

const OWN = '/api/v1/account';
const listOf = async <T>(path: string, signal?: AbortSignal) => (await get<{ items: T[] }>(path, undefined, signal)).items;
const of = (name: string) => `/api/v1/accounts/${encodeURIComponent(name)}`;
const under = (list: string, id: string) => `${list}/${encodeURIComponent(id)}`;

export const ownAccount = {
  changePassword: (current: string, next: string) => send('PUT', `${OWN}/password`, { current, new: next }),
  beginTotp: (password: string) => send<TotpDraft>('POST', `${OWN}/totp`, { password }),
  activateTotp: (code: string) => send('PUT', `${OWN}/totp`, { code }),
  removeTotp: (password: string) => send('DELETE', `${OWN}/totp`, { password }),
  sessions: () => listOf<OpenSession>(`${OWN}/sessions`),
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
  list(): Promise<Token[]>;
  make(draft: TokenDraft): Promise<NewToken>;
  end(id: string): Promise<null>;
}

function shelf(path: string): TokenShelf {
  return {
    list: () => listOf<Token>(path),
    make: (draft) => send<NewToken>('POST', path, draft),
    end: (id) => send('DELETE', under(path, id)),
  };
}

export const ownTokens = shelf(`${OWN}/tokens`);
export const serviceTokens = shelf('/api/v1/tokens');

export const accounts = {
  list: (signal?: AbortSignal) => listOf<Account>('/api/v1/accounts', signal),
  add: (name: string, draft: AccountDraft) => send<NewAccount>('POST', '/api/v1/accounts', { name, ...draft }),
  change: (name: string, draft: AccountDraft & { is_active: boolean; why: string }) => send<Account>('PUT', of(name), draft),
  reset: (name: string, also_totp: boolean) => send<{ one_time_password: string }>('POST', `${of(name)}/reset`, { also_totp }),
  sessions: (name: string) => listOf<OpenSession>(`${of(name)}/sessions`),
  endSessions: (name: string) => send('DELETE', `${of(name)}/sessions`),
};

export const readRoles = () => get<RolesView>('/api/v1/roles');

// The roles and actions that the server knows, with their words: read once, when a view first needs them.

import { readRoles, type ActionSpec, type RoleSpec } from './accounts';
import { Problem } from './api';
import { language } from './language.svelte';

/** Roles of no person: a service has tokens, `local` is everybody while nobody signs in. */
const NO_PERSONS = ['service', 'local'];

class Roles {
  items = $state.raw<RoleSpec[]>([]);
  actions = $state.raw<ActionSpec[]>([]);
  /** Those that an account can have. */
  ofPersons = $derived(this.items.filter(({ role }) => !NO_PERSONS.includes(role)));

  /** Why they are not there. */
  problem = $state<Problem | null>(null);

  #asked: Promise<void> | null = null;

  load(): Promise<void> {
    this.#asked ??= readRoles().then(
      ({ roles, actions }) => {
        this.items = roles;
        this.actions = actions;
        this.problem = null;
      },
      (cause: unknown) => {
        this.#asked = null; // Names serve until a view asks again.
        this.problem = Problem.of(cause);
      },
    );
    return this.#asked;
  }

  find(role: string): RoleSpec | undefined {
    return this.items.find((item) => item.role === role);
  }

  title(role: string): string {
    return language.words.accounts.role[role] ?? this.find(role)?.[language.code] ?? role;
  }

  actionTitle(action: string): string {
    return this.actions.find((item) => item.action === action)?.[language.code] ?? action;
  }
}

export const roles = new Roles();

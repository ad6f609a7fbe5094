// The two lists of the disposals view: what is due, and what was disposed of. What is shown stays until the answer comes.

import { SvelteSet } from 'svelte/reactivity';
import { Problem } from './api';
import { readAudit } from './audit';
import { todayOf } from './cases.svelte';
import { casesOf, disposals, isSignable, SIGNED, type Disposal } from './disposals';
import { session } from './session.svelte';

const PAGE = 50;
/** Each is asked for by itself. */
const DONE_PAGE = 20;

/** Signatures stand on record under a name. */
export const maySign = () => session.may('sign_disposal') && !session.isOpen;

/** Whether the account that is signed in can sign it now. */
export const canSign = (disposal: Disposal) => maySign() && isSignable(disposal, session.account?.name ?? '', todayOf(disposal.case));

class DueList {
  items = $state.raw<Disposal[] | null>(null);
  cursor = $state<string | null>(null);
  problem = $state.raw<Problem | null>(null);
  isLoading = $state(false);
  chosen = new SvelteSet<string>();

  signable = $derived((this.items ?? []).filter(canSign));
  picked = $derived(this.signable.filter(({ case: { id } }) => this.chosen.has(id)));
  isAllPicked = $derived(this.signable.length > 0 && this.picked.length === this.signable.length);

  /** What was read on stays read on. */
  load = () => this.#take(null, Math.max(PAGE, this.items?.length ?? 0));
  more = () => this.#take(this.cursor, PAGE);

  toggle(id: string): void {
    if (!this.chosen.delete(id)) this.chosen.add(id);
  }

  toggleAll(): void {
    const isWhole = this.isAllPicked;
    this.chosen.clear();
    if (!isWhole) for (const { case: { id } } of this.signable) this.chosen.add(id);
  }

  async #take(from: string | null, wanted: number): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    const items: Disposal[] = [];
    let cursor = from;
    try {
      // Where a site's day begins later, a page of the server can be short, or empty.
      do {
        const page = await disposals.page(new URLSearchParams({ limit: String(PAGE), ...(cursor ? { cursor } : {}) }));
        items.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor && items.length < wanted);
      this.items = from ? [...(this.items ?? []), ...items] : items;
      [this.cursor, this.problem] = [cursor, null];
    } catch (cause) {
      this.problem = Problem.of(cause);
    } finally {
      this.isLoading = false;
    }
  }
}

/** The server lists only what is due. Which cases went stands in the audit; who may not read it all sees those under the own signature. */
class DoneList {
  items = $state.raw<Disposal[] | null>(null);
  before = $state<number | null>(null);
  problem = $state.raw<Problem | null>(null);
  isLoading = $state(false);

  load = () => this.#take(null);
  more = () => this.#take(this.before);

  get seesAll(): boolean {
    return session.may('read_audit');
  }

  async #take(from: number | null): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    const known = from === null ? [] : (this.items ?? []);
    const added: Disposal[] = [];
    let before = from;
    try {
      do {
        const page = await readAudit(new URLSearchParams({ action: SIGNED, object_kind: 'case' }), before, undefined, DONE_PAGE);
        const ids = casesOf(page.items, this.seesAll).filter((id) => ![...known, ...added].some((one) => one.case.id === id));
        added.push(...(await Promise.all(ids.map(oneOrNone))).flat());
        before = page.next_before;
      } while (before !== null && added.length === 0);
      this.items = [...known, ...added].toSorted((a, b) => (b.case.disposed_at ?? '').localeCompare(a.case.disposed_at ?? ''));
      [this.before, this.problem] = [before, null];
    } catch (cause) {
      this.problem = Problem.of(cause);
    } finally {
      this.isLoading = false;
    }
  }
}

/** A case that waits for its second signature is none of them, and neither is one that the account sees no longer. */
async function oneOrNone(id: string): Promise<Disposal[]> {
  try {
    const one = await disposals.one(id);
    return one.case.disposed_at === null ? [] : [one];
  } catch (cause) {
    if (Problem.of(cause).status === 404) return [];
    throw cause;
  }
}

export const dueList = new DueList();
export const doneList = new DoneList();

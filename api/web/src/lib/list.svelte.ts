// The violations on the page: loaded in pages, kept up to date by the live stream, never jumping under a reader.

import { get, Problem, type Page, type Violation } from './api';

const PAGE_LIMIT = 50;

export class ViolationList {
  /** Never changed in place: each change is a new list, and what did not change is the same. */
  items = $state.raw<Violation[]>([]);
  /** New ones that wait until the reader comes back to the top. */
  waiting = $state.raw<Violation[]>([]);
  isLoading = $state(true);
  problem = $state<Problem | null>(null);
  cursor = $state<string | null>(null);
  /** What is shown belongs to the view before; the answer for this one is on its way. */
  isOfOtherView = $state(false);
  /** Whether the reader is at the top of the list. */
  isAtTop = $state(true);

  #query = new URLSearchParams();
  #request = new AbortController();
  /** What opened or changed since the request under way was sent: its answer may be older. By id. */
  #meanwhile = new Map<string, { violation: Violation; fits: boolean }>();

  /** Shows what fits `query`. What is shown stays until the answer comes; it never stands under another view. */
  async load(query: URLSearchParams): Promise<void> {
    this.isOfOtherView ||= query.toString() !== this.#query.toString();
    this.#query = query;
    this.#request.abort();
    const page = await this.#fetch(null);
    if (page) this.#merge(() => this.#show(page));
    else if (this.problem && this.isOfOtherView) this.#show({ items: [], next_cursor: null });
  }

  #show(page: Page): void {
    this.items = page.items;
    this.waiting = [];
    this.cursor = page.next_cursor;
    this.isOfOtherView = false;
  }

  /** After a break: adds what came meanwhile, without moving a reader who is further down. */
  async catchUp(query: URLSearchParams): Promise<void> {
    if (this.isAtTop || this.isOfOtherView) return this.load(query);
    this.#query = query;
    this.#request.abort();
    const page = await this.#fetch(null);
    if (!page) return;
    const known = new Set([...this.items, ...this.waiting].map((item) => item.id));
    this.#merge(() => {
      if (page.items.some((item) => known.has(item.id))) {
        for (const item of page.items) this.#put(item, true);
      } else {
        // More came than one page holds: what lies between is not known, so the list begins anew.
        this.#show(page);
      }
    });
  }

  /** Adds the next, older page. */
  async more(): Promise<void> {
    if (!this.cursor || this.isLoading) return;
    const page = await this.#fetch(this.cursor);
    if (!page) return;
    this.#merge(() => {
      const known = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...page.items.filter((item) => !known.has(item.id))];
      this.cursor = page.next_cursor;
    });
  }

  /** Takes in an answer, and once more what the live stream told while it was on its way. */
  #merge(take: () => void): void {
    const meanwhile = [...this.#meanwhile.values()];
    this.#meanwhile.clear();
    take();
    for (const { violation, fits } of meanwhile) this.#put(violation, fits);
  }

  async #fetch(cursor: string | null): Promise<Page | null> {
    const request = new AbortController();
    this.#request = request;
    this.#meanwhile.clear();
    this.isLoading = true;
    const query = new URLSearchParams(this.#query);
    query.set('limit', String(PAGE_LIMIT));
    if (cursor) query.set('cursor', cursor);
    try {
      const page = await get<Page>('/api/v1/violations', query, request.signal);
      this.problem = null;
      return page;
    } catch (cause) {
      if (request.signal.aborted) return null;
      this.problem = cause instanceof Problem ? cause : new Problem(null, String(cause));
      return null;
    } finally {
      if (this.#request === request) this.isLoading = false;
    }
  }

  /** Takes in a violation that opened or changed just now; `fits` says whether it belongs into the view. */
  take(violation: Violation, fits: boolean): void {
    if (this.isLoading) this.#meanwhile.set(violation.id, { violation, fits });
    this.#put(violation, fits);
  }

  #put(violation: Violation, fits: boolean): void {
    const replace = (list: Violation[]) => list.map((item) => (item.id === violation.id ? violation : item));
    const isIn = (list: Violation[]) => list.some((item) => item.id === violation.id);
    // One that is shown stays, even when it no longer fits (closed, under "still open"): rows never vanish
    // from under the pointer. The next load tidies up.
    if (isIn(this.items)) this.items = replace(this.items);
    else if (isIn(this.waiting)) this.waiting = replace(this.waiting);
    else if (fits && this.#isAfterTail(violation)) {
      if (this.isAtTop) this.items = merged([violation], this.items);
      else this.waiting = merged([violation], this.waiting);
    }
  }

  /** Shows those that wait. */
  showWaiting(): void {
    this.items = merged(this.waiting, this.items);
    this.waiting = [];
  }

  /** Older than the last page loaded: it comes with its own page. */
  #isAfterTail(violation: Violation): boolean {
    const last = this.items.at(-1);
    return !this.cursor || !last || violation.opened_at >= last.opened_at;
  }
}

function merged(some: Violation[], others: Violation[]): Violation[] {
  const newestFirst = (a: Violation, b: Violation) =>
    Date.parse(b.opened_at) - Date.parse(a.opened_at) || (a.id < b.id ? 1 : -1);
  return [...some, ...others].sort(newestFirst);
}

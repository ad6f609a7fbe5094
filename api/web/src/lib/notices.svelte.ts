// An enterprise's notices: those that wait for it whole, because their cards say what and where; the others as a list.

import { Problem } from './api';
import { nextOf, overdueFirst, STAGES_OF } from './board';
import { cases, type CaseDetail, type CaseRow } from './cases';
import { todayOf } from './cases.svelte';

const WHOLE = '50';
const PAGE = '20';

/** Whether the enterprise has something to do. */
export const isAsked = (row: CaseRow) => ['wait_read', 'wait_rectify', 'wait_again'].includes(nextOf(row));

class Notices {
  open = $state.raw<CaseDetail[]>([]);
  /** Open, and with the authority. */
  waiting = $state.raw<CaseRow[]>([]);
  over = $state.raw<CaseRow[]>([]);
  cursor = $state<string | null>(null);
  problem = $state.raw<Problem | null>(null);
  isKnown = $state(false);

  async load(): Promise<void> {
    try {
      const [open, over] = await Promise.all([cases.page(new URLSearchParams({ open: 'true', limit: WHOLE })), this.#over(null)]);
      const asked = overdueFirst(open.items.filter(isAsked), todayOf);
      this.open = await Promise.all(asked.map(({ id }) => cases.one(id)));
      this.waiting = open.items.filter((row) => !isAsked(row));
      [this.over, this.cursor] = [over.items, over.next_cursor];
      [this.problem, this.isKnown] = [null, true];
    } catch (cause) {
      this.problem = Problem.of(cause);
    }
  }

  async more(): Promise<void> {
    try {
      const { items, next_cursor } = await this.#over(this.cursor);
      [this.over, this.cursor] = [[...this.over, ...items], next_cursor];
    } catch (cause) {
      this.problem = Problem.of(cause);
    }
  }

  #over(cursor: string | null) {
    const query = new URLSearchParams([...STAGES_OF.over.map((stage) => ['stage', stage]), ['limit', PAGE]]);
    if (cursor) query.set('cursor', cursor);
    return cases.page(query);
  }
}

export const notices = new Notices();

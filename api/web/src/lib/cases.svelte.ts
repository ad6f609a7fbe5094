// The board: one list for each column, loaded page by page, with counts. What is shown stays until the answer comes.

import { Problem } from './api';
import { address } from './address.svelte';
import {
  columnQuery, countsQuery, GROUPS, isLate, isOverdue, latenessOf, noBoardFilters, overdueFirst, readBoardAddress, shownGroups, STAGES_OF, writeBoardAddress, type BoardFilters, type Group,
} from './board';
import { cases, type CaseRow } from './cases';
import { desk } from './desk.svelte';
import { dayOf } from './time';

const PAGE = '20';
const TOGETHER_MS = 400;
/** The server's most: what is overdue comes whole, because it comes first. */
const WHOLE = '200';

interface Column {
  rows: CaseRow[];
  cursor: string | null;
}

/** The present day of a case's site. */
export const todayOf = ({ site }: { site: string }) => dayOf(new Date(), desk.zoneOf(site));

class Board {
  filters = $state.raw<BoardFilters>(noBoardFilters());
  columns = $state.raw<Partial<Record<Group, Column>>>({});
  counts = $state.raw<Partial<Record<Group, number>>>({});
  problem = $state.raw<Problem | null>(null);
  isLoading = $state(true);

  #request = new AbortController();
  #shown = '';
  #later: ReturnType<typeof setTimeout> | undefined;

  groups = $derived(shownGroups(this.filters));
  isNarrowed = $derived(this.filters.sites.length > 0 || this.filters.group !== '' || this.filters.late !== '' || this.filters.words !== '');
  overdue = $derived((this.columns.waiting?.rows ?? []).filter((row) => isOverdue(row, todayOf(row))).length);

  read(query: URLSearchParams): void {
    this.filters = readBoardAddress(query);
    void this.load();
  }

  filter(change: Partial<BoardFilters>): void {
    this.filters = { ...this.filters, ...change };
    this.show();
  }

  show(): void {
    address.write('cases', writeBoardAddress(this.filters), 'push');
    void this.load();
  }

  /** Steps come in bursts. */
  heard(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.load(), TOGETHER_MS);
  }

  async load(): Promise<void> {
    this.#request.abort();
    const { signal } = (this.#request = new AbortController());
    this.isLoading = true;
    try {
      const [counts, ...columns] = await Promise.all([this.#count(signal), ...this.groups.map((group) => this.#column(group, signal))]);
      this.columns = Object.fromEntries(columns);
      this.counts = counts;
      this.problem = null;
      this.#shown = JSON.stringify(this.filters);
    } catch (cause) {
      if (signal.aborted) return;
      this.problem = Problem.of(cause);
      if (this.#shown !== JSON.stringify(this.filters)) this.columns = {};
    } finally {
      if (this.#request.signal === signal) this.isLoading = false;
    }
  }

  async #column(group: Group, signal: AbortSignal): Promise<[Group, Column]> {
    const query = columnQuery(group, this.filters, dayOf(new Date(), desk.zone));
    // What was read on stays read on.
    query.set('limit', String(Math.min(Number(WHOLE), Math.max(Number(PAGE), this.columns[group]?.rows.length ?? 0))));
    const late = group === 'waiting' && !this.filters.late ? await this.#overdue(signal) : [];
    const { items, next_cursor } = await cases.page(query, signal);
    return [group, { rows: this.#arranged([...late, ...items]), cursor: next_cursor }];
  }

  async #overdue(signal: AbortSignal): Promise<CaseRow[]> {
    const query = columnQuery('waiting', { ...this.filters, late: 'overdue' }, dayOf(new Date(), desk.zone));
    query.set('limit', WHOLE);
    const { items } = await cases.page(query, signal);
    return items.filter((row) => isOverdue(row, todayOf(row)));
  }

  async more(group: Group): Promise<void> {
    const column = this.columns[group];
    if (!column?.cursor || this.isLoading) return;
    const query = columnQuery(group, this.filters, dayOf(new Date(), desk.zone));
    query.set('limit', PAGE);
    query.set('cursor', column.cursor);
    const { signal } = this.#request;
    try {
      const { items, next_cursor } = await cases.page(query, signal);
      this.columns = { ...this.columns, [group]: { rows: this.#arranged([...column.rows, ...items]), cursor: next_cursor } };
    } catch (cause) {
      if (!signal.aborted) this.problem = Problem.of(cause);
    }
  }

  /** Every column is counted, also those that are not shown: the counts say what choosing another would show. */
  async #count(signal: AbortSignal): Promise<Partial<Record<Group, number>>> {
    const { stages } = await cases.counts(countsQuery(this.filters), signal);
    const countOf = (group: Group) => STAGES_OF[group].reduce((sum, stage) => sum + (stages[stage] ?? 0), 0);
    return Object.fromEntries(GROUPS.map((group) => [group, countOf(group)]));
  }

  /** Each once, the overdue first. The server takes a last day for a deadline, also where the enterprise need not act. */
  #arranged(rows: CaseRow[]): CaseRow[] {
    const each = [...new Map(rows.map((row) => [row.id, row])).values()];
    const { late } = this.filters;
    return overdueFirst(each.filter((row) => late === '' || isLate(latenessOf(row, todayOf(row)), late)), todayOf);
  }
}

export const board = new Board();

// What is selected in the inbox to be dismissed at once, and what became of each member. Confirming stays one by one.

import { SvelteSet } from 'svelte/reactivity';
import type { Violation } from './api';
import type { Judging } from './judging.svelte';
import { between, type Stack } from './stacks';
import type { Finding, Member } from './verdict';
import { verdicts } from './verdicts.svelte';

/** The list that is selected from. */
interface Queue {
  readonly ids: string[];
  readonly judging: Judging;
  find(id: string): Violation | undefined;
  isLeft(id: string): boolean;
  /** Verdicts were sent: what is in front may be judged. */
  goOnFromJudged(): void;
}

export class Selection {
  ids = new SvelteSet<string>();
  /** Members of the last dismissal of many. */
  last = $state.raw<string[]>([]);
  /** Where a range of them begins. */
  #anchor: string | null = null;

  constructor(readonly queue: Queue) {}

  toggle(id: string): void {
    if (this.ids.has(id)) this.ids.delete(id);
    else this.#add(id);
    this.#anchor = id;
  }

  toggleStack({ members }: Stack): void {
    const left = members.map(({ id }) => id).filter(this.queue.isLeft);
    const isWhole = left.every((id) => this.ids.has(id));
    for (const id of left) if (isWhole) this.ids.delete(id); else this.#add(id);
  }

  /** From the last one that was selected, else from `from`, to this one. */
  extend(to: string, from: string | undefined): void {
    for (const id of between(this.queue.ids, this.#anchor ?? from ?? to, to)) this.#add(id);
  }

  clear(): void {
    this.ids.clear();
    this.#anchor = null;
  }

  /** Asks for the one reason of all. */
  dismiss(): void {
    const members = this.#members();
    if (members.length > 0) this.queue.judging.ask({ what: 'reason', finding: null, count: members.length, send: (finding) => this.#send(members, finding) });
  }

  #add(id: string): void {
    if (this.queue.isLeft(id)) this.ids.add(id);
  }

  /** With the versions that are on the screen. What was judged meanwhile is selected no longer. */
  #members(): Member[] {
    for (const id of this.ids) if (!this.queue.isLeft(id)) this.ids.delete(id);
    return [...this.ids].flatMap((id) => {
      const violation = this.queue.find(id);
      return violation ? [{ id, version: verdicts.standOf(violation).version }] : [];
    });
  }

  #send(members: Member[], finding: Finding): void {
    this.clear();
    this.last = members.map(({ id }) => id);
    void verdicts.dismissMany(members, finding);
    this.queue.goOnFromJudged();
  }
}

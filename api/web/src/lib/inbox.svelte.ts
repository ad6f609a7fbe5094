// The inbox: what is in front of the inspector, in which order it goes on, and what the inspector chose to see.

import { MediaQuery, SvelteMap } from 'svelte/reactivity';
import type { Violation } from './api';
import type { ClipView } from './clip.svelte';
import { clock } from './clock.svelte';
import { desk } from './desk.svelte';
import { Exposure } from './exposure';
import { Judging } from './judging.svelte';
import { Selection } from './selection.svelte';
import { session } from './session.svelte';
import { kept, nextLeft, stacksOf, type Stack } from './stacks';
import { verdicts } from './verdicts.svelte';

export const STACK_MINUTES = [5, 10, 30, 60] as const;
/** So near to the end more is loaded. */
const NEAR_END = 5;
const STORED_AS = 'anjian.inbox';

interface Kept { layout: 'grid' | 'list'; stack_min: number; hasBoxes: boolean; hasKeys: boolean }
const USUAL: Kept = { layout: 'grid', stack_min: 0, hasBoxes: true, hasKeys: true };

class Inbox {
  /** The violation in front; null when nothing is left. */
  current = $state.raw<Violation | null>(null);
  /** The one that was in front last. */
  before = $state<string | null>(null);
  view = $state<Kept>(remembered());
  isLarge = $state(false);
  isHelpOpen = $state(false);
  /** On a phone the list covers the picture. */
  isQueueOpen = $state(false);
  #phone = new MediaQuery('max-width: 899px');
  /** What is in front has the screen for itself. */
  isAlone = $derived(this.isLarge || this.#phone.current);
  /** The clip of what is in front. */
  clip = $state.raw<ClipView | null>(null);
  /** When each picture arrived. Only of those that have a place on the stage. */
  arrived = new SvelteMap<string, number>();
  #exposures = new Map<string, Exposure>();

  judging = new Judging(
    () => this.current && { violation: this.current, exposure: this.#exposure(this.current.id), arrivedAt: this.arrived.get(this.current.id) ?? null },
    (id) => id === this.current?.id && this.#goOn(),
  );
  selection = new Selection(this);

  #lastStacks: Stack[] = [];
  stacks = $derived.by(() => (this.#lastStacks = kept(stacksOf(desk.list.items, this.view.stack_min), this.#lastStacks)));
  order = $derived(this.stacks.flatMap(({ members }) => members));
  ids = $derived(this.order.map(({ id }) => id));
  #byId = $derived(new Map(this.order.map((item) => [item.id, item])));
  stack = $derived(this.stacks.find(({ members }) => members.some(({ id }) => id === this.current?.id)) ?? null);
  /** What comes into front after the next acts. */
  ahead = $derived.by(() => {
    const { current } = this;
    const first = current && nextLeft(this.ids, current.id, this.isTodo);
    const second = first && nextLeft(this.ids, first, (id) => id !== current.id && this.isTodo(id));
    return [first, second].filter((id) => id !== null);
  });
  /** The view of what waits for a second officer, who signs and judges nothing. */
  isToSign = $derived(desk.filters.verdict === 'awaits_second');
  #leftHere = $derived(this.ids.filter((id) => this.isTodo(id)).length);
  /** What is left in the view; the server counts a verdict only when it can be undone no longer. */
  left = $derived.by(() => {
    if (!desk.list.cursor || desk.total === null || !(this.isToSign || desk.filters.verdict === 'none')) return this.#leftHere;
    return Math.max(this.#leftHere, desk.total - (this.ids.length - this.#leftHere));
  });
  /** How many of another view wait for a second officer. */
  awaiting = $derived.by(() => (this.isToSign ? 0 : this.ids.filter((id) => this.awaitsSecond(id)).length));

  find = (id: string): Violation | undefined => this.#byId.get(id);

  /** Whether nobody judged it, and no verdict is on its way. */
  isLeft = (id: string): boolean => {
    const violation = this.find(id);
    return violation !== undefined && verdicts.shownOf(violation) === 'none';
  };

  /** Whether it waits for a second officer now. Who gave a verdict is known of what was in front, and of the own ones. */
  awaitsSecond = (id: string): boolean => {
    const violation = this.find(id);
    if (!violation || verdicts.isSending(id)) return false;
    const { awaitsSecond, deadline, view } = verdicts.standOf(violation);
    return awaitsSecond && (deadline === null || deadline <= clock.now) && view?.standing?.by !== session.account?.name;
  };

  isTodo = (id: string): boolean => (this.isToSign ? this.awaitsSecond(id) : this.isLeft(id));

  /** A list that came anew, or an item that changed: the same violation stays in front. */
  follow(): void {
    const { current } = this;
    const found = current && this.find(current.id);
    if (found && found !== current) this.current = found;
    if (current || desk.list.isOfOtherView) return;
    const next = nextLeft(this.ids, null, this.isTodo);
    if (next) this.show(next);
    else if (desk.list.isLoading) return;
    else if (desk.list.cursor && !desk.list.problem) void desk.list.more();
    // With nothing in front nothing can move under the hand.
    else if (desk.list.waiting.length > 0) desk.list.showWaiting();
  }

  /** Another view of the list: begins anew. */
  reset(): void {
    this.#leave();
    this.current = null;
    this.before = null;
    this.selection.clear();
    this.judging.clear();
    this.isLarge = false;
  }

  show(id: string | null): void {
    if (id === this.current?.id) return;
    this.#leave();
    this.current = (id && this.find(id)) || null;
    this.judging.note = null;
    if (this.current && !document.hidden) this.#exposure(this.current.id).begin(performance.now());
    const at = id ? this.ids.indexOf(id) : -1;
    if (at >= this.ids.length - NEAR_END) void desk.list.more();
  }

  #leave(): void {
    if (!this.current) return;
    this.before = this.current.id;
    this.#exposures.get(this.current.id)?.end(performance.now());
  }

  /** The window was hidden or is seen again. */
  seen(isSeen: boolean): void {
    if (!this.current) return;
    const exposure = this.#exposure(this.current.id);
    if (isSeen) exposure.begin(performance.now());
    else exposure.end(performance.now());
  }

  played(id: string, ranges: [number, number][]): void {
    this.#exposure(id).played(ranges);
  }

  #exposure(id: string): Exposure {
    const known = this.#exposures.get(id);
    if (known) return known;
    const begun = new Exposure();
    this.#exposures.set(id, begun);
    return begun;
  }

  /** Moves by places of the list. */
  move(by: number): void {
    const at = this.current ? this.ids.indexOf(this.current.id) : -1;
    const to = this.ids[Math.max(0, Math.min(this.ids.length - 1, at < 0 ? 0 : at + by))];
    if (to) this.show(to);
  }

  moveStack(by: 1 | -1): void {
    const at = this.stacks.findIndex((stack) => stack === this.stack);
    const to = this.stacks[at + by]?.members[0];
    if (to) this.show(to.id);
  }

  /** On to the next; it is on the stage already. */
  #goOn(): void {
    this.show(this.ahead[0] ?? null);
    this.follow();
  }

  goOnFromJudged(): void {
    if (this.current && !this.isLeft(this.current.id)) this.#goOn();
  }

  confirm(): void {
    if (this.selection.ids.size > 0) this.judging.say('one_by_one');
    else this.judging.confirm();
  }

  /** What is selected, else what is in front. */
  dismiss(): void {
    if (this.selection.ids.size > 0) this.selection.dismiss();
    else this.judging.dismiss();
  }

  /** Takes back what was judged last, as long as that is possible. */
  undo(): void {
    const given = verdicts.lastGiven(Date.now());
    if (!given) return void this.judging.say('nothing_to_undo');
    for (const id of given.ids) verdicts.undo(id);
    this.selection.last = [];
    const [first] = given.ids;
    if (first && this.find(first)) this.show(first);
  }

  /** The stack of what is in front, or that alone. */
  select(): void {
    if (this.view.stack_min > 0 && this.stack) this.selection.toggleStack(this.stack);
    else if (this.current) this.selection.toggle(this.current.id);
  }

  keep(change: Partial<Kept>): void {
    this.view = { ...this.view, ...change };
    try {
      localStorage.setItem(STORED_AS, JSON.stringify(this.view));
    } catch {
      // Not kept then; the choice holds for this visit.
    }
  }
}

function remembered(): Kept {
  try {
    return { ...USUAL, ...(JSON.parse(localStorage.getItem(STORED_AS) ?? '{}') as Partial<Kept>) };
  } catch {
    return USUAL;
  }
}

export const inbox = new Inbox();

// The inbox: what is in front of the inspector, in which order it goes on, what is selected, what is asked for. A verdict
// is bound to the violation and the version that was in front when the key was pressed.

import { MediaQuery, SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Violation } from './api';
import type { ClipView } from './clip.svelte';
import { desk } from './desk.svelte';
import { Exposure } from './exposure';
import { gateOf, type Note } from './gate';
import { between, kept, nextLeft, stacksOf, type Stack } from './stacks';
import type { Finding, Member } from './verdict';
import { verdicts } from './verdicts.svelte';

export const STACK_MINUTES = [5, 10, 30, 60] as const;
const NOTE_SHOWN_MS = 4_000;
/** So near to the end more is loaded. */
const NEAR_END = 5;
const STORED_AS = 'anjian.inbox';

/** What is asked for before a verdict is sent. */
export interface Asking {
  what: 'reason' | 'change';
  /** With a change: what it becomes; the reasons of a dismissal are asked too while this is null. */
  finding: Finding | null;
  /** What was in front, or what was selected. */
  members: Member[];
  isBulk: boolean;
}

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
  asking = $state.raw<Asking | null>(null);
  note = $state<Note | null>(null);
  selected = new SvelteSet<string>();
  /** Members of the last dismissal of many. */
  bulk = $state.raw<string[]>([]);
  /** When each picture arrived. Only of those that have a place on the stage. */
  arrived = new SvelteMap<string, number>();

  #exposures = new Map<string, Exposure>();
  #noteTimer: ReturnType<typeof setTimeout> | undefined;
  #anchor: string | null = null;
  /** The list of another view is on its way: what is shown meanwhile is the old one. */
  #isAwaited = false;

  #lastStacks: Stack[] = [];
  stacks = $derived.by(() => (this.#lastStacks = kept(stacksOf(desk.list.items, this.view.stack_min), this.#lastStacks)));
  order = $derived(this.stacks.flatMap(({ members }) => members));
  ids = $derived(this.order.map(({ id }) => id));
  #byId = $derived(new Map(this.order.map((item) => [item.id, item])));
  /** What comes into front after the next verdicts. */
  ahead = $derived.by(() => {
    const first = this.current && nextLeft(this.ids, this.current.id, this.isLeft);
    const second = first && nextLeft(this.ids, first, (id) => id !== this.current?.id && this.isLeft(id));
    return [first, second].filter((id) => id !== null);
  });
  #leftHere = $derived(this.ids.filter((id) => this.isLeft(id)).length);
  /** What is left in the view; the server counts a verdict only when it can be undone no longer. */
  left = $derived.by(() => {
    if (!desk.list.cursor || desk.total === null || desk.filters.verdict !== 'none') return this.#leftHere;
    return Math.max(this.#leftHere, desk.total - (this.ids.length - this.#leftHere));
  });
  stack = $derived(this.stacks.find(({ members }) => members.some(({ id }) => id === this.current?.id)) ?? null);

  find = (id: string): Violation | undefined => this.#byId.get(id);

  /** Whether nobody judged it, and no verdict is on its way. */
  isLeft = (id: string): boolean => {
    const violation = this.find(id);
    return violation !== undefined && verdicts.shownOf(violation) === 'none';
  };

  /** A list that came anew, or an item that changed: the same violation stays in front. */
  follow(): void {
    const { current } = this;
    const found = current && this.find(current.id);
    if (found && found !== current) this.current = found;
    if (current || (this.#isAwaited && desk.list.isLoading)) return;
    this.#isAwaited = false;
    const next = nextLeft(this.ids, null, this.isLeft);
    if (next) this.show(next);
    else if (desk.list.cursor && !desk.list.isLoading && !desk.list.problem) void desk.list.more();
  }

  /** Another view of the list: begins anew. */
  reset(): void {
    this.#leave();
    this.current = null;
    this.before = null;
    this.selected.clear();
    this.asking = null;
    this.isLarge = false;
    this.#isAwaited = true;
  }

  show(id: string | null): void {
    if (id === this.current?.id) return;
    this.#leave();
    this.current = (id && this.find(id)) || null;
    this.note = null;
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

  /** On to what is left; what comes after it is on the stage already. */
  #goOn(): void {
    this.show(this.ahead[0] ?? null);
    this.follow();
  }

  confirm(): void {
    const gate = this.#gate();
    if (!gate) return;
    if (this.selected.size > 0) return this.say('one_by_one');
    if (!this.#hasSeenPicture(gate.member.id)) return this.say('no_picture');
    if (gate.way === 'judge') this.#send(gate.member, { verdict: 'confirmed' });
    else this.#askChange(gate.member, { verdict: 'confirmed' });
  }

  /** Asks for the reason to dismiss what is selected, else what is in front. */
  dismiss(): void {
    if (this.selected.size > 0) return this.#askMany();
    const gate = this.#gate();
    if (gate) this.asking = { what: gate.way === 'judge' ? 'reason' : 'change', finding: null, members: [gate.member], isBulk: false };
  }

  #askMany(): void {
    const members = this.#membersOf([...this.selected]);
    if (members.length < this.selected.size) this.say('no_version');
    else if (members.length > 0) this.asking = { what: 'reason', finding: null, members, isBulk: true };
  }

  /** The answer to what was asked. */
  answer(finding: Finding, changeReason = ''): void {
    const { asking } = this;
    this.asking = null;
    if (!asking) return;
    if (asking.isBulk) return void this.#dismissMany(asking.members, finding);
    const [member] = asking.members;
    if (member) this.#send(member, finding, changeReason);
  }

  /** Takes back what was judged last, as long as that is possible. */
  undo(): void {
    const now = Date.now();
    const past = verdicts.past.findLast(({ ids }) => ids.some((id) => this.#isUndoable(id, now)));
    if (!past) return this.say('nothing_to_undo');
    const ids = past.ids.filter((id) => this.#isUndoable(id, now));
    for (const id of ids) verdicts.undo(id);
    this.bulk = [];
    if (ids[0] && this.find(ids[0])) this.show(ids[0]);
  }

  undoOne(id: string): void {
    if (this.#isUndoable(id, Date.now())) verdicts.undo(id);
  }

  toggleSelected(id: string): void {
    if (this.selected.has(id)) this.selected.delete(id);
    else this.#add(id);
    this.#anchor = id;
  }

  /** The stack of what is in front, or that alone. */
  select(stack: Stack | null = this.view.stack_min > 0 ? this.stack : null): void {
    if (!stack) return void (this.current && this.toggleSelected(this.current.id));
    const left = stack.members.map(({ id }) => id).filter(this.isLeft);
    const isWhole = left.every((id) => this.selected.has(id));
    for (const id of left) if (isWhole) this.selected.delete(id); else this.#add(id);
  }

  /** From the last one that was selected to this one. */
  selectTo(id: string): void {
    const from = this.#anchor ?? this.current?.id ?? id;
    for (const other of between(this.ids, from, id)) this.#add(other);
  }

  #add(id: string): void {
    const violation = this.find(id);
    if (!violation || !this.isLeft(id)) return;
    this.selected.add(id);
    void verdicts.read(violation);
  }

  keep(change: Partial<Kept>): void {
    this.view = { ...this.view, ...change };
    try {
      localStorage.setItem(STORED_AS, JSON.stringify(this.view));
    } catch {
      // Not kept then; the choice holds for this visit.
    }
  }

  say(note: Note): void {
    clearTimeout(this.#noteTimer);
    this.note = note;
    this.#noteTimer = setTimeout(() => (this.note = null), NOTE_SHOWN_MS);
  }

  #gate(): Exclude<ReturnType<typeof gateOf>, Note> | null {
    if (!this.current) return null;
    const gate = gateOf(this.current, this.#seenFor_ms(this.current.id));
    if (typeof gate === 'object') return gate;
    this.say(gate);
    return null;
  }

  /** Since it is in front with its picture, where that arrived. */
  #seenFor_ms(id: string): number {
    const now = performance.now();
    return Math.min(this.#exposure(id).inFront_ms(now), now - (this.arrived.get(id) ?? 0));
  }

  /** Where there is no picture at all, the clip serves. */
  #hasSeenPicture(id: string): boolean {
    return this.arrived.has(id) || (this.current?.snapshot === null && this.#exposure(id).clip_ms() > 0);
  }

  #askChange(member: Member, finding: Finding): void {
    if (this.current && verdicts.standOf(this.current)?.verdict === finding.verdict) return this.say('same');
    this.asking = { what: 'change', finding, members: [member], isBulk: false };
  }

  #send(member: Member, finding: Finding, changeReason = ''): void {
    const exposure = this.#exposure(member.id);
    const shown = { for_ms: exposure.for_ms(performance.now()), clip_ms: exposure.clip_ms(), picture: this.arrived.has(member.id) };
    const isInFront = this.current?.id === member.id;
    if (verdicts.judge(member, finding, shown, changeReason) && isInFront) this.#goOn();
  }

  async #dismissMany(members: Member[], finding: Finding): Promise<void> {
    this.selected.clear();
    this.bulk = members.map(({ id }) => id);
    const sent = verdicts.dismissMany(members, finding);
    if (this.current && !this.isLeft(this.current.id)) this.#goOn();
    await sent;
  }

  /** Those whose version is known; what was judged meanwhile is selected no longer. */
  #membersOf(ids: string[]): Member[] {
    for (const id of ids) if (!this.isLeft(id)) this.selected.delete(id);
    return ids.flatMap((id) => {
      const violation = this.find(id);
      const stand = violation && verdicts.standOf(violation);
      return stand && this.isLeft(id) ? [{ id, version: stand.version }] : [];
    });
  }

  #isUndoable(id: string, now: number): boolean {
    const mark = verdicts.marks.get(id);
    if (mark) return mark.state === 'sending' && mark.act === 'judge';
    return verdicts.undoableUntil(id, now) !== null;
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

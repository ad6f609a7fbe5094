// Where each verdict stands, as far as this page knows, and what this page has sent about it. Acts on one violation go one
// after the other; each is bound to the version that was on the screen. An answer that gets lost is never guessed: the
// server is asked where the verdict stands.

import { SvelteMap } from 'svelte/reactivity';
import { Problem, type Verdict, type Violation } from './api';
import { session } from './session.svelte';
import { chunks, deadlineOf, isOurs, isUndone, MOST_AT_ONCE, verdictApi } from './verdict';
import type { Finding, Member, Shown, VerdictView } from './verdict';

/** Requests of one dismissal of many that run at once. */
const AT_ONCE = 4;
/** Acts that may still be undone; nobody judges more in that time. */
const MOST_PAST = 100;
/** After this long the server is asked again about a verdict of which nobody knows whether it was taken. */
const AGAIN_MS = 5_000;

export interface Stand {
  version: number;
  verdict: Verdict;
  /** Until when its giver can undo it, by this machine's clock. */
  deadline: number | null;
  awaitsSecond: boolean;
  /** The whole answer; null while only a list was read. */
  view: VerdictView | null;
}

export type Act = 'judge' | 'undo' | 'sign';

/** An act of this page that is under way or failed. */
export interface Mark {
  act: Act;
  finding: Finding | null;
  state: 'sending' | 'failed';
  version: number;
  problem: Problem | null;
  /** Whether nobody knows if the server took it. */
  isUnsure: boolean;
}

/** What was judged with one key, for undo. */
export interface Past {
  ids: string[];
  finding: Finding;
}

class Verdicts {
  marks = new SvelteMap<string, Mark>();
  past = $state.raw<Past[]>([]);
  /** Acts under way: leaving the page now would lose sight of them. */
  sending = $derived([...this.marks.values()].filter(({ state }) => state === 'sending').length);

  #known = new SvelteMap<string, Stand>();
  #lines = new Map<string, Promise<void>>();
  #reading = new Set<string>();
  #later: ReturnType<typeof setTimeout> | undefined;
  #me = $derived(session.account?.name ?? '');

  /** Where the verdict stands: as this page learned it, or as a list says where that is newer. */
  standOf({ id, judged, verdict }: Violation): Stand {
    const known = this.#known.get(id);
    // A viewer without `judged` sees what counts.
    const { version, undo_until, ...listed } = judged ?? { version: 0, verdict, undo_until: null, awaits_second: false };
    if (known && known.version >= version) return known;
    return { version, verdict: listed.verdict, deadline: undo_until ? Date.parse(undo_until) : null, awaitsSecond: listed.awaits_second, view: null };
  }

  /** What is shown: an act under way counts as done. */
  shownOf(violation: Violation): Verdict {
    const mark = this.marks.get(violation.id);
    if (mark?.state === 'sending' && mark.act !== 'sign') return mark.act === 'judge' ? (mark.finding?.verdict ?? 'none') : 'none';
    return this.standOf(violation).verdict;
  }

  failureOf(id: string): Mark | null {
    const mark = this.marks.get(id);
    return mark?.state === 'failed' ? mark : null;
  }

  isSending(id: string): boolean {
    return this.marks.get(id)?.state === 'sending';
  }

  /** Until when this account can undo its own verdict; null: it cannot. */
  undoableUntil(id: string, now: number): number | null {
    const stand = this.#known.get(id);
    const isOwn = stand?.view?.standing?.by === this.#me;
    return isOwn && stand.deadline !== null && stand.deadline > now ? stand.deadline : null;
  }

  /** Whether this account can take its verdict back, also one that is on its way. */
  canUndo(id: string, now: number): boolean {
    const mark = this.marks.get(id);
    if (mark) return mark.state === 'sending' && mark.act === 'judge';
    return this.undoableUntil(id, now) !== null;
  }

  /** What was judged last and can be undone. */
  lastGiven(now: number): Past | null {
    const isGiven = (id: string) => this.canUndo(id, now);
    const last = this.past.findLast(({ ids }) => ids.some(isGiven));
    return last ? { ...last, ids: last.ids.filter(isGiven) } : null;
  }

  /** Reads who judged, when and why, unless that is known. */
  async read(violation: Violation): Promise<void> {
    const { id } = violation;
    const { version, view } = this.standOf(violation);
    if (version === 0 || view?.version === version || this.#reading.has(id)) return;
    this.#reading.add(id);
    await this.#truth(id);
    this.#reading.delete(id);
  }

  /** Gives a verdict on what was seen with `version`. False: one is under way already. */
  judge({ id, version }: Member, finding: Finding, shown: Shown, changeReason = ''): boolean {
    if (this.isSending(id)) return false;
    this.#begin(id, { act: 'judge', finding, version });
    this.#note([id], finding);
    this.#queue(id, () => this.#attempt(id, version, finding, () => verdictApi.give({ id, version }, finding, changeReason, shown)));
    return true;
  }

  /** Takes the own verdict back, after its answer where that is still on its way. */
  undo(id: string): void {
    const mark = this.marks.get(id);
    if (mark?.act === 'undo' && mark.state === 'sending') return;
    this.#begin(id, { act: 'undo', finding: null, version: this.#known.get(id)?.version ?? 0 });
    this.#queue(id, async () => {
      const stand = this.#known.get(id);
      if (this.failureOf(id)) return; // What should be undone was not taken.
      if (!stand?.view?.standing) return void this.marks.delete(id);
      const given = stand.view.standing;
      const asked = Date.now();
      try {
        this.#took(id, await verdictApi.undo({ id, version: stand.version }), asked);
      } catch (cause) {
        const truth = await this.#truth(id);
        if (truth && isUndone(truth, stand.version, given)) this.marks.delete(id);
        else this.#fail(id, { act: 'undo', finding: null, version: stand.version }, cause, truth);
      }
    });
  }

  sign({ id, version }: Member): void {
    if (this.isSending(id)) return;
    this.#begin(id, { act: 'sign', finding: null, version });
    this.#queue(id, async () => {
      const asked = Date.now();
      try {
        this.#took(id, await verdictApi.sign({ id, version }), asked);
      } catch (cause) {
        const truth = await this.#truth(id);
        if (truth?.standing?.second_by === this.#me) this.marks.delete(id);
        else this.#fail(id, { act: 'sign', finding: null, version }, cause, truth);
      }
    });
  }

  /** Dismisses many; each has its own outcome, which `marks` and `standOf` have. */
  async dismissMany(members: Member[], finding: Finding): Promise<void> {
    const free = members.filter(({ id }) => !this.isSending(id));
    for (const { id, version } of free) this.#begin(id, { act: 'judge', finding, version });
    this.#note(free.map(({ id }) => id), finding);
    const jobs = chunks(free, MOST_AT_ONCE).map((some) => {
      const job = this.#dismiss(some, finding);
      // Undoing one of them waits for all of its request.
      for (const { id } of some) this.#queue(id, () => job);
      return job;
    });
    await Promise.all(jobs);
  }

  /** What the live stream says of a violation. */
  heard(violation: Violation): void {
    const { id, judged } = violation;
    const known = this.#known.get(id);
    if (judged && known && judged.version > known.version) this.#known.delete(id);
    if (this.failureOf(id)?.isUnsure) void this.#settle(id);
  }

  /** The server answers again: what nobody knew is asked for. */
  reconcile(): void {
    for (const [id, mark] of this.marks) if (mark.state === 'failed' && mark.isUnsure) void this.#settle(id);
  }

  /** The reader has read it. */
  forget(id: string): void {
    if (this.failureOf(id)) this.marks.delete(id);
  }

  #note(ids: string[], finding: Finding): void {
    this.past = [...this.past.slice(1 - MOST_PAST), { ids, finding }];
  }

  #begin(id: string, mark: Pick<Mark, 'act' | 'finding' | 'version'>): void {
    this.marks.set(id, { ...mark, state: 'sending', problem: null, isUnsure: false });
  }

  #queue(id: string, job: () => Promise<void>): void {
    const line = (this.#lines.get(id) ?? Promise.resolve()).then(job);
    this.#lines.set(id, line);
    void line.finally(() => this.#lines.get(id) === line && this.#lines.delete(id));
  }

  async #attempt(id: string, version: number, finding: Finding, send: () => Promise<VerdictView>): Promise<void> {
    const asked = Date.now();
    try {
      this.#took(id, await send(), asked, 'judge');
    } catch (cause) {
      await this.#settleJudge(id, version, finding, cause, asked);
    }
  }

  async #dismiss(members: Member[], finding: Finding): Promise<void> {
    const asked = Date.now();
    try {
      const { items } = await verdictApi.dismiss(members, finding);
      const outcomes = new Map(items.map((item) => [item.id, item]));
      await each(members, async ({ id, version }) => {
        const { verdict, problem } = outcomes.get(id) ?? {};
        if (verdict) return this.#took(id, verdict, asked, 'judge');
        const cause = problem ? new Problem(problem.status, problem.detail ?? null, { kind: kindOf(problem.type) }) : new Problem(null, null);
        await this.#settleJudge(id, version, finding, cause, asked);
      });
    } catch (cause) {
      await each(members, ({ id, version }) => this.#settleJudge(id, version, finding, cause, asked));
    }
  }

  /** A verdict that was refused or got no answer. */
  async #settleJudge(id: string, version: number, finding: Finding, cause: unknown, asked: number): Promise<void> {
    const truth = await this.#truth(id);
    if (truth && isOurs(truth, version, finding, this.#me)) this.#took(id, truth, asked, 'judge');
    else this.#fail(id, { act: 'judge', finding, version }, cause, truth);
  }

  async #settle(id: string): Promise<void> {
    const mark = this.failureOf(id);
    const truth = await this.#truth(id);
    // Another act may have begun meanwhile.
    if (!mark || this.marks.get(id) !== mark) return;
    if (!truth) return this.#reconcileLater();
    const isDone = mark.finding ? isOurs(truth, mark.version, mark.finding, this.#me) : truth.version > mark.version;
    if (isDone) this.marks.delete(id);
    else this.marks.set(id, { ...mark, isUnsure: false });
  }

  #fail(id: string, mark: Pick<Mark, 'act' | 'finding' | 'version'>, cause: unknown, truth: VerdictView | null): void {
    const problem = Problem.of(cause);
    // Browsers send a request again whose connection broke: what is in conflict then may be the own verdict.
    const { status } = problem;
    const isUnsure = truth === null && (status === null || status === 409 || status >= 500);
    this.marks.set(id, { ...mark, state: 'failed', problem, isUnsure });
    if (isUnsure) this.#reconcileLater();
  }

  #reconcileLater(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.reconcile(), AGAIN_MS);
  }

  #took(id: string, view: VerdictView, asked: number, during?: Act): void {
    this.#keep(id, view, asked);
    // An undo that waits in line behind it shows already.
    const mark = this.marks.get(id);
    if (!during || mark?.act === during) this.marks.delete(id);
  }

  #keep(id: string, view: VerdictView, asked: number): void {
    const known = this.#known.get(id);
    if (known && known.version > view.version) return;
    // What was learned when it was given is the nearer deadline.
    const deadline = known?.version === view.version && known.deadline !== null ? known.deadline : deadlineOf(view, asked);
    this.#known.set(id, { version: view.version, verdict: view.verdict, deadline, awaitsSecond: view.standing?.second === 'awaited', view });
  }

  async #truth(id: string): Promise<VerdictView | null> {
    try {
      const view = await verdictApi.read(id);
      // It may have been given a while ago: the clocks have to do.
      this.#keep(id, view, view.standing ? Date.parse(view.standing.at) : Date.now());
      return view;
    } catch {
      return null;
    }
  }
}

const kindOf = (type: string) => type.split(':').at(-1) ?? null;

/** A few at a time. */
async function each<T>(items: T[], act: (item: T) => Promise<void> | void): Promise<void> {
  const left = [...items];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

export const verdicts = new Verdicts();

// One case as the page shows it: read, and taken on by steps. A step is bound to the version that is on the screen. Where
// another account was faster the case is read again, and what was typed stays in its form.

import { Problem } from './api';
import { cases, type Act, type CaseDetail, type Step, type TakenStep } from './cases';
import { isTaken } from './offered';
import { session } from './session.svelte';

/** Who was faster; null where the case does not say. */
export type Conflict = { by: TakenStep | null };

const faster = (detail: CaseDetail, seen: number): Conflict => ({ by: detail.steps.findLast(({ version }) => version > seen) ?? null });

export class CaseFile {
  detail = $state.raw<CaseDetail | null>(null);
  /** Why it is not there. */
  problem = $state.raw<Problem | null>(null);
  /** Why the last step came to nothing. */
  refusal = $state.raw<Problem | null>(null);
  conflict = $state.raw<Conflict | null>(null);
  isSending = $state(false);
  /** The step that was taken last on this page. */
  taken = $state<Step | null>(null);
  /** A form is open: what happens meanwhile is shown beside it. */
  isWriting = false;

  #request = new AbortController();

  constructor(readonly id: string) {}

  /** Reads it: at the start, and whenever the reader comes back to the page. */
  async read(): Promise<void> {
    if (this.isSending) return;
    this.#request.abort();
    const request = (this.#request = new AbortController());
    try {
      const detail = await cases.one(this.id, request.signal);
      if (this.isSending) return;
      const seen = this.detail?.version;
      this.#show(detail);
      if (this.isWriting && seen !== undefined && detail.version > seen) this.conflict = faster(detail, seen);
    } catch (cause) {
      if (request.signal.aborted) return;
      // What is shown stays: bad reception takes nothing away.
      if (!this.detail) this.problem = Problem.of(cause);
    }
  }

  /** The case went on elsewhere. */
  async readIfOlder(version: number): Promise<void> {
    if ((this.detail?.version ?? 0) < version) await this.read();
  }

  leave(): void {
    this.#request.abort();
  }

  /** Takes a step. Answers whether it is on record. */
  async take(act: Act): Promise<boolean> {
    const seen = this.detail;
    if (!seen || this.isSending) return false;
    this.#request.abort();
    [this.isSending, this.refusal, this.conflict, this.taken] = [true, null, null, null];
    try {
      this.#show(await cases.step(this.id, seen.version, act));
      this.taken = act.step;
      return true;
    } catch (cause) {
      return await this.#refused(Problem.of(cause), seen.version, act);
    } finally {
      this.isSending = false;
    }
  }

  /** Nothing is shown of an earlier attempt once another form is opened. */
  forget(): void {
    [this.refusal, this.conflict, this.taken] = [null, null, null];
  }

  async #refused(problem: Problem, seen: number, act: Act): Promise<boolean> {
    const isLost = problem.status === null || problem.status >= 500;
    const fresh = isLost || problem.status === 409 ? await cases.one(this.id).catch(() => null) : null;
    if (fresh) this.#show(fresh);
    if (fresh && isTaken(fresh, seen, act, session.account?.name ?? '')) {
      this.taken = act.step;
      return true;
    }
    if (problem.kind === 'changed') this.conflict = fresh ? faster(fresh, seen) : { by: null };
    else this.refusal = problem;
    return false;
  }

  #show(detail: CaseDetail): void {
    this.detail = detail;
    this.problem = null;
  }
}

// What the evidence of violations lacks. The server reads every file for it, so one is asked for after the other.

import { SvelteMap } from 'svelte/reactivity';
import { cases, type Grade } from './cases';
import { session } from './session.svelte';

export const mayGrade = () => session.may('give_verdict') || session.may('read_audit');

/** What is missing besides the signatures, which a violation has only in its case. */
export const missingOf = ({ checks }: Grade) => checks.filter(({ finding, item }) => finding === 'missing' && item !== 'two_officers');

class Grades {
  known = new SvelteMap<string, Grade | 'loading' | 'failed'>();
  #line: Promise<void> = Promise.resolve();

  ask(violation: string, isAgain = false): void {
    if (!mayGrade() || (this.known.has(violation) && !isAgain)) return;
    this.known.set(violation, 'loading');
    this.#line = this.#line.then(async () => {
      this.known.set(violation, await cases.grade(violation).catch(() => 'failed' as const));
    });
  }

  /** The grade, once it is there. */
  of(violation: string): Grade | null {
    const grade = this.known.get(violation);
    return typeof grade === 'object' ? grade : null;
  }
}

export const grades = new Grades();

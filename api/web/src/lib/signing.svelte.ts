// Signatures under disposals: asked for once more, then sent one after another. Each is bound to what the officer saw.

import { Problem } from './api';
import { changeOf, disposals, hasSigned, type Disposal, type DisposalDetail } from './disposals';
import { session } from './session.svelte';

/** What became of one signature: the disposal since, or why it was not signed. */
export type Outcome = { seen: Disposal; signed: DisposalDetail; problem: null } | { seen: Disposal; signed: null; problem: Problem };

const isLost = ({ status }: Problem) => status === null || status >= 500;
/** The signature is surely not on record. */
const unsent = ({ status, detail }: Problem) => new Problem(status, detail, { kind: 'unsent' });

export class Signing {
  /** What the dialog asks about; null: it is closed. */
  asked = $state.raw<Disposal[] | null>(null);
  isSending = $state(false);
  /** Of the round that runs, or ran last. */
  sent = $state(0);
  total = $state(0);
  outcomes = $state.raw<Outcome[]>([]);

  signed = $derived(this.outcomes.flatMap(({ signed }) => signed ?? []));
  disposed = $derived(this.signed.filter((one) => one.case.disposed_at !== null));
  refused = $derived(this.outcomes.filter((one) => one.problem !== null));

  ask(items: Disposal[]): void {
    [this.outcomes, this.sent, this.total] = [[], 0, items.length];
    if (items.length > 0) this.asked = items;
  }

  cancel(): void {
    if (!this.isSending) this.asked = null;
  }

  async sign(): Promise<void> {
    const items = this.asked ?? [];
    if (this.isSending) return;
    this.isSending = true;
    const outcomes: Outcome[] = [];
    for (const seen of items) {
      const outcome = await signOne(seen);
      outcomes.push(outcome);
      this.sent = outcomes.length;
      // Without a connection the others would fail alike.
      if (outcome.problem && isLost(outcome.problem)) break;
    }
    [this.outcomes, this.asked, this.isSending] = [outcomes, null, false];
  }
}

async function signOne(seen: Disposal): Promise<Outcome> {
  const { id } = seen.case;
  const me = session.account?.name ?? '';
  try {
    const change = changeOf(seen, await disposals.one(id), me);
    if (change) throw new Problem(409, null, { kind: 'disposal', key: change });
  } catch (cause) {
    const problem = Problem.of(cause);
    return { seen, signed: null, problem: isLost(problem) ? unsent(problem) : problem };
  }
  try {
    return { seen, signed: await disposals.sign(id, seen.version), problem: null };
  } catch (cause) {
    const problem = Problem.of(cause);
    // The answer may be lost and the signature on record. A browser sends again by itself what broke off: then the server refuses.
    const fresh = isLost(problem) || problem.kind === 'disposal' ? await disposals.one(id).catch(() => null) : null;
    if (fresh && hasSigned(fresh, me)) return { seen, signed: fresh, problem: null };
    return { seen, signed: null, problem: fresh && isLost(problem) ? unsent(problem) : problem };
  }
}

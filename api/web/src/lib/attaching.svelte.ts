// The files that go with a step: scaled, sent at once, tried again. The step names the ids of what arrived. What
// arrived stays chosen when the form is opened again: by account, case and step, as drafts are.

import { Problem } from './api';
import { MOST_OF_STEP, refusalOf, shelves, untakenOf, type Attachment } from './attachments';
import type { CaseDetail, Step } from './cases';
import { drafts } from './drafts';
import { scaled } from './scale';
import { session } from './session.svelte';
import { upload } from './upload';

export class Attached {
  share = $state(0);
  /** The server's answer; null before. */
  sent = $state.raw<Attachment | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly stop = new AbortController();

  /** `file` is null for what was sent before the form was opened. */
  constructor(readonly key: string, readonly name: string, readonly type: string, readonly file: File | null) {}
}

export class Attaching {
  items = $state<Attached[]>([]);
  /** More were chosen than a step takes. */
  areTooMany = $state(false);
  isBusy = $derived(this.items.some(({ sent, problem }) => !sent && !problem));
  hasFailed = $derived(this.items.some(({ problem }) => problem !== null));
  /** Everything is on the server, or can go there once there is a connection. */
  canWait = $derived(this.items.every(({ problem }) => problem === null || problem.status === null));
  isWhole = $derived(!this.isBusy && !this.hasFailed);

  readonly #draft: [string, string, string];
  #count = 0;

  constructor(readonly detail: CaseDetail, step: Step) {
    const account = session.account?.name ?? '';
    this.#draft = [account, detail.id, `${step} attachments`];
    const chosen = drafts.read(...this.#draft).split(' ');
    this.items = untakenOf(detail, account).filter(({ id }) => chosen.includes(id)).map(before);
  }

  /** What the step names. The same file chosen twice is one. */
  get ids(): string[] {
    return [...new Set(this.items.flatMap(({ sent }) => (sent ? [sent.id] : [])))];
  }

  add(files: Iterable<File>): void {
    const all = [...files];
    const room = Math.max(0, MOST_OF_STEP - this.items.length);
    this.areTooMany = all.length > room;
    for (const file of all.slice(0, room)) {
      this.#count += 1;
      this.items.push(new Attached(String(this.#count), file.name, file.type, file));
      void this.#send(this.items.at(-1)!);
    }
  }

  retry(item: Attached): void {
    void this.#send(item);
  }

  /** The network is back. */
  retryLost(): void {
    for (const item of this.items) if (item.problem?.status === null) this.retry(item);
  }

  remove(item: Attached): void {
    item.stop.abort();
    this.items = this.items.filter(({ key }) => key !== item.key);
    this.areTooMany = false;
    this.#keep();
  }

  /** The form is closed. */
  leave(): void {
    for (const { stop } of this.items) stop.abort();
  }

  /** The step took them. */
  forget(): void {
    drafts.keep(...this.#draft, '');
  }

  async #send(item: Attached): Promise<void> {
    if (!item.file) return;
    [item.problem, item.share] = [null, 0];
    const { signal } = item.stop;
    try {
      const file = await scaled(item.file);
      const refusal = refusalOf(file);
      if (refusal) throw refusal;
      const { name, type } = file;
      item.sent = await upload(shelves.ofCase(this.detail.id), { name, type, body: file }, (share) => (item.share = share), signal);
      this.#keep();
    } catch (cause) {
      if (!signal.aborted) item.problem = Problem.of(cause);
    }
  }

  #keep(): void {
    drafts.keep(...this.#draft, this.ids.join(' '));
  }
}

function before(sent: Attachment): Attached {
  const item = new Attached(sent.id, sent.name, sent.type, null);
  item.sent = sent;
  return item;
}

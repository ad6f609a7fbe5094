// The outbox of findings and re-checks on site: kept on the phone at once, sent whenever there is a connection. One sender at a time: photos
// first, then the finding. Every step is written down before the next, so that whatever breaks off goes on from there.

import { get, Problem, send } from './api';
import type { SessionView } from './accounts';
import { shelves } from './attachments';
import { cases } from './cases';
import { actOf, areGone, bodyOf, emptyFound, isChangeable, isEmpty, isOver, isPassing, newId, refused, retried, sentAt, toSend, withoutAttachments, type Found } from './outbox';
import { isTaken } from './offered';
import { store, type KeptPhoto } from './outbox-store';
import { session } from './session.svelte';
import { upload } from './upload';

const AGAIN_MS = 30_000;
/** Pages of one browser take turns. */
const LOCK = 'anjian.outbox';

class Outbox {
  items = $state.raw<Found[]>([]);
  /** The one on its way, and which share of its photos has gone. */
  sending = $state.raw<{ id: string; share: number } | null>(null);
  /** Why the newest attempt came to nothing; null once one succeeded. */
  trouble = $state.raw<Problem | null>(null);
  /** The browser keeps nothing. */
  isBroken = $state(false);
  isKnown = $state(false);

  waiting = $derived(toSend(this.items).length);
  /** Not on the server, and not in the form. */
  kept = $derived(this.items.filter(({ state }) => state === 'waiting' || state === 'refused').length);
  draft = $derived(this.items.find(({ state }) => state === 'draft') ?? null);
  listed = $derived(this.items.filter(({ state }) => state !== 'draft').toSorted((a, b) => b.found_at.localeCompare(a.found_at)));

  #account = '';
  #stop = new AbortController();
  #isRunning = false;
  /** Counts writes: what was read meanwhile is older. */
  #writes = 0;

  /** Begins for who is signed in; answers how to end. */
  start(account: string): () => void {
    [this.#account, this.#stop] = [account, new AbortController()];
    const { signal } = this.#stop;
    void this.#read();
    const visit = () => void this.send();
    addEventListener('online', visit, { signal });
    document.addEventListener('visibilitychange', () => !document.hidden && visit(), { signal });
    const timer = setInterval(() => (this.waiting > 0 || session.isOffline) && visit(), AGAIN_MS);
    return () => {
      clearInterval(timer);
      this.#stop.abort();
    };
  }

  async #read(): Promise<void> {
    try {
      await this.#reload();
      const over = this.items.filter((one) => isOver(one, Date.now()));
      for (const one of over) await store.drop(one);
      this.items = this.items.filter((one) => !over.includes(one));
      this.isKnown = true;
    } catch {
      this.isBroken = true;
    }
    await this.send();
  }

  /** The finding that is being written; begun where there is none. */
  begin(site: string): Found {
    return this.draft ?? emptyFound(newId(), this.#account, site);
  }

  /** Answers whether it is kept. */
  async keep(found: Found): Promise<boolean> {
    return this.#write(found, () => (found.state === 'draft' && isEmpty(found) ? store.drop(found) : store.put(found)));
  }

  /** The same with the bytes of new photos. */
  async keepWith(found: Found, photos: KeptPhoto[]): Promise<boolean> {
    void navigator.storage?.persist?.(); // A browser that runs short of room spares it then.
    return this.#write(found, () => store.putWith(found, photos));
  }

  async removePhoto(found: Found, id: string): Promise<boolean> {
    return this.#write(found, () => store.putWithout(found, [id]));
  }

  /** Deletes the draft, or one that nobody has. */
  async drop(found: Found): Promise<void> {
    if (found.state !== 'draft' && !(await this.#isStillChangeable(found))) return;
    this.#writes += 1;
    await store.drop(found);
    this.items = this.items.filter(({ id }) => id !== found.id);
  }

  async retry(found: Found): Promise<void> {
    if (!(await this.#isStillChangeable(found))) return;
    const again = await this.#renewed(retried(found, newId()), found.refusal?.kind === 'changed');
    this.#writes += 1;
    await store.rename(found.id, again);
    this.items = [...this.items.filter(({ id }) => id !== found.id), again];
    await this.send();
  }

  /** Who tries again has looked at the case as it stands now. */
  async #renewed(found: Found, hasChanged: boolean): Promise<Found> {
    const fresh = found.recheck && hasChanged ? await cases.one(found.recheck.case).catch(() => null) : null;
    return found.recheck && fresh ? { ...found, recheck: { ...found.recheck, version: fresh.version } } : found;
  }

  /** Back into the form, to be changed. */
  async reopen(found: Found): Promise<void> {
    if (await this.#isStillChangeable(found)) await this.keep({ ...found, state: 'draft', refusal: null });
  }

  /** Another page of this browser may have sent it meanwhile. */
  async #isStillChangeable({ id }: Found): Promise<boolean> {
    await this.#reload();
    return this.items.some((one) => one.id === id && isChangeable(one));
  }

  /** As it stands in the store; again where something was written while it was read. */
  async #reload(): Promise<void> {
    let writes: number;
    let all: Found[];
    do {
      writes = this.#writes;
      all = await store.all(this.#account);
    } while (writes !== this.#writes);
    this.items = all;
  }

  async #write(found: Found, write: () => Promise<void>): Promise<boolean> {
    this.#writes += 1;
    try {
      await write();
      this.isBroken = false;
    } catch {
      this.isBroken = true;
      return false;
    }
    this.items = [...this.items.filter(({ id }) => id !== found.id), ...(found.state === 'draft' && isEmpty(found) ? [] : [found])];
    return true;
  }

  /** Sends what waits. */
  async send(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      if (session.isOffline) await session.refresh();
      if (session.isOffline || this.waiting === 0) return;
      await (navigator.locks ? navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? this.#sendAll() : undefined)) : this.#sendAll());
    } finally {
      this.#isRunning = false;
      this.sending = null;
    }
  }

  async #sendAll(): Promise<void> {
    await this.#reload();
    for (const { id } of toSend(this.items)) {
      if (this.#stop.signal.aborted) return;
      try {
        await this.#checkAccount();
        const found = this.items.find((one) => one.id === id);
        if (found?.state === 'waiting') await this.#sendOne(found);
        this.trouble = null;
      } catch (cause) {
        if (this.#stop.signal.aborted) return;
        const problem = Problem.of(cause);
        this.trouble = isPassing(problem) ? problem : null;
        if (this.trouble) return;
        await this.keep(refused(this.#find(id), problem));
      }
    }
  }

  /** Before each request: another account may have signed in in another tab, and nothing of this one goes under its name. */
  async #checkAccount(): Promise<void> {
    const { account } = await get<SessionView>('/api/v1/session');
    if (account?.name === this.#account) return;
    await session.refresh();
    throw new Problem(401, null);
  }

  async #sendOne(found: Found): Promise<void> {
    const tried = { ...found, tried_at: new Date().toISOString() };
    await this.keep(tried);
    const whole = await this.#sendPhotos(tried);
    try {
      await this.#record(whole);
    } catch (cause) {
      if (!areGone(Problem.of(cause), found)) throw cause;
      await this.#record(await this.#sendPhotos(withoutAttachments(whole)));
    }
    const photos = this.#find(found.id).photos.map(({ id }) => id);
    const done = sentAt(this.#find(found.id), new Date().toISOString());
    await this.#write(done, () => store.putWithout(done, photos));
  }

  async #record(found: Found): Promise<void> {
    await this.#checkAccount();
    if (found.recheck) await this.#recheck(found, found.recheck);
    else await send('POST', '/api/v1/findings', bodyOf(found));
  }

  /** A step has no id: where its answer was lost, the case says whether it was taken. */
  async #recheck(found: Found, { case: id, version, on }: NonNullable<Found['recheck']>): Promise<void> {
    try {
      await cases.step(id, version, actOf(found, on));
    } catch (cause) {
      if (Problem.of(cause).kind !== 'changed' || !isTaken(await cases.one(id), version, { step: 'recheck' }, this.#account)) throw cause;
    }
  }

  /** Those that have not arrived. Each is noted as soon as it has. */
  async #sendPhotos(found: Found): Promise<Found> {
    let whole = found;
    for (const [at, photo] of found.photos.entries()) {
      if (photo.attachment !== null) continue;
      const bytes = await store.photo(photo.id);
      if (!bytes) throw new Problem(422, null, { kind: 'photo-lost' });
      await this.#checkAccount();
      const onsent = (share: number) => (this.sending = { id: found.id, share: (at + share) / found.photos.length });
      const { id: attachment } = await upload(found.recheck ? shelves.ofCase(found.recheck.case) : shelves.ofSite(found.site), { name: photo.name, type: photo.type, body: bytes }, onsent, this.#stop.signal);
      whole = { ...whole, photos: whole.photos.map((one) => (one.id === photo.id ? { ...one, attachment } : one)) };
      await this.keep(whole);
    }
    return whole;
  }

  #find(id: string): Found {
    const found = this.items.find((one) => one.id === id);
    if (!found) throw new Error(`the outbox has no finding ${id}`);
    return found;
  }
}

export const outbox = new Outbox();

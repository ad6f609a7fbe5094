// Opening the page without a connection: its files are kept by the service worker, names and choices of the form beside the outbox.

import type { OwnAccount } from './accounts';
import { behaviours } from './behaviours.svelte';
import { desk } from './desk.svelte';
import { outbox } from './outbox.svelte';
import { store } from './outbox-store';
import { session } from './session.svelte';

/** Findings stand on record under a name. */
export const mayFind = () => session.may('find_on_site') && !session.isOpen;

class Offline {
  /** The page opens without a connection from now on. */
  isReady = $state(false);

  /** Begins for an account that finds on site; answers how to end. */
  start({ name }: OwnAccount): () => void {
    void this.#register();
    if (session.isOffline) void this.#recall(name);
    return outbox.start(name);
  }

  /** Over plain HTTP browsers have no service workers: the page then has to stay open. */
  async #register(): Promise<void> {
    if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
    try {
      await navigator.serviceWorker.register('/sw.js');
      await navigator.serviceWorker.ready;
      this.isReady = true;
    } catch {
      // What was kept of an earlier build still serves; else the form says that the page has to stay open.
    }
  }

  async #recall(account: string): Promise<void> {
    const known = await store.known(account).catch(() => null);
    if (!known) return;
    if (desk.sites.length === 0) desk.sites = known.sites;
    if (behaviours.items.length === 0) behaviours.items = known.behaviours;
  }

  /** What the server answered last is what is known without it. */
  keep(account: string): void {
    const [sites, items] = [$state.snapshot(desk.sites), $state.snapshot(behaviours.items)];
    if (session.isOffline || sites.length === 0 || items.length === 0) return;
    void store.keepKnown({ account, sites, behaviours: items }).catch(() => undefined);
  }
}

export const offline = new Offline();

// Where the outbox lies: an IndexedDB of the browser, which a closed page and an empty battery leave as it is.

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { BehaviourSpec, Site } from './api';
import type { Found } from './outbox';

/** What the form offers without a connection. */
export interface Known {
  account: string;
  sites: Site[];
  behaviours: BehaviourSpec[];
}

export interface KeptPhoto {
  id: string;
  bytes: ArrayBuffer;
}

interface Schema extends DBSchema {
  findings: { key: string; value: Found; indexes: { account: string } };
  /** Apart from findings, so that a letter typed does not write megabytes. */
  photos: { key: string; value: KeptPhoto };
  known: { key: string; value: Known };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('anjian', 1, {
    upgrade(db) {
      db.createObjectStore('findings', { keyPath: 'id' }).createIndex('account', 'account');
      db.createObjectStore('photos', { keyPath: 'id' });
      db.createObjectStore('known', { keyPath: 'account' });
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

export const store = {
  all: async (account: string): Promise<Found[]> => (await database()).getAllFromIndex('findings', 'account', account),

  put: async (found: Found): Promise<void> => {
    await (await database()).put('findings', found);
  },

  /** Its photos go with it. */
  drop: async ({ id, photos }: Found): Promise<void> => {
    const change = (await database()).transaction(['findings', 'photos'], 'readwrite');
    await Promise.all([change.objectStore('findings').delete(id), ...photos.map((photo) => change.objectStore('photos').delete(photo.id)), change.done]);
  },

  /** Writes one and lets go of photos that it needs no longer, both or neither. */
  putWithout: async (found: Found, photos: string[]): Promise<void> => {
    const change = (await database()).transaction(['findings', 'photos'], 'readwrite');
    await Promise.all([change.objectStore('findings').put(found), ...photos.map((id) => change.objectStore('photos').delete(id)), change.done]);
  },

  /** Writes one together with the bytes of new photos. */
  putWith: async (found: Found, photos: KeptPhoto[]): Promise<void> => {
    const change = (await database()).transaction(['findings', 'photos'], 'readwrite');
    await Promise.all([...photos.map((photo) => change.objectStore('photos').put(photo)), change.objectStore('findings').put(found), change.done]);
  },

  /** Gives one another id. */
  rename: async (old: string, found: Found): Promise<void> => {
    const change = (await database()).transaction('findings', 'readwrite');
    await Promise.all([change.store.delete(old), change.store.put(found), change.done]);
  },

  photo: async (id: string): Promise<ArrayBuffer | null> => (await (await database()).get('photos', id))?.bytes ?? null,

  known: async (account: string): Promise<Known | null> => (await (await database()).get('known', account)) ?? null,

  keepKnown: async (known: Known): Promise<void> => {
    await (await database()).put('known', known);
  },

  dropKnown: async (account: string): Promise<void> => {
    await (await database()).delete('known', account);
  },
};

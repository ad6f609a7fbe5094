// A re-check on site that is written where there is no connection: it waits in the outbox, with its pictures.

import type { Attached } from './attaching.svelte';
import type { CaseDetail } from './cases';
import { emptyFound, newId, type Found, type Photo } from './outbox';
import type { KeptPhoto } from './outbox-store';
import { outbox } from './outbox.svelte';
import { scaled } from './scale';
import { session } from './session.svelte';

export const isKeptFor = (id: string) => outbox.listed.some(({ recheck, state }) => recheck?.case === id && state !== 'sent');

/** Answers whether it is kept. */
export async function keepRecheck({ id, site, version }: CaseDetail, on: string, words: string, attached: Attached[]): Promise<boolean> {
  const kept = await Promise.all(attached.map(keptOf));
  const empty = emptyFound(newId(), session.account?.name ?? '', site);
  const photos = kept.map(({ photo }) => photo);
  const found: Found = { ...empty, state: 'waiting', words, photos, recheck: { case: id, version, on }, found_at: new Date().toISOString() };
  return outbox.keepWith(found, kept.flatMap(({ bytes }) => bytes ?? []));
}

async function keptOf({ name, type, file, sent }: Attached): Promise<{ photo: Photo; bytes: KeptPhoto | null }> {
  const id = newId();
  if (sent) return { photo: { id, name: sent.name, type: sent.type, size_bytes: sent.size_bytes, attachment: sent.id }, bytes: null };
  if (!file) throw new Error(`${name} has no content`);
  const picture = await scaled(file);
  const photo = { id, name: picture.name, type: picture.type || type, size_bytes: picture.size, attachment: null };
  return { photo, bytes: { id, bytes: await picture.arrayBuffer() } };
}

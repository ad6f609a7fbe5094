// What an officer's phone keeps of findings and re-checks on site until the server has them, and what becomes of one after each attempt. Knows
// no storage, no network and no language.

import type { Problem } from './api';
import type { ActView, NewFindingView } from './openapi';

export const MOST_PHOTOS = 5;
export const MOST_FINDING_WORDS = 2_000;
export const MOST_PLACE = 200;
/** What was sent stays listed for so long. */
const SENT_SHOWN_MS = 24 * 3_600_000;

/** A photo or short video; its bytes are kept beside. */
export interface Photo {
  id: string;
  name: string;
  type: string;
  size_bytes: number;
  /** What the server calls it; null until it has arrived there. */
  attachment: string | null;
}

/** Why the server refused one for good. */
export interface Refusal {
  status: number | null;
  kind: string | null;
  key: string | null;
  detail: string | null;
}

/** `draft` while it is written. `waiting` until the server answers: a page that is closed while it sends leaves it waiting. */
export type FoundState = 'draft' | 'waiting' | 'refused' | 'sent';

export interface Found {
  /** Made by the phone, and sent with every attempt: the server records it once. */
  id: string;
  /** Nobody else sees or sends it. */
  account: string;
  state: FoundState;
  site: string;
  camera: string;
  /** '' where the words say it. */
  behaviour: string;
  words: string;
  place: string;
  /** A re-check of a case, as the page showed it; null for a finding. */
  recheck: { case: string; version: number; on: string } | null;
  found_at: string;
  photos: Photo[];
  /** The newest attempt; null before the first. */
  tried_at: string | null;
  refusal: Refusal | null;
  sent_at: string | null;
}

export const emptyFound = (id: string, account: string, site: string): Found => ({
  id, account, site, state: 'draft', camera: '', behaviour: '', words: '', place: '', recheck: null, found_at: '', photos: [], tried_at: null, refusal: null, sent_at: null,
});

export const isEmpty = ({ words, place, photos }: Found) => words.trim() === '' && place.trim() === '' && photos.length === 0;

export type FoundField = 'photos' | 'site' | 'place' | 'words';

/** What has to be filled in before it can be sent. */
export function missingIn({ photos, site, place, words }: Found): FoundField[] {
  const lacks: [FoundField, boolean][] = [
    ['photos', photos.length === 0 || photos.length > MOST_PHOTOS], ['site', site === ''], ['place', isOutside(place, MOST_PLACE)], ['words', isOutside(words, MOST_FINDING_WORDS)],
  ];
  return lacks.filter(([, isMissing]) => isMissing).map(([field]) => field);
}

const isOutside = (text: string, most: number) => text.trim() === '' || [...text.trim()].length > most;

/** Those that wait, the oldest first. */
export const toSend = (items: Found[]) => items.filter(({ state }) => state === 'waiting').toSorted((a, b) => a.found_at.localeCompare(b.found_at));

/** Nothing of it can be on record yet: it may be changed or deleted. */
export const isChangeable = ({ state, tried_at }: Found) => state === 'refused' || (state === 'waiting' && tried_at === null);

const attachmentsOf = ({ photos }: Found) => [...new Set(photos.flatMap(({ attachment }) => attachment ?? []))];

export function bodyOf(found: Found): NewFindingView {
  const { id, site, camera, behaviour, words, place, found_at } = found;
  const attachments = attachmentsOf(found);
  return { id, site, words: words.trim(), place: place.trim(), found_at, attachments, ...(camera ? { camera } : {}), ...(behaviour ? { behaviour } : {}) };
}

/** The step of a re-check on this day. */
export const actOf = (found: Found, on: string): ActView & { step: 'recheck' } => ({ step: 'recheck', on_site: { on, words: found.words, attachments: attachmentsOf(found) } });

/** Whether the same can succeed later: nothing about the finding is wrong. */
export const isPassing = ({ status }: Pick<Problem, 'status'>) => status === null || status >= 500 || status === 401 || status === 408 || status === 429;

/** What the server has not taken may have gone there: photos expire after a day, and are sent again. */
export const areGone = ({ kind, key }: Pick<Problem, 'kind' | 'key'>, found: Found) => (kind === 'finding' || key === 'no-attachment') && found.photos.some(({ attachment }) => attachment !== null);

export const withoutAttachments = (found: Found): Found => ({ ...found, photos: found.photos.map((photo) => ({ ...photo, attachment: null })) });

export function refused(found: Found, { status, kind, key, detail }: Refusal): Found {
  return { ...found, state: 'refused', refusal: { status, kind, key, detail } };
}

export const sentAt = (found: Found, at: string): Found => ({ ...found, state: 'sent', sent_at: at, refusal: null });

/** Tries one again. Where another account used its id, it takes a new one. */
export function retried(found: Found, fresh: string): Found {
  const again: Found = { ...found, state: 'waiting', refusal: null };
  return found.refusal?.kind === 'known' ? { ...withoutAttachments(again), id: fresh } : again;
}

export const isOver = ({ state, sent_at }: Found, now: number) => state === 'sent' && now - Date.parse(sent_at ?? '') > SENT_SHOWN_MS;

/** A random UUID. Browsers make them themselves over HTTPS only. */
export function newId(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

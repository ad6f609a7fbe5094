// What can be attached, as the server takes it, and which pictures are scaled down before they are sent.

import { Problem } from './api';
import type { CaseDetail } from './cases';
import type { AttachmentView } from './openapi';

export type Attachment = AttachmentView;

const MIB = 1024 * 1024;
const PICTURES = ['image/jpeg', 'image/png', 'image/webp'];
const VIDEO = 'video/mp4';
/** What file dialogs offer. */
export const TAKEN = [...PICTURES, VIDEO, 'application/pdf'].join();
/** Most of a step; the server keeps no more for one account at a case. */
export const MOST_OF_STEP = 20;
const MOST_BYTES = 10 * MIB;
const MOST_VIDEO_BYTES = 50 * MIB;
/** Longest name, in characters. */
const MOST_NAME = 200;

/** Larger pictures are scaled down: phones make them of 10 MiB and more, and networks on sites are slow. */
const SCALED_FROM_BYTES = 4 * MIB;
const LONG_SIDE_PX = 2560;
export const SCALED_TYPE = 'image/jpeg';
export const SCALED_QUALITY = 0.85;

export const isPicture = (type: string) => PICTURES.includes(type);

export const isScaled = ({ type, size }: { type: string; size: number }) => isPicture(type) && size > SCALED_FROM_BYTES;

/** Whole pixels, at most 2,560 on the long side; a small picture keeps its size. */
export function scaledSize(width: number, height: number): { width: number; height: number } {
  const share = Math.min(1, LONG_SIDE_PX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

/** A scaled picture is a JPEG, whatever it was: its name says so. */
export const scaledName = (name: string) => `${name.replace(/\.[^.]*$/, '')}.jpg`;

/** One line that the server takes for a name. */
export function attachmentName(name: string): string {
  const line = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').trim();
  return [...line].slice(0, MOST_NAME).join('') || '-';
}

/** What the server would refuse: found before it is sent over a slow network. */
export function refusalOf({ type, size }: { type: string; size: number }): Problem | null {
  const refused = (status: number, kind: string) => new Problem(status, null, { kind });
  if (!TAKEN.split(',').includes(type)) return refused(415, 'media-type');
  if (size === 0) return refused(422, 'damaged');
  return size > (type === VIDEO ? MOST_VIDEO_BYTES : MOST_BYTES) ? refused(413, 'too-large') : null;
}

/** The same file is refused again. */
export const isFinal = ({ status }: Problem) => status === 413 || status === 415 || status === 422;

const ofCase = (id: string) => `/api/v1/cases/${encodeURIComponent(id)}/attachments`;
const ofSite = (id: string) => `/api/v1/sites/${encodeURIComponent(id)}/attachments`;
const ofFinding = (id: string) => `/api/v1/findings/${encodeURIComponent(id)}/attachments`;
export const shelves = { ofCase, ofSite, ofFinding };

/** What went with the step after which the case had this version. */
export const attachmentsOf = ({ attachments }: CaseDetail, version: number | undefined) => attachments.filter((one) => one.version === version);

/** What this account sent to the case, and no step took yet. */
export const untakenOf = ({ attachments }: CaseDetail, account: string) => attachments.filter(({ version, by }) => version === null && by === account);

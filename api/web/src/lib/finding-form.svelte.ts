// The form of a finding on site. What is typed and photographed is kept at once: phones close pages while their camera is open.

import { Problem } from './api';
import { refusalOf } from './attachments';
import { missingIn, MOST_PHOTOS, newId, type Found } from './outbox';
import { outbox } from './outbox.svelte';
import { scaled } from './scale';

export const FOUND_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'video/mp4'];

export class FindingForm {
  found: Found = $state.raw(outbox.begin(''));
  /** Why a photo was not taken. */
  problem = $state.raw<Problem | null>(null);
  areTooMany = $state(false);
  isTried = $state(false);
  isReading = $state(false);
  missing = $derived(missingIn(this.found));

  /** Begins anew, with the site of the last one. */
  begin(site: string): void {
    this.found = outbox.begin(site);
    [this.problem, this.areTooMany, this.isTried] = [null, false, false];
  }

  change(change: Partial<Found>): void {
    this.#touch(change);
    void outbox.keep(this.found);
  }

  async add(files: File[]): Promise<void> {
    const room = MOST_PHOTOS - this.found.photos.length;
    [this.areTooMany, this.problem, this.isReading] = [files.length > room, null, true];
    for (const file of files.slice(0, Math.max(0, room))) await this.#add(file).catch((cause: unknown) => (this.problem = Problem.of(cause)));
    this.isReading = false;
  }

  async #add(file: File): Promise<void> {
    const picture = await scaled(file);
    const refusal = refusalOf(picture) ?? (FOUND_TYPES.includes(picture.type) ? null : new Problem(415, null, { kind: 'media-type' }));
    if (refusal) throw refusal;
    const bytes = await picture.arrayBuffer();
    const photo = { id: newId(), name: picture.name, type: picture.type, size_bytes: picture.size, attachment: null };
    this.#touch({ photos: [...this.found.photos, photo] });
    // What could not be kept is no photo of it.
    if (!(await outbox.keepWith(this.found, [{ id: photo.id, bytes }]))) this.#touch({ photos: this.found.photos.filter(({ id }) => id !== photo.id) });
  }

  async remove(id: string): Promise<void> {
    this.areTooMany = false;
    this.#touch({ photos: this.found.photos.filter((photo) => photo.id !== id) });
    await outbox.removePhoto(this.found, id);
  }

  /** Into the outbox. Answers whether it is kept there. */
  async save(): Promise<boolean> {
    this.isTried = true;
    if (this.missing.length > 0 || this.isReading) return false;
    const { site } = this.found;
    if (!(await outbox.keep({ ...this.found, state: 'waiting' }))) return false;
    this.begin(site);
    void outbox.send();
    return true;
  }

  /** The moment is that of the first photo or word. */
  #touch(change: Partial<Found>): void {
    this.found = { ...this.found, ...change, found_at: this.found.found_at || new Date().toISOString() };
  }
}

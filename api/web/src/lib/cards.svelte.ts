// The legal-basis cards, read once for the forms and notices that name them.

import { Problem } from './api';
import { records, type CardRef, type LegalCard } from './cases';

class Cards {
  items = $state.raw<LegalCard[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  #asked: Promise<void> | null = null;

  load(): Promise<void> {
    this.#asked ??= records.cards().then(
      (items) => {
        [this.items, this.problem] = [items, null];
      },
      (cause: unknown) => {
        this.#asked = null;
        this.problem = Problem.of(cause);
      },
    );
    return this.#asked;
  }

  find({ behaviour, version }: CardRef): LegalCard | undefined {
    return this.items?.find((card) => card.behaviour === behaviour && card.version === version);
  }

  /** The newest card of each of these behaviours. */
  newestOf(behaviours: string[]): LegalCard[] {
    const newest = new Map<string, LegalCard>();
    for (const card of this.items ?? []) {
      const other = newest.get(card.behaviour);
      if (behaviours.includes(card.behaviour) && (!other || other.version < card.version)) newest.set(card.behaviour, card);
    }
    return [...newest.values()];
  }
}

export const cards = new Cards();

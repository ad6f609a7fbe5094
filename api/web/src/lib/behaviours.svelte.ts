// The behaviours that the server knows: names, icons, colours and keys of rules. A violation of another version's
// behaviour stands with its plain name.

import type { BehaviourSpec } from './api';
import { language } from './language.svelte';

class Behaviours {
  /** In the order in which lists show them; empty until the server has answered. */
  items = $state<BehaviourSpec[]>([]);

  find(name: string): BehaviourSpec | undefined {
    return this.items.find((item) => item.name === name);
  }

  /** In the language of the page. */
  title(name: string): string {
    return this.find(name)?.title[language.code] ?? name;
  }
}

export const behaviours = new Behaviours();

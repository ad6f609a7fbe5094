// What hls.js loads pieces with: its usual loader, and what that brings is freed of sound that no browser plays.

import type Hls from 'hls.js/light';
import type { Fragment, FragmentLoaderContext } from 'hls.js/light';
import { hideUnplayed } from './sound';

type Load = Parameters<InstanceType<typeof Hls.DefaultConfig.loader>['load']>;

/**
 * A loader for one player. An initialization and the first fragment under it are asked for at once, and nobody knows
 * which comes first; only the initialization says which track is to be hidden. So a fragment waits for its own.
 */
export function loaderOf(Player: typeof Hls, onHidden: (hasHidden: boolean) => void) {
  const hidden = new Set<number>();
  const known = new WeakSet<Fragment>();
  const waiting = new WeakMap<Fragment, () => void>();
  return class extends Player.DefaultConfig.loader {
    override load(...[context, config, callbacks]: Load) {
      const { frag } = context as Partial<FragmentLoaderContext>; // A playlist is none.
      const onSuccess: typeof callbacks.onSuccess = (response, stats, on, details) => {
        const pass = () => {
          if (response.data instanceof ArrayBuffer) hideUnplayed(response.data, hidden);
          onHidden(hidden.size > 0);
          callbacks.onSuccess(response, stats, on, details);
        };
        const first = frag?.initSegment;
        if (first && !first.data && !known.has(first)) {
          waiting.set(first, pass);
          return;
        }
        pass();
        if (!frag) return;
        known.add(frag);
        waiting.get(frag)?.();
        waiting.delete(frag);
      };
      super.load(context, config, { ...callbacks, onSuccess });
    }
  };
}

// The present, for "open for 12 s": one timer for the whole page, at rest while nobody looks.

const TICK_MS = 1_000;

export const clock = $state({ now: Date.now() });

setInterval(() => {
  if (!document.hidden) clock.now = Date.now();
}, TICK_MS);
document.addEventListener('visibilitychange', () => (clock.now = Date.now()));

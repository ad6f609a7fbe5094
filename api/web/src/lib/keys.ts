// Keys that belong to what has the focus, not to the page.

const TYPED_INTO = 'input, select, textarea, [contenteditable], [data-calendar]';

/** Whether a key goes to a field, or to the calendar of one. */
export function isTyping({ target }: Event): boolean {
  return target instanceof HTMLElement && target.closest(TYPED_INTO) !== null;
}

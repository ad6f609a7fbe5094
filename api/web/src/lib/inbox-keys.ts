// What each key does in the inbox. Without a page, so that the table can be tested whole.

export type Deed =
  | 'next' | 'previous' | 'right' | 'left' | 'down' | 'up' | 'next_stack' | 'previous_stack'
  | 'play' | 'frame_back' | 'frame_on' | 'confirm' | 'dismiss' | 'sign' | 'undo' | 'stack' | 'boxes' | 'large' | 'find' | 'select' | 'help' | 'leave'
  | { reason: number };

export type Press = Pick<KeyboardEvent, 'key' | 'repeat' | 'isComposing' | 'keyCode' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Where the key goes. */
export interface Where {
  /** Into a field. */
  isTyping: boolean;
  /** To a button or link, which space presses. */
  isOnControl: boolean;
  /** What the page asks for: a reason to dismiss with, or something else in a dialog. */
  asking: 'reason' | 'other' | null;
}

const KEYS: Record<string, Deed> = {
  j: 'next', k: 'previous', ArrowDown: 'down', ArrowUp: 'up', ArrowRight: 'right', ArrowLeft: 'left', ' ': 'play', ',': 'frame_back', '.': 'frame_on',
  c: 'confirm', x: 'dismiss', s: 'sign', z: 'undo', g: 'stack', b: 'boxes', f: 'large', v: 'select', '/': 'find', '?': 'help', Escape: 'leave',
};
/** Chinese keyboards write these with the same keys. */
const SAME: Record<string, string> = { '，': ',', '。': '.', '、': '/', '？': '?', '／': '/' };
/** Keys that may be held down. */
const HELD = new Set<Deed>(['next', 'previous', 'down', 'up', 'left', 'right', 'next_stack', 'previous_stack', 'frame_back', 'frame_on']);
/** What an input method sends while it composes. */
const COMPOSING = 229;

export function deedOf(press: Press, { isTyping, isOnControl, asking }: Where): Deed | null {
  if (press.isComposing || press.keyCode === COMPOSING || isTyping) return null;
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (asking) return asking === 'reason' && !press.repeat && /^[1-9]$/.test(press.key) ? { reason: Number(press.key) } : null;
  if (press.shiftKey && (press.key === 'J' || press.key === 'ArrowDown')) return 'next_stack';
  if (press.shiftKey && (press.key === 'K' || press.key === 'ArrowUp')) return 'previous_stack';
  // Capitals without shift: the lock is on.
  const key = SAME[press.key] ?? (press.shiftKey || press.key.length > 1 ? press.key : press.key.toLowerCase());
  const deed = KEYS[key] ?? null;
  if (deed === 'play' && isOnControl) return null;
  return deed === null || (press.repeat && !HELD.has(deed)) ? null : deed;
}

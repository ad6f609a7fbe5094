// Like violations as one stack: same camera, rule and zone, each within some minutes of the next. New ones at either end
// never part a stack that is shown.

import type { Violation } from './api';

const MINUTE_MS = 60_000;

export interface Stack {
  /** Of its newest member when it was made: the newest of the list. */
  id: string;
  /** Newest first. */
  members: Violation[];
}

const likeness = ({ camera, zone, rule_version }: Violation) => [camera, zone, rule_version].join('\n');

/** `items` newest first; a stack stands where its newest member stands. Within 0 minutes each stands alone. */
export function stacksOf(items: Violation[], within_min: number): Stack[] {
  if (within_min === 0) return items.map((item) => ({ id: item.id, members: [item] }));
  const stacks: Stack[] = [];
  const open = new Map<string, Stack>();
  for (const item of items) {
    const key = likeness(item);
    const stack = open.get(key);
    const last = stack?.members.at(-1);
    if (stack && last && Date.parse(last.opened_at) - Date.parse(item.opened_at) <= within_min * MINUTE_MS) stack.members.push(item);
    else {
      const begun = { id: item.id, members: [item] };
      open.set(key, begun);
      stacks.push(begun);
    }
  }
  return stacks;
}

/** The same stacks, those that did not change as they were: what shows them is not drawn anew. */
export function kept(stacks: Stack[], before: Stack[]): Stack[] {
  const known = new Map(before.map((stack) => [stack.id, stack]));
  const isSame = (a: Stack, b: Stack) => a.members.length === b.members.length && a.members.every((member, at) => member === b.members[at]);
  return stacks.map((stack) => {
    const old = known.get(stack.id);
    return old && isSame(stack, old) ? old : stack;
  });
}

/** The next that is left to do after `from`, else the first of all; null when nothing is left. */
export function nextLeft(order: string[], from: string | null, isLeft: (id: string) => boolean): string | null {
  const at = from === null ? -1 : order.indexOf(from);
  return [...order.slice(at + 1), ...order.slice(0, at + 1)].find((id) => id !== from && isLeft(id)) ?? null;
}

/** From one id to another, both included, whichever comes first. */
export function between(order: string[], one: string, other: string): string[] {
  const [a, b] = [order.indexOf(one), order.indexOf(other)].sort((x, y) => x - y);
  return a === undefined || b === undefined || a < 0 ? [other] : order.slice(a, b + 1);
}

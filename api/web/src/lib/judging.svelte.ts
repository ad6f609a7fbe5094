// Judging what is on the screen, in the inbox and in a violation's details: whether that is possible now, what is asked for
// first, what is sent. An act is bound to the violation and the version that were on the screen when it was asked for.

import type { Violation } from './api';
import type { Exposure } from './exposure';
import { session } from './session.svelte';
import { wayOf, type Finding, type Member, type Shown } from './verdict';
import { verdicts } from './verdicts.svelte';
import { mayJudge, maySign } from './views';

/** Nobody has seen a picture so soon: a key pressed twice must not judge the next violation. */
const LEAST_SEEN_MS = 400;
const NOTE_SHOWN_MS = 4_000;
const CONFIRMED: Finding = { verdict: 'confirmed' };

/** Why nothing was done; the dictionary has the text under this name. */
export type Note =
  | 'no_picture' | 'too_soon' | 'one_by_one' | 'nothing_to_undo' | 'wait' | 'wait_own' | 'same' | 'no_clip' | 'sending' | 'may_not'
  | 'sign_none' | 'sign_own' | 'sign_later';

/** What is on the screen, and since when. */
export interface Front {
  violation: Violation;
  exposure: Exposure;
  /** When its picture arrived; null while it has not. */
  arrivedAt: number | null;
}

/** What is asked for before a verdict is sent. */
export interface Asking {
  what: 'reason' | 'change';
  /** With a change: what it becomes. Null: a dismissal, whose reason is asked too. */
  finding: Finding | null;
  /** How many violations the answer is for. */
  count: number;
  send: (finding: Finding, changeReason: string) => void;
}

export class Judging {
  asking = $state.raw<Asking | null>(null);
  note = $state<Note | null>(null);
  #noteTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly front: () => Front | null,
    /** An act on this violation was sent. */
    readonly onsent: (id: string) => void = () => {},
  ) {}

  confirm(): void {
    const front = this.#toJudge();
    if (!front) return;
    const stand = verdicts.standOf(front.violation);
    if (!hasSeen(front)) this.say('no_picture');
    else if (stand.verdict === 'none') this.#send(front, memberOf(front), CONFIRMED);
    else if (stand.verdict === 'confirmed') this.say('same');
    else this.#ask(front, CONFIRMED);
  }

  /** Asks for the reason. */
  dismiss(): void {
    const front = this.#toJudge();
    if (front) this.#ask(front, null);
  }

  /** Signs what another officer judged. */
  sign(): void {
    const front = maySign() ? this.#seen() : this.say('may_not');
    if (!front) return;
    const stand = verdicts.standOf(front.violation);
    if (!stand.awaitsSecond) this.say('sign_none');
    else if (wayOf(stand.verdict, stand.deadline, Date.now()) === 'wait') this.say('sign_later');
    else if (stand.view?.standing?.by === session.account?.name) this.say('sign_own');
    else if (!hasSeen(front)) this.say('no_picture');
    else {
      verdicts.sign(memberOf(front));
      this.onsent(front.violation.id);
    }
  }

  ask(asking: Asking): void {
    this.asking = asking;
  }

  answer(finding: Finding, changeReason: string): void {
    const { asking } = this;
    this.asking = null;
    asking?.send(finding, changeReason);
  }

  say(note: Note): null {
    clearTimeout(this.#noteTimer);
    this.note = note;
    this.#noteTimer = setTimeout(() => (this.note = null), NOTE_SHOWN_MS);
    return null;
  }

  /** Another violation is on the screen. */
  clear(): void {
    this.asking = null;
    this.note = null;
  }

  /** What is on the screen, if it was there long enough and nothing is under way. */
  #seen(): Front | null {
    const front = this.front();
    if (!front) return null;
    if (verdicts.isSending(front.violation.id)) return this.say('sending');
    return seenFor_ms(front) < LEAST_SEEN_MS ? this.say('too_soon') : front;
  }

  #toJudge(): Front | null {
    const front = mayJudge() ? this.#seen() : this.say('may_not');
    if (!front) return null;
    const { verdict, deadline } = verdicts.standOf(front.violation);
    const now = Date.now();
    if (wayOf(verdict, deadline, now) !== 'wait') return front;
    return this.say(verdicts.undoableUntil(front.violation.id, now) ? 'wait_own' : 'wait');
  }

  #ask(front: Front, finding: Finding | null): void {
    const member = memberOf(front);
    const isFirst = verdicts.standOf(front.violation).verdict === 'none';
    this.asking = { what: isFirst ? 'reason' : 'change', finding, count: 1, send: (answer, why) => this.#send(front, member, answer, why) };
  }

  #send(front: Front, member: Member, finding: Finding, changeReason = ''): void {
    if (verdicts.judge(member, finding, shownOf(front), changeReason)) this.onsent(member.id);
  }
}

const memberOf = ({ violation }: Front): Member => ({ id: violation.id, version: verdicts.standOf(violation).version });

/** Where there is no picture at all, the clip serves. */
const hasSeen = ({ violation, exposure, arrivedAt }: Front) => arrivedAt !== null || (violation.snapshot === null && exposure.clip_ms() > 0);

function shownOf({ exposure, arrivedAt }: Front): Shown {
  return { for_ms: exposure.for_ms(performance.now()), clip_ms: exposure.clip_ms(), picture: arrivedAt !== null };
}

/** Since it is on the screen with its picture, where that arrived. */
function seenFor_ms({ exposure, arrivedAt }: Front): number {
  const now = performance.now();
  return Math.min(exposure.inFront_ms(now), now - (arrivedAt ?? 0));
}

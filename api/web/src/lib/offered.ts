// Which of the possible steps the page offers: those that the server would refuse in this very state are left out.

import { signaturesNeeded } from './board';
import type { CaseDetail, Member, Outcome, Step } from './cases';

/** In the order of their buttons: the one that leads on comes first. */
const ORDER: readonly Step[] = [
  'answer', 'recheck', 'close', 'hand_over', 'record_receipt', 'rectify', 'plead', 'acknowledge', 'issue', 'sign', 'return', 'record_service', 'propose', 'drop_member', 'withdraw',
];

export const outcomeOf = (detail: CaseDetail): Outcome | undefined => detail.notice?.outcome ?? detail.proposal?.outcome ?? detail.outcome;
export const membersIn = ({ violations }: CaseDetail): Member[] => violations.filter(({ is_in }) => is_in);
export const findingsIn = ({ findings }: CaseDetail) => findings.filter(({ is_in }) => is_in).map(({ finding }) => finding);
export const countIn = (detail: CaseDetail) => membersIn(detail).length + findingsIn(detail).length;
export const isConfirmed = ({ violation }: Member) => violation.verdict === 'confirmed';
/** Its verdict changed since it came into the case. */
export const changedMembers = (detail: CaseDetail) => membersIn(detail).filter((member) => !isConfirmed(member));
export const hasSigned = ({ signatures }: CaseDetail, account: string) => signatures.some((one) => one.account === account);
export const signaturesMissing = (detail: CaseDetail) => Math.max(0, signaturesNeeded(outcomeOf(detail)) - detail.signatures.length);

export function offered(detail: CaseDetail, me: string, today: string): Step[] {
  return ORDER.filter((step) => detail.possible.includes(step) && isSensible(step, detail, me, today));
}

function isSensible(step: Step, detail: CaseDetail, me: string, today: string): boolean {
  const { notice, handed_over, stage } = detail;
  const outcome = outcomeOf(detail);
  const changed = changedMembers(detail).length;
  switch (step) {
    case 'sign': return detail.proposal !== null && !hasSigned(detail, me);
    case 'issue': return detail.proposal !== null;
    case 'acknowledge': return notice?.acknowledged_at === null;
    case 'record_service': return notice?.service === null;
    case 'rectify': return outcome === 'order_to_rectify';
    case 'hand_over': return outcome === 'hand_over' && handed_over === null;
    case 'record_receipt': return handed_over !== null && handed_over.receipt_at === null;
    case 'close': return mayClose(detail, today);
    case 'drop_member': return changed > 0 && changed < countIn(detail);
    case 'withdraw': return stage === 'draft' || changed === countIn(detail);
    default: return true;
  }
}

function mayClose(detail: CaseDetail, today: string): boolean {
  const { notice, handed_over, stage } = detail;
  switch (outcomeOf(detail)) {
    case 'remind': return notice !== null && (notice.acknowledged_at !== null || today > notice.due);
    case 'hand_over': return Boolean(handed_over?.receipt_at);
    default: return stage === 'rechecked';
  }
}

/** The step that leads on, if it is the account's turn. */
export function mainStep(steps: Step[], detail: CaseDetail): Step | null {
  const [first] = steps;
  if (detail.stage === 'draft') return steps.find((step) => (step === 'issue' ? signaturesMissing(detail) === 0 : step === 'sign')) ?? null;
  return first && !['record_service', 'drop_member', 'withdraw', 'propose', 'return'].includes(first) ? first : null;
}

/** Whether a step whose answer was lost is on record: the case went on by one, and by this very step. */
export function isTaken(detail: CaseDetail, seen: number, act: { step: Step; words?: string }, me: string): boolean {
  const taken = detail.steps.find(({ version }) => version === seen + 1);
  const isSame = taken?.step === act.step && taken.account === me;
  return isSame && act.step !== 'propose' && (act.words === undefined || taken?.words === act.words.trim());
}

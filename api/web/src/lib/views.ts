// Which views the account may open.

import { VIEWS, type View } from './address.svelte';
import { session } from './session.svelte';

/** One of these actions opens the view. */
const NEEDED: Record<View, string[]> = {
  violations: ['see_violations'],
  inbox: ['give_verdict', 'sign_second'],
  cases: ['see_cases'],
  disposals: ['see_disposals'],
  playback: ['play_recordings'],
  site: ['find_on_site'],
  sites: ['see_sites'],
  report: ['see_coverage'],
  account: ['manage_own_account'],
  users: ['see_accounts', 'see_tokens'],
  audit: ['read_audit', 'read_own_audit'],
};

/** Where nobody signs in, nobody can be the giver of a verdict. */
export const mayJudge = () => session.may('give_verdict') && !session.isOpen;
export const maySign = () => session.may('sign_second') && !session.isOpen;

export const maySee = (view: View) =>
  NEEDED[view].some((action) => session.may(action)) && (view !== 'inbox' || mayJudge() || maySign());

/** Where the account begins; null: it may see nothing. */
export const firstView = () => VIEWS.find((view) => view !== 'report' && maySee(view)) ?? null;

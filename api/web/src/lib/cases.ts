// Cases as the server answers them, and how to ask.

import { get, send } from './api';
import type {
  ActView, CaseCountsView, CaseDetailView, CasePageView, CaseProofsView, CaseView, GradeView, LegalCardsView, NewProposalView, RecusalsView, ReviewsView, ReviewView,
} from './openapi';

export type {
  CaseProofView as CameraProof, CaseViolationView as Member, CardRefView as CardRef, GradeView as Grade, LegalCardView as LegalCard,
  NewProposalView as Proposal, RecusalView as Recusal, ReviewRowView as ReviewRow, ReviewView as Review, StepView as TakenStep,
} from './openapi';

export type CaseRow = CaseView;
export type CaseDetail = CaseDetailView;
export type Stage = CaseView['stage'];
export type Outcome = NonNullable<CaseView['outcome']>;
export type Act = ActView;
export type Step = ActView['step'];

/** From light to heavy. */
export const OUTCOMES: readonly Outcome[] = ['remind', 'order_to_rectify', 'hand_over'];
export const MOST_MEMBERS = 200;
/** Longest text of a step, in characters. */
export const MOST_WORDS = 10_000;

const CASES = '/api/v1/cases';
const pathOf = (id: string) => `${CASES}/${encodeURIComponent(id)}`;
const listOf = async <T>(path: string) => (await get<{ items: T[] }>(path)).items;

export const cases = {
  page: (query: URLSearchParams, signal?: AbortSignal) => get<CasePageView>(CASES, query, signal),
  counts: (query: URLSearchParams, signal?: AbortSignal) => get<CaseCountsView>(`${CASES}/counts`, query, signal),
  /** The cases that hold a violation, or did. */
  of: async (violation: string) => (await get<CasePageView>(CASES, new URLSearchParams({ violation }))).items,
  one: (id: string, signal?: AbortSignal) => get<CaseDetailView>(pathOf(id), undefined, signal),
  open: (proposal: NewProposalView) => send<CaseDetailView>('POST', CASES, proposal),
  step: (id: string, version: number, act: ActView) => send<CaseDetailView>('POST', `${pathOf(id)}/steps`, { version, act }),
  proofs: (id: string) => listOf<CaseProofsView['items'][number]>(`${pathOf(id)}/proofs`),
  grade: (violation: string) => get<GradeView>(`/api/v1/violations/${encodeURIComponent(violation)}/grade`),
};

const recusalOf = (site: string, account: string) => `/api/v1/sites/${encodeURIComponent(site)}/recusals/${encodeURIComponent(account)}`;

/** What stands behind a notice. */
export const records = {
  cards: () => listOf<LegalCardsView['items'][number]>('/api/v1/legal-cards'),
  reviews: () => listOf<ReviewsView['items'][number]>('/api/v1/reviews'),
  addReview: (camera: string, review: ReviewView) => send('POST', `/api/v1/cameras/${encodeURIComponent(camera)}/reviews`, review),
  recusals: () => listOf<RecusalsView['items'][number]>('/api/v1/recusals'),
  putRecusal: (site: string, account: string, reason: string) => send('PUT', recusalOf(site, account), { reason }),
  endRecusal: (site: string, account: string) => send('DELETE', recusalOf(site, account)),
};

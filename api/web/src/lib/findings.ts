// Findings on site and the records of sites as the server answers them, and how to ask.

import { get, send } from './api';
import { DAY_MS } from './time';
import type { FindingPageView, RiskView, SiteFindingView, SiteOverviewView, SiteRecordView } from './openapi';

export type { SiteOverviewView as SiteOverview, SiteRecordView as SiteRecord } from './openapi';
export type SiteFinding = SiteFindingView;

const FINDINGS = '/api/v1/findings';
const recordOf = (site: string) => `/api/v1/sites/${encodeURIComponent(site)}/record`;

export const findings = {
  page: (query: URLSearchParams) => get<FindingPageView>(FINDINGS, query),
  one: (id: string) => get<SiteFindingView>(`${FINDINGS}/${encodeURIComponent(id)}`),
};

export const siteRecords = {
  one: (site: string) => get<SiteOverviewView>(recordOf(site)),
  /** `version` as the page showed it; 0 before the first record. */
  put: (site: string, version: number, record: SiteRecordView) => send<SiteOverviewView>('PUT', recordOf(site), { version, record }),
};

export const RISKS = ['low', 'raised', 'high', 'severe'] as const;
/** From how many points on. */
const FROM: Record<(typeof RISKS)[number], number> = { low: 0, raised: 20, high: 50, severe: 75 };

export const riskOf = ({ score }: Pick<RiskView, 'score'>) => RISKS.findLast((risk) => score >= FROM[risk]) ?? 'low';

/** Days until the last day of a licence; negative once it is over. */
export const daysLeft = (until: string, today: string) => Math.round((Date.parse(until) - Date.parse(today)) / DAY_MS);

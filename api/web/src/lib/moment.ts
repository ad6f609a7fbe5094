// What a date field is given.

import type { LocalTime } from './time';

/** How fine a field is: 2026-03-01, 2026-03-01T08:00, 2026-03-01T08:00:05. */
export type Fineness = 'day' | 'minute' | 'second';

export interface MomentProps {
  label: string;
  /** Of the field among others of the page; for tests. */
  name: string;
  value: LocalTime;
  /** Whose day is today. */
  zone: string;
  min?: LocalTime;
  max?: LocalTime;
  fineness?: Fineness;
  isLabelSeen?: boolean;
  isClearable?: boolean;
  onchange: (value: LocalTime) => void;
}

// Calendar moments as the date fields hold them. The rest of the page knows them as strings.

import { CalendarDate, CalendarDateTime, parseDate, parseDateTime, toCalendarDate } from '@internationalized/date';
import type { Fineness } from './moment';
import type { LocalTime } from './time';

export type Held = CalendarDate | CalendarDateTime;

const LENGTHS: Record<Fineness, number> = { day: 10, minute: 16, second: 19 };
const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
export type Part = (typeof PARTS)[number];

/** The parts of a field, each with what stands before it: the order of ISO 8601 in every language. */
export function partsOf(fineness: Fineness): { part: Part; before: string }[] {
  const count = { day: 3, minute: 5, second: 6 }[fineness];
  const before = ['', '-', '-', ' ', ':', ':'];
  return PARTS.slice(0, count).map((part, at) => ({ part, before: before[at] ?? '' }));
}

/** What a field holds for a text; nothing for none, and for one that is no date. */
export function held(text: LocalTime | undefined, fineness: Fineness): Held | undefined {
  if (!text) return undefined;
  try {
    return fineness === 'day' ? parseDate(text.slice(0, 10)) : parseDateTime(text.slice(0, LENGTHS[fineness]));
  } catch {
    return undefined; // Addresses are typed by hand, too.
  }
}

export function textOf(value: Held | undefined, fineness: Fineness): LocalTime {
  return value ? value.toString().slice(0, LENGTHS[fineness]) : '';
}

/** The whole day of a limit: the calendar offers it, the time of day is checked apart. */
export function edgeOf(value: Held | undefined, end: 'first' | 'last'): Held | undefined {
  if (!value || !('hour' in value)) return value;
  const { year, month, day } = value;
  return end === 'first' ? new CalendarDateTime(year, month, day) : new CalendarDateTime(year, month, day, 23, 59, 59);
}

export const dayText = (value: Held): string => ('hour' in value ? toCalendarDate(value) : value).toString();

/** A part with all its digits. */
export const digits = (part: Part, value: number): string => String(value).padStart(part === 'year' ? 4 : 2, '0');

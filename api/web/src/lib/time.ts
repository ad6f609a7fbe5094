// Moments as people at the site read them. Knows time zones, not languages' words.

/** A calendar moment in some zone, as `<input type="datetime-local">` writes it: 2026-03-01T08:00. */
export type LocalTime = string;

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs far more than using it. */
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(language, options)));
  return made;
}

const numeric: Intl.DateTimeFormatOptions = {
  year: 'numeric', month: '2-digit', day: '2-digit',
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
};

function parts(at: Date, zone: string): Record<string, string> {
  const list = format('en-CA', { ...numeric, timeZone: zone }).formatToParts(at);
  return Object.fromEntries(list.map((part) => [part.type, part.value]));
}

/** 2026-03-01 at the site. */
export function dayOf(at: Date, zone: string): string {
  const { year, month, day } = parts(at, zone);
  return `${year}-${month}-${day}`;
}

/** 08:00:05 at the site. */
export function clockOf(at: Date, zone: string): string {
  const { hour, minute, second } = parts(at, zone);
  return `${hour}:${minute}:${second}`;
}

/** 2026-03-01T08:00 at the site. */
export function localOf(at: Date, zone: string): LocalTime {
  const { hour, minute } = parts(at, zone);
  return `${dayOf(at, zone)}T${hour}:${minute}`;
}

/** 2026-03-01T08:00:05 at the site. */
export function localSecondOf(at: Date, zone: string): LocalTime {
  return `${dayOf(at, zone)}T${clockOf(at, zone)}`;
}

/** The moment of a calendar time at the site. In the hour that a clock change skips, the moment after it. */
export function momentOf(local: LocalTime, zone: string): Date {
  const wanted = Date.parse(`${local}Z`);
  let moment = wanted;
  // The first guess takes the offset of the wrong moment near a clock change; the second takes the right one.
  for (let round = 0; round < 2; round += 1) {
    const shown = Date.parse(`${localSecondOf(new Date(moment), zone)}Z`);
    moment += wanted - shown;
  }
  return new Date(moment);
}

/** The beginning of a day at the site, `days` after the one that holds `at`. */
export function midnight(at: Date, zone: string, days = 0): Date {
  const noon = new Date(Date.parse(`${dayOf(at, zone)}T12:00Z`) + days * DAY_MS);
  return momentOf(`${noon.toISOString().slice(0, 10)}T00:00`, zone);
}

/** "Sunday, 1 March 2026" of a day written 2026-03-01. */
export function longDay(day: string, language: string): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC',
  };
  return format(language === 'en' ? 'en-GB' : language, options).format(new Date(`${day}T12:00Z`));
}

/** "1 Mar" at the site. */
export function shortDay(at: Date, zone: string, language: string): string {
  return format(language === 'en' ? 'en-GB' : language, { day: 'numeric', month: 'short', timeZone: zone }).format(at);
}

/** "GMT+8" at that moment. */
export function offsetName(at: Date, zone: string): string {
  const list = format('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  return list.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** Whole units of a duration, the two largest: [1, 'h', 5, 'min']. */
export function largestUnits(ms: number): [number, 'd' | 'h' | 'min' | 's'][] {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const all: [number, 'd' | 'h' | 'min' | 's'][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = all.findIndex(([amount]) => amount > 0);
  if (first < 0) return [[0, 's']];
  return all.slice(first, first + 2).filter(([amount], index) => index === 0 || amount > 0);
}

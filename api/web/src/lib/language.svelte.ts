// The language of the page: chosen before, else the browser's, and kept for the next visit.

import { en, type Words } from './en';
import { largestUnits } from './time';
import { zh } from './zh';

export type Code = 'zh' | 'en';
export const LANGUAGES: readonly { code: Code; label: string }[] = [
  { code: 'zh', label: '中文' },
  { code: 'en', label: 'English' },
];

const STORED_AS = 'anjian.language';
const dictionaries: Record<Code, Words> = { zh, en };

function remembered(): Code | null {
  try {
    const kept = localStorage.getItem(STORED_AS);
    return kept === 'zh' || kept === 'en' ? kept : null;
  } catch {
    return null; // Storage is refused in some private windows; the browser's language serves.
  }
}

class Language {
  code = $state<Code>(remembered() ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'));
  words = $derived(dictionaries[this.code]);
  /** For names that people of the other language look for. */
  otherCode = $derived<Code>(this.code === 'zh' ? 'en' : 'zh');
  other = $derived(dictionaries[this.otherCode]);

  choose(code: Code): void {
    this.code = code;
    try {
      localStorage.setItem(STORED_AS, code);
    } catch {
      // Not kept then; the choice holds for this visit.
    }
  }

  duration(ms: number): string {
    return largestUnits(ms).map(([amount, unit]) => `${amount}${this.words.unit[unit]}`).join(' ');
  }

  percent(share: number): string {
    return `${Math.round(share * 100)} %`;
  }

  /** Never rounded up to the whole: 99.99 % is not all. */
  exactPercent(share: number): string {
    const percent = share === 1 ? '100' : Math.min(99.999, share * 100).toFixed(share > 0.99 ? 3 : 1);
    return `${percent} %`;
  }

  /** 1.5 GB: thousands, as disks are sold. */
  size(bytes: number): string {
    const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
    const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
    const value = bytes / 1000 ** power;
    return `${value.toLocaleString(this.words.tag, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${units[power]}`;
  }
}

export const language = new Language();

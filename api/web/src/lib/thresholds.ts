// A rule's definition as a list of names and values, for people: the document itself stays in the index.

import type { KeySpec } from './api';
import type { Code } from './language.svelte';

export interface Threshold {
  name: string;
  value: string;
}

/** A threshold with its unit, and what its behaviour says of it; empty where it says nothing. */
export interface ExplainedThreshold extends Threshold {
  help: string;
}

/** Where a definition holds the keys of its behaviour. */
const OWN_KEYS = 'thresholds.';

/** The definition in the words of its behaviour's keys; definitions of other versions may have keys without words. */
export function explained(definition: unknown, keys: KeySpec[], code: Code): ExplainedThreshold[] {
  return thresholds(definition).map(({ name, value }) => {
    const own = name.startsWith(OWN_KEYS) ? name.slice(OWN_KEYS.length) : name;
    const key = keys.find((other) => other.name === own);
    const unit = key?.unit && value !== NOTHING ? ` ${key.unit[code]}` : '';
    return { name, value: value + unit, help: key?.help[code] ?? '' };
  });
}

const NOTHING = '–';

/** Nested objects become `schedule.from`; a polygon becomes its corners in percent of the picture. */
export function thresholds(definition: unknown, prefix = ''): Threshold[] {
  if (definition === null || typeof definition !== 'object' || Array.isArray(definition)) {
    return prefix ? [{ name: prefix, value: written(definition) }] : [];
  }
  return Object.entries(definition).flatMap(([name, value]) =>
    thresholds(value, prefix ? `${prefix}.${name}` : name),
  );
}

function written(value: unknown): string {
  if (isPolygon(value)) {
    return value.map(([x, y]) => `${Math.round(x * 100)},${Math.round(y * 100)}`).join('  ') + '  %';
  }
  if (Array.isArray(value)) return value.map(written).join(', ');
  if (value === null || value === undefined) return NOTHING;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isPolygon(value: unknown): value is [number, number][] {
  const isPoint = (point: unknown) =>
    Array.isArray(point) && point.length === 2 && point.every((number) => typeof number === 'number');
  return Array.isArray(value) && value.length > 2 && value.every(isPoint);
}

// A rule's definition as a list of names and values, for people: the document itself stays in the index.

export interface Threshold {
  name: string;
  value: string;
}

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
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isPolygon(value: unknown): value is [number, number][] {
  const isPoint = (point: unknown) =>
    Array.isArray(point) && point.length === 2 && point.every((number) => typeof number === 'number');
  return Array.isArray(value) && value.length > 2 && value.every(isPoint);
}

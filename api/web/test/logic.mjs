// The page's calendar, filters and thresholds, without a browser. Usage: node logic.mjs

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const server = await createServer({ root, logLevel: 'error', server: { middlewareMode: true, ws: false, watch: null } });
const time = await server.ssrLoadModule('/src/lib/time.ts');
const filters = await server.ssrLoadModule('/src/lib/filters.ts');
const { thresholds } = await server.ssrLoadModule('/src/lib/thresholds.ts');

const results = { passed: 0, failed: 0 };
function check(name, look) {
  try {
    look();
    results.passed += 1;
  } catch (cause) {
    results.failed += 1;
    console.log(`FAILED ${name}: ${cause.message}`);
  }
}

const SHANGHAI = 'Asia/Shanghai';
const BERLIN = 'Europe/Berlin';

check('moments of the site, clock changes included', () => {
  for (const [local, zone, utc] of [
    ['2026-03-01T08:00', SHANGHAI, '2026-03-01T00:00:00.000Z'],
    ['2026-03-29T01:59', BERLIN, '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', BERLIN, '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T04:00', BERLIN, '2026-10-25T03:00:00.000Z'],
    ['2026-10-25T01:00', BERLIN, '2026-10-24T23:00:00.000Z'],
    ['2026-01-01T00:00', 'Asia/Kolkata', '2025-12-31T18:30:00.000Z'],
  ]) {
    assert.equal(time.momentOf(local, zone).toISOString(), utc, `${local} ${zone}`);
    assert.equal(time.localOf(new Date(utc), zone), local, `${utc} ${zone}`);
  }
});

check('days of 23 and 25 hours', () => {
  const hours = (day) => {
    const noon = new Date(`${day}T12:00Z`);
    return (time.midnight(noon, BERLIN, 1) - time.midnight(noon, BERLIN)) / time.HOUR_MS;
  };
  assert.deepEqual(['2026-03-28', '2026-03-29', '2026-10-25'].map(hours), [24, 23, 25]);
});

check('durations in their two largest units', () => {
  assert.deepEqual(time.largestUnits(400), [[0, 's']]);
  assert.deepEqual(time.largestUnits(61_000), [[1, 'min'], [1, 's']]);
  assert.deepEqual(time.largestUnits(3_600_000), [[1, 'h']]);
  assert.deepEqual(time.largestUnits(90_061_000), [[1, 'd'], [1, 'h']]);
});

check('an address keeps the filters', () => {
  const chosen = {
    range: 'custom', from: '2026-03-01T08:00', to: '2026-03-02T08:00', behaviours: ['hot_work', 'no_hard_hat'],
    cameras: ['gate-1'], sites: ['plant-7'], status: 'open',
  };
  assert.deepEqual(filters.readAddress(filters.writeAddress(chosen)), chosen);
  assert.equal(filters.writeAddress(filters.noFilters()).toString(), '');
  assert.deepEqual(filters.readAddress(new URLSearchParams('range=ever&status=odd&from=x')), filters.noFilters());
});

check('ranges are those of the site', () => {
  const now = new Date('2026-03-01T20:00:00Z'); // The second of March in Shanghai.
  const bounds = (range) => {
    const { from, to } = filters.boundsOf({ ...filters.noFilters(), range }, SHANGHAI, now);
    return [from?.toISOString() ?? null, to?.toISOString() ?? null];
  };
  assert.deepEqual(bounds('hour'), ['2026-03-01T19:00:00.000Z', null]);
  assert.deepEqual(bounds('today'), ['2026-03-01T16:00:00.000Z', null]);
  assert.deepEqual(bounds('yesterday'), ['2026-02-28T16:00:00.000Z', '2026-03-01T16:00:00.000Z']);
  assert.deepEqual(bounds('week'), ['2026-02-23T16:00:00.000Z', null]);
  assert.deepEqual(bounds('all'), [null, null]);
});

check('a new violation is shown only where it belongs', () => {
  const violation = {
    site: 'plant-7', camera: 'gate-1', behaviour: 'hot_work', status: 'open', opened_at: '2026-03-01T08:00:00Z',
  };
  const fits = (change, bounds = {}) =>
    filters.matches(violation, { ...filters.noFilters(), ...change }, { from: null, to: null, ...bounds });
  assert.ok(fits({}));
  assert.ok(fits({ behaviours: ['hot_work'], cameras: ['gate-1', 'gate-2'], status: 'open' }));
  assert.ok(!fits({ behaviours: ['no_hard_hat'] }));
  assert.ok(!fits({ status: 'closed' }));
  assert.ok(!fits({}, { to: new Date('2026-03-01T08:00:00Z') }));
  assert.ok(fits({}, { from: new Date('2026-03-01T08:00:00Z') }));
});

check('a definition becomes names and values', () => {
  const definition = { min_score: 0.5, schedule: { days: ['mon', 'tue'] }, zone: { points: [[0, 0.1], [1, 0.1], [1, 1]] } };
  assert.deepEqual(thresholds(definition), [
    { name: 'min_score', value: '0.5' },
    { name: 'schedule.days', value: 'mon, tue' },
    { name: 'zone.points', value: '0,10  100,10  100,100  %' },
  ]);
  assert.deepEqual(thresholds(null), []);
});

await server.close();
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);

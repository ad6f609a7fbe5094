// The page's calendar, filters and thresholds, without a browser. Usage: node logic.mjs

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const server = await createServer({ root, logLevel: 'error', server: { middlewareMode: true, ws: false, watch: null } });
const time = await server.ssrLoadModule('/src/lib/time.ts');
const filters = await server.ssrLoadModule('/src/lib/filters.ts');
const timeline = await server.ssrLoadModule('/src/lib/timeline.ts');
const { hideUnplayed } = await server.ssrLoadModule('/src/lib/sound.ts');
const { ViolationList } = await server.ssrLoadModule('/src/lib/list.svelte.ts');
const audit = await server.ssrLoadModule('/src/lib/audit.ts');
const { agentName } = await server.ssrLoadModule('/src/lib/agent.ts');
const dates = await server.ssrLoadModule('/src/lib/dates.ts');
const { explained, thresholds } = await server.ssrLoadModule('/src/lib/thresholds.ts');

const results = { passed: 0, failed: 0 };
function failed(name, cause) {
  results.failed += 1;
  console.log(`FAILED ${name}: ${cause.message}`);
}
function check(name, look) {
  try {
    look();
    results.passed += 1;
  } catch (cause) {
    failed(name, cause);
  }
}
async function checkLater(name, look) {
  try {
    await look();
    results.passed += 1;
  } catch (cause) {
    failed(name, cause);
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
    cameras: ['gate-1'], sites: ['plant-7'], status: 'open', verdict: 'none',
  };
  assert.deepEqual(filters.readAddress(filters.writeAddress(chosen)), chosen);
  assert.equal(filters.writeAddress(filters.noFilters()).toString(), '');
  assert.deepEqual(filters.readAddress(new URLSearchParams('range=ever&status=odd&verdict=odd&from=x')), filters.noFilters());
});

check('date fields keep the texts of addresses', () => {
  const again = (text, fineness) => dates.textOf(dates.held(text, fineness), fineness);
  assert.equal(again('2026-03-01T08:00', 'minute'), '2026-03-01T08:00');
  assert.equal(again('2026-03-01T08:00:05', 'second'), '2026-03-01T08:00:05');
  assert.equal(again('2026-03-01T08:00', 'second'), '2026-03-01T08:00:00');
  assert.equal(again('2026-03-01', 'day'), '2026-03-01');
  for (const odd of ['', 'x', '2026-02-30T08:00', '2026-03-01T25:00']) assert.equal(again(odd, 'minute'), '');
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
    site: 'plant-7', camera: 'gate-1', behaviour: 'hot_work', status: 'open', verdict: 'none', opened_at: '2026-03-01T08:00:00Z',
  };
  const fits = (change, bounds = {}) =>
    filters.matches(violation, { ...filters.noFilters(), ...change }, { from: null, to: null, ...bounds });
  assert.ok(fits({}));
  assert.ok(fits({ behaviours: ['hot_work'], cameras: ['gate-1', 'gate-2'], status: 'open' }));
  assert.ok(!fits({ behaviours: ['no_hard_hat'] }));
  assert.ok(!fits({ status: 'closed' }));
  assert.ok(fits({ status: 'open', verdict: 'none' }));
  assert.ok(!fits({ verdict: 'confirmed' }));
  assert.ok(!fits({}, { to: new Date('2026-03-01T08:00:00Z') }));
  assert.ok(fits({}, { from: new Date('2026-03-01T08:00:00Z') }));
});

/** A list whose requests are answered by hand: `answer` is for the one under way. */
function listOfServer() {
  const server = { answer: null };
  globalThis.fetch = (_, { signal } = {}) =>
    new Promise((resolve, reject) => {
      server.answer = (items, next_cursor = null) => resolve(Response.json({ items, next_cursor }));
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  return { list: new ViolationList(), server };
}
const opened = (id, minute, status = 'open') => ({ id, status, opened_at: `2026-03-01T08:${minute}:00Z` });
const shown = (list) => list.items.map(({ id, status }) => `${id} ${status}`);

await checkLater('a violation that arrives while the list loads is not lost', async () => {
  const { list, server } = listOfServer();
  const loading = list.load(new URLSearchParams());
  list.take(opened('new', '30'), true);
  list.take(opened('old', '10', 'closed'), true);
  list.take(opened('elsewhere', '20'), false);
  server.answer([opened('old', '10')]);
  await loading;
  assert.deepEqual(shown(list), ['new open', 'old closed']);
});

await checkLater('what changed before a request is in its answer', async () => {
  const { list, server } = listOfServer();
  const first = list.load(new URLSearchParams('camera=a'));
  list.take(opened('of-a', '30'), true);
  const second = list.load(new URLSearchParams('camera=b'));
  server.answer([opened('of-b', '10')]);
  await Promise.all([first, second]);
  list.take(opened('late', '40'), true);
  assert.deepEqual(shown(list), ['late open', 'of-b open'], 'nothing of the view before');
  const again = list.load(new URLSearchParams('camera=b'));
  server.answer([opened('of-b', '10')]);
  await again;
  assert.deepEqual(shown(list), ['of-b open'], 'the server says what there is');
});

await checkLater('a change that arrives while older ones load is not lost', async () => {
  const { list, server } = listOfServer();
  const loading = list.load(new URLSearchParams());
  server.answer([opened('new', '30')], 'next');
  await loading;
  const more = list.more();
  list.take(opened('older', '05', 'closed'), true);
  server.answer([opened('older', '05')]);
  await more;
  assert.deepEqual(shown(list), ['new open', 'older closed']);
});

await checkLater('further down a reader is not moved by what arrives meanwhile', async () => {
  const { list, server } = listOfServer();
  const loading = list.load(new URLSearchParams());
  server.answer([opened('first', '10')]);
  await loading;
  list.isAtTop = false;
  const catching = list.catchUp(new URLSearchParams());
  list.take(opened('live', '30'), true);
  server.answer([opened('missed', '20'), opened('first', '10', 'closed')]);
  await catching;
  assert.deepEqual(shown(list), ['first closed']);
  assert.deepEqual(list.waiting.map(({ id }) => id), ['live', 'missed']);
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

check('thresholds stand with their unit and what their behaviour says of them', () => {
  const text = (zh, en) => ({ zh, en });
  const keys = [
    { name: 'hold_s', unit: text('秒', 'seconds'), help: text('持续。', 'Lasts.') },
    { name: 'max_persons', unit: text('人', 'persons'), help: text('上限。', 'At most.') },
  ];
  const definition = { thresholds: { hold_s: 3, max_persons: null, of_yesterday: 1 }, tracker: { hold_s: 2 } };
  assert.deepEqual(explained(definition, keys, 'zh'), [
    { name: 'thresholds.hold_s', value: '3 秒', help: '持续。' },
    { name: 'thresholds.max_persons', value: '–', help: '上限。' },
    { name: 'thresholds.of_yesterday', value: '1', help: '' },
    { name: 'tracker.hold_s', value: '2', help: '' },
  ]);
  assert.deepEqual(explained({ hold_s: 3 }, keys, 'en'), [{ name: 'hold_s', value: '3 seconds', help: 'Lasts.' }]);
});

check('seconds of the site are typed and read back', () => {
  for (const local of ['2026-03-01T08:00:05', '2026-10-25T01:59:59', '2026-03-29T03:00:01']) {
    const moment = time.momentOf(local, BERLIN);
    assert.equal(time.localSecondOf(moment, BERLIN), local);
  }
});

check('the hours of a strip are those of the clock, on days of 23 and 25 hours too', () => {
  const labels = (day) => {
    const noon = new Date(`${day}T12:00Z`);
    const stretch = { from: time.midnight(noon, BERLIN).getTime(), to: time.midnight(noon, BERLIN, 1).getTime() };
    return timeline.ticks(stretch, time.HOUR_MS, stretch.from, BERLIN).map(({ label }) => label.slice(0, 2));
  };
  const [spring, autumn] = [labels('2026-03-29'), labels('2026-10-25')];
  assert.deepEqual([spring.length, spring.includes('02')], [23, false]);
  assert.deepEqual([autumn.length, autumn.filter((hour) => hour === '02').length], [25, 2]);
});

const at = (text) => Date.parse(`2026-03-01T${text}Z`);
const span = (from, to, cause = null) => ({ from: `2026-03-01T${from}Z`, to: `2026-03-01T${to}Z`, cause });

check('what lies on a strip is cut to it', () => {
  const stretch = { from: at('10:00:00'), to: at('11:00:00') };
  const list = timeline.pieces([span('09:00:00', '10:15:00'), span('10:45:00', '12:00:00'), span('12:00:00', '13:00:00')], stretch);
  assert.deepEqual(list.map(({ left, width }) => [left, width]), [[0, 0.25], [0.75, 0.25]]);
  assert.equal(timeline.momentAt(-1, stretch), stretch.from);
  assert.equal(timeline.momentAt(2, stretch), stretch.to - 1);
});

check('a gap leads to what is recorded after it', () => {
  const known = at('20:00:00');
  const gaps = [span('10:00:00', '10:10:00', 'waiting'), span('19:00:00', '20:00:00', 'stopped')];
  assert.equal(timeline.nextRecorded(gaps, at('10:05:00'), known), at('10:10:00'));
  assert.equal(timeline.nextRecorded(gaps, at('10:10:00'), known), at('10:10:00'));
  assert.equal(timeline.nextRecorded(gaps, at('19:30:00'), known), null);
});

check('the player’s time and the clock on the wall', () => {
  const played = [
    { start: 0, duration: 4, at: at('10:00:00') },
    { start: 4, duration: 4, at: at('10:00:04') },
    { start: 8, duration: 4, at: at('10:30:00') },
  ];
  for (const [wall, media] of [['10:00:00', 0], ['10:00:06', 6], ['10:30:02', 10], ['10:15:00', null], ['09:59:59', null], ['10:31:00', null]]) {
    assert.equal(timeline.mediaOf(played, at(wall)), media, wall);
    if (media !== null) assert.equal(timeline.wallOf(played, media), at(wall), wall);
  }
  assert.equal(timeline.wallOf([], 3), null);
});

check('the hour stays while the moment is well inside, and inside the day', () => {
  const day = { from: at('00:00:00'), to: at('23:00:00') };
  const hour = timeline.windowAround(at('10:00:00'), day, time.HOUR_MS, null);
  assert.deepEqual(hour, { from: at('09:30:00'), to: at('10:30:00') });
  assert.equal(timeline.windowAround(at('10:20:00'), day, time.HOUR_MS, hour), hour);
  assert.equal(timeline.windowAround(at('10:25:00'), day, time.HOUR_MS, hour).from, at('09:55:00'));
  assert.equal(timeline.windowAround(at('22:59:00'), day, time.HOUR_MS, hour).to, day.to);
});

/** A box with its content. */
function box(type, ...content) {
  const body = Buffer.concat(content.map((part) => (typeof part === 'number' ? Buffer.from([0, 0, 0, part]) : part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

const track = (id, kind, entry) =>
  box('trak', box('tkhd', 0, 0, 0, id), box('mdia', box('minf', box(kind, 0), box('stbl', box('stsd', 0, 1, box(entry, 0))))));
const media = (...ids) => box('moof', ...ids.map((id) => box('traf', box('tfhd', 0, id))));

check('sound that browsers do not play becomes invisible, and nothing moves', () => {
  const bytes = (buffer) => new Uint8Array(buffer).buffer;
  const init = bytes(box('moov', track(1, 'vmhd', 'avc1'), track(2, 'smhd', 'alaw'), box('mvex', box('trex', 0, 1), box('trex', 0, 2))));
  const fragment = bytes(media(1, 2));
  const hidden = new Set();
  const [before, length] = [Buffer.from(init).toString('latin1'), init.byteLength];
  hideUnplayed(init, hidden);
  hideUnplayed(fragment, hidden);
  const text = Buffer.from(init).toString('latin1');
  assert.deepEqual([...hidden], [2]);
  assert.equal(init.byteLength, length);
  assert.equal(text.split('free').length - 1, 2, 'one track and its defaults');
  assert.equal(text.indexOf('trak'), before.indexOf('trak'), 'the pictures stay');
  assert.equal(Buffer.from(fragment).toString('latin1').split('traf').length - 1, 1);
  const aac = bytes(box('moov', track(1, 'vmhd', 'avc1'), track(2, 'smhd', 'mp4a')));
  const none = new Set();
  hideUnplayed(aac, none);
  assert.equal(none.size, 0);
  for (let end = 0; end < length; end += 1) hideUnplayed(init.slice(0, end), new Set());
});

check('the audit stands in the address as it is read, and is asked for in UTC', () => {
  const filters = { ...audit.noAuditFilters(), account: 'li.na', from: '2026-03-01T08:00' };
  assert.deepEqual(audit.readAuditAddress(audit.writeAuditAddress(filters)), filters);
  assert.equal(audit.auditQuery(filters, SHANGHAI).toString(), 'account=li.na&from=2026-03-01T00%3A00%3A00.000Z');
  assert.equal(audit.readAuditAddress(new URLSearchParams('from=yesterday')).from, '');
  assert.equal(audit.auditFile(new URLSearchParams()), '/api/v1/audit/export.csv');
});

check('an entry of the audit tells each value that changed, appeared or went', () => {
  const [before, after] = [{ role: 'operator', scope: { kind: 'sites', sites: ['a'] } }, { role: 'operator', scope: { kind: 'everything' } }];
  assert.deepEqual(audit.changesOf(before, after), [
    { name: 'role', before: 'operator', after: 'operator' },
    { name: 'scope.kind', before: 'sites', after: 'everything' },
    { name: 'scope.sites', before: 'a', after: null },
  ]);
  assert.deepEqual(audit.changesOf(null, { is_active: true }), [{ name: 'is_active', before: null, after: 'true' }]);
  assert.deepEqual(audit.changesOf(null, null), []);
});

check('browsers are named as people know them', () => {
  const names = [
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0', 'Edge, Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1', 'Safari, iPhone'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    ['robot/1', 'robot/1'],
  ];
  for (const [agent, name] of names) assert.equal(agentName(agent), name);
});

await server.close();
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);

// The page's calendar, filters and thresholds, without a browser. Usage: node logic.mjs

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
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
const { stacksOf, kept, nextLeft, between } = await server.ssrLoadModule('/src/lib/stacks.ts');
const { placesOf } = await server.ssrLoadModule('/src/lib/prefetch.ts');
const { deedOf } = await server.ssrLoadModule('/src/lib/inbox-keys.ts');
const { Exposure } = await server.ssrLoadModule('/src/lib/exposure.ts');
const boxes = await server.ssrLoadModule('/src/lib/boxes.ts');
const verdict = await server.ssrLoadModule('/src/lib/verdict.ts');
const { verdicts } = await server.ssrLoadModule('/src/lib/verdicts.svelte.ts');
const { session } = await server.ssrLoadModule('/src/lib/session.svelte.ts');
const board = await server.ssrLoadModule('/src/lib/board.ts');
const { offered, mainStep, isTaken } = await server.ssrLoadModule('/src/lib/offered.ts');
const attachments = await server.ssrLoadModule('/src/lib/attachments.ts');
const outbox = await server.ssrLoadModule('/src/lib/outbox.ts');
const { daysLeft, riskOf } = await server.ssrLoadModule('/src/lib/findings.ts');
const disposals = await server.ssrLoadModule('/src/lib/disposals.ts');
const { disposingOf, queryOf } = await server.ssrLoadModule('/src/lib/disposing.svelte.ts');
const { en } = await server.ssrLoadModule('/src/lib/en.ts');
const { zh } = await server.ssrLoadModule('/src/lib/zh.ts');
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
    cameras: ['gate-1'], sites: ['plant-7'], status: 'open', verdict: 'dismissed', reasons: ['hat_worn', 'unclear'], words: '动火 a&b',
  };
  assert.deepEqual(filters.readAddress(filters.writeAddress(chosen)), chosen);
  const toSign = { ...filters.noFilters(), verdict: 'awaits_second' };
  assert.deepEqual(filters.readInboxAddress(filters.writeInboxAddress(toSign)), toSign);
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
  assert.ok(!fits({ verdict: 'awaits_second' }));
  assert.ok(!fits({ words: '动火' }), 'an event carries no words');
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

await checkLater('nothing of the view before is taken for the view that is asked for', async () => {
  const { list, server } = listOfServer();
  const loading = list.load(new URLSearchParams());
  server.answer([opened('gate', '10')]);
  await loading;
  list.isAtTop = false;
  const yard = new URLSearchParams({ camera: 'yard' });
  void list.load(yard);
  assert.ok(list.isOfOtherView);
  const catching = list.catchUp(yard);
  server.answer([opened('yard', '20')]);
  await catching;
  assert.deepEqual(shown(list), ['yard open']);
  assert.ok(!list.isOfOtherView);
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

// --- the inbox --------------------------------------------------------------------------------------------------

const press = (key, more = {}) => ({ key, repeat: false, isComposing: false, keyCode: 0, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
const PAGE = { isTyping: false, isOnControl: false, asking: null };
const deed = (key, more = {}, where = {}) => deedOf(press(key, more), { ...PAGE, ...where });

check('each key of the inbox does one thing', () => {
  for (const [key, wanted] of [
    ['j', 'next'], ['k', 'previous'], ['ArrowDown', 'down'], ['ArrowUp', 'up'], ['ArrowRight', 'right'], ['ArrowLeft', 'left'], [' ', 'play'],
    [',', 'frame_back'], ['.', 'frame_on'], ['c', 'confirm'], ['x', 'dismiss'], ['s', 'sign'], ['z', 'undo'], ['g', 'stack'], ['b', 'boxes'], ['f', 'large'],
    ['v', 'select'], ['/', 'find'], ['Escape', 'leave'], ['q', null], ['1', null], ['Enter', null], ['Tab', null],
  ]) assert.equal(deed(key), wanted, key);
  assert.equal(deed('?', { shiftKey: true }), 'help');
  assert.equal(deed('J', { shiftKey: true }), 'next_stack');
  assert.equal(deed('C'), 'confirm', 'the lock of capitals');
  assert.equal(deed('C', { shiftKey: true }), null);
  assert.deepEqual(['，', '。', '、'].map((key) => deed(key)), ['frame_back', 'frame_on', 'find'], 'a Chinese keyboard');
});

check('keys are dead in fields, while an input method composes, and with other keys held', () => {
  for (const key of ['j', 'c', 'x', 'z', ' ', '?', 'Escape']) {
    assert.equal(deed(key, {}, { isTyping: true }), null, key);
    assert.equal(deed(key, { isComposing: true }), null, key);
    assert.equal(deed(key, { keyCode: 229 }), null, key);
    for (const held of ['ctrlKey', 'metaKey', 'altKey']) assert.equal(deed(key, { [held]: true }), null, `${held} ${key}`);
  }
  assert.equal(deed(' ', {}, { isOnControl: true }), null, 'space presses a button that has the focus');
});

check('a key that is held down walks, and decides nothing', () => {
  const repeated = (key) => deed(key, { repeat: true });
  assert.deepEqual(['j', 'k', '.', ','].map(repeated), ['next', 'previous', 'frame_on', 'frame_back']);
  for (const key of ['c', 'x', 'z', 'v', 'g', 'f', ' ']) assert.equal(repeated(key), null, key);
  assert.equal(deed('3', { repeat: true }, { asking: 'reason' }), null);
});

check('digits are reasons only where a reason is asked for, and nothing else goes there', () => {
  assert.deepEqual(deed('8', {}, { asking: 'reason' }), { reason: 8 });
  for (const key of ['c', 'j', 'z', '0', ' ']) assert.equal(deed(key, {}, { asking: 'reason' }), null, key);
  assert.equal(deed('3', {}, { asking: 'other' }), null);
  assert.equal(deed('3', {}, { asking: 'reason', isTyping: true }), null);
});

const seenAt = (id, minute, more = {}) => ({ id, camera: 'a', zone: 'floor', rule_version: 'r@1', opened_at: `2026-03-01T08:${minute}:00Z`, ...more });
const stacked = (items, minutes) => stacksOf(items, minutes).map(({ members }) => members.map(({ id }) => id).join(''));

check('like violations stack: same camera, rule, zone, each near the next', () => {
  const items = [seenAt('a', '50'), seenAt('b', '48', { camera: 'b' }), seenAt('c', '45'), seenAt('d', '44', { zone: 'gate' }), seenAt('e', '40'), seenAt('f', '20'), seenAt('g', '19', { rule_version: 'r@2' })];
  assert.deepEqual(stacked(items, 5), ['ace', 'b', 'd', 'f', 'g']);
  assert.deepEqual(stacked(items, 30), ['acef', 'b', 'd', 'g']);
  assert.deepEqual(stacked(items, 0), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

check('what comes in at either end parts no stack', () => {
  const items = Array.from({ length: 12 }, (_, at) => seenAt(String.fromCharCode(97 + at), String(50 - at * 4).padStart(2, '0')));
  const whole = stacked(items, 5);
  for (let from = 0; from < 6; from += 1) {
    const part = stacked(items.slice(from, 12 - from), 5);
    assert.ok(part.every((stack) => whole.some((other) => other.includes(stack))), part.join());
  }
});

check('stacks that did not change are the same', () => {
  const items = [seenAt('a', '50'), seenAt('b', '48', { camera: 'b' }), seenAt('c', '45')];
  const before = stacksOf(items, 0);
  const after = kept(stacksOf([seenAt('n', '59'), items[0], { ...items[1] }, items[2]], 0), before);
  assert.deepEqual(after.map((stack) => before.includes(stack)), [false, true, false, true]);
});

check('the next that is left comes, then what was passed over, then nothing', () => {
  const left = (...ids) => (id) => ids.includes(id);
  const order = ['a', 'b', 'c', 'd'];
  assert.equal(nextLeft(order, 'b', left('a', 'd')), 'd');
  assert.equal(nextLeft(order, 'd', left('a')), 'a');
  assert.equal(nextLeft(order, 'a', left('a')), null, 'not the same again');
  assert.equal(nextLeft(order, null, left('c')), 'c');
  assert.deepEqual(between(order, 'd', 'b'), ['b', 'c', 'd']);
  assert.deepEqual(between(order, 'gone', 'b'), ['b']);
});

const loadsOf = (current, ahead, before, pictures, clips = []) =>
  placesOf(current, ahead, before, { pictures: new Set(pictures), clips: new Set(clips) }).map(({ id, picture, clip }) => `${id}${picture ? '+' : '-'}${clip ? 'clip' : ''}`);

check('two next pictures and one clip load, each after what is needed sooner', () => {
  assert.deepEqual(loadsOf('a', ['b', 'c', 'd'], null, []), ['a+', 'b-', 'c-']);
  assert.deepEqual(loadsOf('a', ['b', 'c'], null, ['a']), ['a+', 'b+', 'c-']);
  assert.deepEqual(loadsOf('a', ['b', 'c'], null, ['a', 'b']), ['a+', 'b+', 'c+']);
  assert.deepEqual(loadsOf('a', ['b', 'c'], null, ['a', 'b', 'c']), ['a+clip', 'b+', 'c+']);
  assert.deepEqual(loadsOf('a', ['b', 'c'], null, ['a', 'b', 'c'], ['a']), ['a+clip', 'b+clip', 'c+']);
});

check('what was skipped has no place; the one before keeps a picture that is there', () => {
  assert.deepEqual(loadsOf('d', ['e'], 'c', ['a', 'b', 'd']), ['d+', 'e+']);
  assert.deepEqual(loadsOf('d', ['e'], 'c', ['c', 'd']), ['d+', 'e+', 'c+']);
  assert.deepEqual(loadsOf(null, [], 'c', ['c']), ['c+']);
});

check('what was on the screen is measured: time in front, stretches of the clip once each', () => {
  const exposure = new Exposure();
  exposure.begin(1_000);
  exposure.begin(1_500);
  exposure.end(3_000);
  assert.equal(exposure.for_ms(9_000), 2_000);
  exposure.begin(10_000);
  assert.equal(exposure.inFront_ms(10_250), 250);
  assert.equal(exposure.for_ms(10_250), 2_250);
  exposure.played([[0, 2], [5, 6]]);
  exposure.played([[1, 3]]);
  assert.equal(exposure.clip_ms(), 4_000);
});

check('boxes follow the person between two positions, and stay away where nothing is known', () => {
  const detail = {
    opened_at: '2026-03-01T08:00:00Z', recorded_at: '2026-03-01T08:00:00Z', snapshot_at: '2026-03-01T09:00:00Z', detections: [],
    clip_state: { from: '2026-03-01T07:59:55Z' },
    track: { id: 1, path: [{ at: '2026-03-01T08:00:00Z', box: [0, 0, 0.2, 0.2] }, { at: '2026-03-01T08:00:01Z', box: [0.2, 0, 0.4, 0.2] }, { at: '2026-03-01T08:00:09Z', box: [0.9, 0, 1, 0.2] }] },
  };
  const lefts = (media_s) => boxes.atMoment(detail, boxes.momentOfClip(detail, media_s)).map(({ box }) => Number(box[0].toFixed(3)));
  assert.deepEqual([5.5, 5, 8, 3, 20].map(lefts), [[0.1], [0], [], [], []]);
  assert.equal(boxes.momentOfClip({ ...detail, clip_state: null }, 1), null);
  const seen = [{ class: 'person', score: 0.9, box: [0.01, 0, 0.2, 0.2] }, { class: 'person', score: 0.9, box: [0.6, 0, 0.8, 0.2] }, { class: 'head', score: 0.8, box: [0.05, 0, 0.1, 0.05] }];
  const names = (more) => boxes.ofSnapshot({ ...detail, detections: seen, ...more }).map(({ name }) => name);
  assert.deepEqual(names({ snapshot_at: '2026-03-01T08:00:00Z' }), ['person', 'head', null], 'the person of the violation stands once');
  assert.deepEqual(names({ track: null }), ['person', 'person', 'head']);
});

check('an answer that got lost is known again by giver, version and finding', () => {
  const given = { verdict: 'dismissed', reason: 'duplicate', words: '', by: 'me', at: 'x' };
  const finding = { verdict: 'dismissed', reason: 'duplicate', words: '' };
  const view = (more, version = 3) => ({ version, standing: { ...given, ...more } });
  assert.ok(verdict.isOurs(view({}), 2, finding, 'me'));
  for (const [more, version] of [[{ by: 'other' }, 3], [{ reason: 'unclear' }, 3], [{}, 4]]) assert.ok(!verdict.isOurs(view(more, version), 2, finding, 'me'));
  assert.ok(!verdict.isOurs({ version: 3, standing: null }, 2, finding, 'me'));
});

check('the window to undo is measured by this clock, whatever the server’s says', () => {
  const view = { undo_until: '2020-01-01T00:00:30Z', standing: { at: '2020-01-01T00:00:00Z' } };
  assert.equal(verdict.deadlineOf(view, 1_000_000), 1_030_000);
  assert.equal(verdict.deadlineOf({ ...view, undo_until: null }, 1_000_000), null);
  assert.deepEqual(['none', 'confirmed', 'confirmed'].map((one, at) => verdict.wayOf(one, [null, 20, 5][at], 10)), ['judge', 'wait', 'change']);
});

/** A server of verdicts that is answered by hand. */
function verdictServer() {
  const asked = [];
  session.account = { name: 'me', actions: ['give_verdict'] };
  globalThis.fetch = (url, { method = 'GET', body } = {}) =>
    new Promise((resolve, reject) => asked.push({
      what: `${method} ${url.replace('/api/v1/violations/', '')}`, body: body && JSON.parse(body),
      answer: (json, status = 200) => resolve(Response.json(json, { status })), lose: () => reject(new TypeError('lost')),
    }));
  return asked;
}
const turn = () => new Promise((resume) => setTimeout(resume));
const byMe = (version, more = {}) => ({
  version, verdict: 'confirmed', counts: 'none', undo_until: '2026-03-01T08:00:30Z', replaced: [],
  standing: { verdict: 'confirmed', reason: null, words: '', by: 'me', at: '2026-03-01T08:00:00Z', second: 'not_asked', ...more },
});
const free = (id) => ({ id, verdict: 'none', judged: null });
const SHOWN = { for_ms: 1_000, clip_ms: 0, picture: true };
const CONFIRMED = { verdict: 'confirmed' };

await checkLater('a verdict counts at once, and is sent once', async () => {
  const asked = verdictServer();
  assert.ok(verdicts.judge({ id: 'v1', version: 0 }, CONFIRMED, SHOWN));
  assert.ok(!verdicts.judge({ id: 'v1', version: 0 }, CONFIRMED, SHOWN), 'twice');
  assert.equal(verdicts.shownOf(free('v1')), 'confirmed');
  await turn();
  assert.deepEqual(asked.map(({ what }) => what), ['POST v1/verdict']);
  assert.deepEqual(asked[0].body, { version: 0, finding: CONFIRMED, change_reason: '', shown: SHOWN });
  asked[0].answer(byMe(1));
  await turn();
  assert.equal(verdicts.standOf(free('v1')).version, 1);
});

await checkLater('an undo waits for the answer and takes its version', async () => {
  const asked = verdictServer();
  verdicts.judge({ id: 'v2', version: 4 }, CONFIRMED, SHOWN);
  verdicts.undo('v2');
  assert.equal(verdicts.shownOf(free('v2')), 'none');
  await turn();
  assert.equal(asked.length, 1);
  asked[0].answer(byMe(5));
  await turn();
  assert.equal(asked[1].what, 'DELETE v2/verdict?version=5');
  asked[1].answer({ ...byMe(6), verdict: 'none', standing: null, undo_until: null });
  await turn();
  assert.equal(verdicts.shownOf(free('v2')), 'none');
  assert.equal(verdicts.marks.size, 0);
});

await checkLater('a signature whose answer got lost is known again by who signed', async () => {
  const asked = verdictServer();
  const awaited = { id: 'v9', verdict: 'none', judged: { version: 1, verdict: 'confirmed', undo_until: null, awaits_second: true } };
  assert.ok(verdicts.standOf(awaited).awaitsSecond);
  verdicts.sign({ id: 'v9', version: 1 });
  verdicts.sign({ id: 'v9', version: 1 });
  assert.equal(verdicts.shownOf(awaited), 'confirmed', 'signing changes no verdict');
  await turn();
  assert.deepEqual(asked.map(({ what, body }) => [what, body]), [['POST v9/verdict/second', { version: 1 }]]);
  asked[0].lose();
  await turn();
  asked[1].answer(byMe(2, { by: 'li.na', second: 'signed', second_by: 'me', second_at: '2026-03-01T09:00:00Z' }));
  await turn();
  assert.equal(verdicts.failureOf('v9'), null);
  assert.ok(!verdicts.standOf(awaited).awaitsSecond);
});

await checkLater('another officer was faster: the item comes back and holds what stands', async () => {
  const asked = verdictServer();
  verdicts.judge({ id: 'v3', version: 0 }, CONFIRMED, SHOWN);
  await turn();
  asked[0].answer({ type: 'urn:anjian:problem:changed', detail: 'changed' }, 409);
  await turn();
  assert.equal(asked[1].what, 'GET v3/verdict');
  asked[1].answer(byMe(1, { by: 'li.na' }));
  await turn();
  assert.equal(verdicts.failureOf('v3').problem.kind, 'changed');
  assert.equal(verdicts.standOf(free('v3')).view.standing.by, 'li.na');
});

await checkLater('a lost answer is asked for: taken, not taken, not known and known later', async () => {
  const asked = verdictServer();
  for (const id of ['v4', 'v5', 'v6']) verdicts.judge({ id, version: 0 }, CONFIRMED, SHOWN);
  await turn();
  for (const request of asked.slice(0, 3)) request.lose();
  await turn();
  asked[3].answer(byMe(1));
  asked[4].answer({ version: 0, verdict: 'none', counts: 'none', undo_until: null, standing: null, replaced: [] });
  asked[5].lose();
  await turn();
  assert.equal(verdicts.failureOf('v4'), null, 'it was taken');
  assert.equal(verdicts.shownOf(free('v4')), 'confirmed');
  assert.equal(verdicts.failureOf('v5').isUnsure, false);
  assert.equal(verdicts.shownOf(free('v5')), 'none');
  assert.ok(verdicts.failureOf('v6').isUnsure);
  verdicts.reconcile();
  await turn();
  asked[6].answer(byMe(1));
  await turn();
  assert.equal(verdicts.failureOf('v6'), null);
  assert.equal(verdicts.shownOf(free('v6')), 'confirmed');
});

await checkLater('each member of a dismissal has its own outcome', async () => {
  const asked = verdictServer();
  const finding = { verdict: 'dismissed', reason: 'duplicate', words: '' };
  const done = verdicts.dismissMany([{ id: 'v7', version: 0 }, { id: 'v8', version: 2 }], finding);
  await turn();
  assert.deepEqual(asked[0].body, { members: [{ id: 'v7', version: 0 }, { id: 'v8', version: 2 }], finding });
  const given = { ...byMe(1, finding), verdict: 'dismissed' };
  asked[0].answer({ items: [{ id: 'v7', verdict: given, problem: null }, { id: 'v8', verdict: null, problem: { type: 'urn:anjian:problem:changed', status: 409, title: '', detail: '' } }] });
  await turn();
  asked[1].answer(byMe(3, { by: 'li.na' }));
  await done;
  assert.equal(verdicts.shownOf(free('v7')), 'dismissed');
  assert.equal(verdicts.failureOf('v7'), null);
  assert.equal(verdicts.failureOf('v8').problem.kind, 'changed');
});

check('what a live update says is newer than what was known, never older', () => {
  const stand = (judged) => verdicts.standOf({ id: 'v4', verdict: 'none', judged }).version;
  assert.equal(stand(null), 1);
  assert.equal(stand({ version: 2, verdict: 'dismissed', undo_until: null, awaits_second: false }), 2);
  assert.equal(verdicts.shownOf({ id: 'hidden', verdict: 'confirmed', judged: null }), 'confirmed', 'for whom the judgement is hidden');
});

// --- cases ------------------------------------------------------------------------------------------------------

const row = (stage, outcome = 'order_to_rectify', due = '2026-12-10') => ({ stage, outcome, due });

check('only an enterprise that must act on an order is late', () => {
  const late = (one, today = '2026-12-12') => board.latenessOf(one, today);
  assert.deepEqual(late(row('noticed')), { state: 'overdue', days: 2 });
  assert.deepEqual(late(row('returned'), '2026-12-10'), { state: 'today', days: 0 });
  assert.deepEqual(late(row('answered'), '2026-12-08'), { state: 'soon', days: 2 });
  assert.deepEqual(late(row('noticed'), '2026-12-07'), { state: 'in_time', days: 3 });
  for (const one of [row('pleaded'), row('rectified'), row('closed'), row('noticed', 'remind'), row('noticed', 'hand_over'), row('noticed', undefined, null)]) assert.deepEqual(late(one), { state: 'none' });
});

check('what is overdue comes first, the longest first, and the rest stays in its order', () => {
  const items = [['a', '2026-12-20'], ['b', '2026-12-09'], ['c', '2026-12-01'], ['d', '2026-12-15']].map(([id, due]) => ({ id, ...row('noticed', 'order_to_rectify', due) }));
  assert.equal(board.overdueFirst(items, () => '2026-12-10').map(({ id }) => id).join(''), 'cbad');
});

check('the filters of the board stand in the address and in the query', () => {
  const chosen = { sites: ['a', 'b'], group: 'waiting', late: 'soon', words: '动火' };
  assert.deepEqual(board.readBoardAddress(board.writeBoardAddress(chosen)), chosen);
  assert.deepEqual(board.readBoardAddress(new URLSearchParams('state=x&late=y')), board.noBoardFilters());
  assert.equal(board.columnQuery('waiting', chosen, '2026-12-30').toString(), `site=a&site=b&words=${encodeURIComponent('动火')}&stage=noticed&stage=answered&stage=returned&due_before=2027-01-02`);
  assert.deepEqual(board.shownGroups({ ...chosen, group: '' }), ['waiting']);
  assert.deepEqual(board.shownGroups({ ...chosen, group: 'over' }), []);
  assert.equal(new Set(Object.values(board.STAGES_OF).flat()).size, 9, 'each state stands in one column');
});

const casefile = (more) => ({
  stage: 'noticed', outcome: 'order_to_rectify', proposal: { outcome: 'order_to_rectify', term_days: 7, cards: [] }, signatures: [], answer: null, rectifications: [], proofs: [], ended: null,
  notice: { outcome: 'order_to_rectify', at: '2026-12-01T00:00:00Z', due: '2026-12-10', due_is_certain: true, service: null, acknowledged_at: null }, handed_over: null, steps: [],
  violations: [{ violation: { id: 'v', verdict: 'confirmed' }, is_in: true }], findings: [], deliveries: [],
  possible: ['record_service', 'acknowledge', 'plead', 'rectify', 'hand_over', 'record_receipt', 'close', 'withdraw', 'drop_member'], ...more,
});
const offers = (more, me = 'li.na', today = '2026-12-05') => offered(casefile(more), me, today);

check('only steps that are possible and make sense are offered', () => {
  assert.deepEqual(offers({}), ['rectify', 'plead', 'acknowledge', 'record_service']);
  assert.deepEqual(offers({ possible: [] }), []);
  const notice = casefile({}).notice;
  assert.deepEqual(offers({ notice: { ...notice, outcome: 'remind', acknowledged_at: notice.at } }), ['close', 'plead', 'record_service']);
  assert.deepEqual(offers({ notice: { ...notice, outcome: 'remind' } }, 'li.na', '2026-12-11')[0], 'close', 'its time is over');
  const over = { ...notice, outcome: 'hand_over', service: {}, acknowledged_at: notice.at };
  assert.deepEqual(offers({ notice: over }), ['hand_over', 'plead']);
  assert.deepEqual(offers({ notice: over, handed_over: { to: 'x', receipt_at: null } }), ['record_receipt', 'plead']);
  assert.deepEqual(offers({ notice: over, handed_over: { to: 'x', receipt_at: notice.at } }), ['close', 'plead']);
});

check('a violation that is confirmed no longer is taken out, the last one withdraws', () => {
  const member = (verdict) => ({ violation: { id: verdict, verdict }, is_in: true });
  const has = (...verdicts) => offers({ violations: verdicts.map(member) });
  assert.ok(has('confirmed', 'dismissed').includes('drop_member') && !has('confirmed', 'dismissed').includes('withdraw'));
  assert.ok(has('dismissed').includes('withdraw') && !has('dismissed').includes('drop_member'));
  const beside = offers({ violations: [member('dismissed')], findings: [{ finding: { id: 'f' }, is_in: true }] });
  assert.ok(beside.includes('drop_member') && !beside.includes('withdraw'), 'a finding on site stays');
});

check('a draft is signed once by each officer, and issued when it has its signatures', () => {
  const possible = ['propose', 'sign', 'issue', 'withdraw', 'drop_member'];
  const main = (...accounts) => {
    const one = casefile({ stage: 'draft', notice: null, possible, signatures: accounts.map((account) => ({ account })) });
    return mainStep(offered(one, 'li.na', '2026-12-05'), one);
  };
  assert.equal(main(), 'sign');
  assert.equal(main('zhang.wei'), 'sign');
  assert.equal(main('li.na'), null, 'another officer has to sign');
  assert.equal(main('li.na', 'zhang.wei'), 'issue');
});

check('a step counts as taken only if it is the very next one, by this account, with these words', () => {
  const one = { steps: [{ version: 4, step: 'plead', account: 'me', words: 'so' }] };
  const taken = (seen, step, words, me = 'me') => isTaken(one, seen, { step, ...(words === undefined ? {} : { words }) }, me);
  assert.ok(taken(3, 'plead', ' so '));
  for (const other of [taken(2, 'plead', 'so'), taken(3, 'rectify', 'so'), taken(3, 'plead', 'no'), taken(3, 'plead', 'so', 'you')]) assert.ok(!other);
});

const kinds = await readFile(fileURLToPath(new URL('../../src/http/kinds.rs', import.meta.url)), 'utf8');
check('every reason for which the server refuses a step has words in both languages', () => {
  const keys = [...kinds.slice(kinds.indexOf('fn case_key'), kinds.indexOf('fn account_kind')).matchAll(/=> (?:Some\()?"([a-z-]+)"/g)].map(([, key]) => key);
  assert.ok(keys.length > 30, `${keys.length} keys`);
  for (const { cases } of [en, zh]) assert.deepEqual(keys.filter((key) => !cases.refusal[key]), []);
});

const due = ({ by = [], ...more } = {}) => ({ case: { disposed_at: null }, due: '2026-12-05', held: false, files: 3, size_bytes: 90, signatures: by.map((account) => ({ account })), version: JSON.stringify([by, more]), ...more });

check('a disposal stands where its term and its signatures put it', () => {
  const gone = due({ by: ['a', 'b'], case: { disposed_at: '2026-12-06T00:00:00Z' } });
  const states = [due({ due: null }), due({ due: '2026-12-06' }), due(), due({ by: ['a'] }), gone].map((one) => disposals.stateOf(one, '2026-12-05'));
  assert.deepEqual(states, ['not_over', 'kept', 'unsigned', 'signed_once', 'disposed']);
  for (const { disposals: words } of [en, zh]) assert.deepEqual(states.filter((state) => !words.state[state]), []);
  const signable = (one, me = 'li.na') => disposals.isSignable(one, me, '2026-12-05');
  assert.ok(signable(due()) && signable(due({ by: ['a'] })));
  for (const one of [due({ due: null }), due({ due: '2026-12-06' }), due({ held: true }), due({ by: ['li.na'] }), gone]) assert.ok(!signable(one), JSON.stringify(one));
  assert.deepEqual([due(), due({ by: ['a'] })].map(disposals.isLast), [false, true]);
  assert.deepEqual(disposals.extentOf([due(), due()]), { files: 6, size_bytes: 180 });
});

check('a signature is bound to what the officer saw', () => {
  const change = (fresh, seen = due()) => disposals.changeOf(seen, fresh, 'li.na');
  assert.equal(change(due()), null);
  assert.equal(change(due({ by: ['a'] }), due({ by: ['a'] })), null);
  assert.deepEqual([due({ by: ['a'] }), due({ files: 4 })].map((fresh) => change(fresh)), ['changed', 'changed']);
  assert.deepEqual([due({ by: ['li.na'] }), due({ held: true }), due({ case: { disposed_at: 'x' } })].map((fresh) => change(fresh)), ['signed-already', 'held', 'disposed']);
});

check('the audit names what was disposed of; own entries only what may have been', () => {
  const entries = [['a', true], ['b', false], ['a', false], ['c', true]].map(([object, is_disposed]) => ({ object, after: { is_disposed } }));
  assert.deepEqual(disposals.casesOf(entries, true), ['a', 'c']);
  assert.deepEqual(disposals.casesOf(entries, false), ['a', 'b', 'c']);
});

check('each part of the disposals stands in the address', () => {
  for (const at of [{ what: 'due' }, { what: 'done' }, { what: 'case', id: 'a/b' }]) assert.deepEqual(disposingOf(queryOf(at)), at);
});

const MIB = 1024 * 1024;
check('pictures of more than 4 MiB are scaled to 2560 px, everything else stays as it is', () => {
  for (const [type, mib, isScaled] of [['image/jpeg', 4, false], ['image/jpeg', 4.1, true], ['image/png', 12, true], ['video/mp4', 40, false], ['application/pdf', 9, false]]) {
    assert.equal(attachments.isScaled({ type, size: mib * MIB }), isScaled, `${type} ${mib}`);
  }
  assert.deepEqual(attachments.scaledSize(4000, 3000), { width: 2560, height: 1920 });
  assert.deepEqual(attachments.scaledSize(3000, 9000), { width: 853, height: 2560 });
  assert.deepEqual(attachments.scaledSize(800, 600), { width: 800, height: 600 });
  assert.deepEqual(attachments.scaledSize(40_000, 2), { width: 2560, height: 1 });
  assert.equal(attachments.scaledName('现场.2.png'), '现场.2.jpg');
});

check('what the server would refuse is refused before it is sent', () => {
  const refused = (type, size) => attachments.refusalOf({ type, size })?.kind ?? null;
  assert.deepEqual([refused('image/jpeg', 10 * MIB), refused('video/mp4', 50 * MIB), refused('application/pdf', 1)], [null, null, null]);
  assert.deepEqual([refused('image/heic', 1), refused('', 1), refused('video/mp4', 50 * MIB + 1), refused('image/png', 10 * MIB + 1), refused('image/png', 0)], ['media-type', 'media-type', 'too-large', 'too-large', 'damaged']);
  assert.equal(attachments.attachmentName('a\n\u202eb.jpg '), 'a  b.jpg');
  assert.equal([...attachments.attachmentName('图'.repeat(300))].length, 200);
  assert.equal(attachments.attachmentName('\u0000'), '-');
});

const photo = (id, attachment = null) => ({ id, name: `${id}.jpg`, type: 'image/jpeg', size_bytes: 1, attachment });
const noted = (more) => ({ ...outbox.emptyFound('f', 'li.na', 'plant'), place: '二号车间', words: '未拉警戒线', found_at: '2026-12-01T08:00:00Z', photos: [photo('p')], ...more });

check('a finding is sent once it is whole', () => {
  assert.deepEqual(outbox.missingIn(outbox.emptyFound('f', 'li.na', '')), ['photos', 'site', 'place', 'words']);
  assert.deepEqual(outbox.missingIn(noted({})), []);
  assert.deepEqual(outbox.missingIn(noted({ place: ' ', words: 'x'.repeat(2_001), photos: Array.from({ length: 6 }, (_, at) => photo(String(at))) })), ['photos', 'place', 'words']);
  assert.deepEqual(outbox.bodyOf(noted({ words: ' a ', photos: [photo('p', 'x'), photo('q', 'x')], behaviour: 'hot_work' })), { id: 'f', site: 'plant', words: 'a', place: '二号车间', found_at: '2026-12-01T08:00:00Z', attachments: ['x'], behaviour: 'hot_work' });
});

check('the outbox sends the oldest first, and only what waits', () => {
  const items = [noted({ id: 'b', state: 'waiting', found_at: '2026-12-02T08:00:00Z' }), noted({ id: 'a', state: 'waiting' }), noted({ id: 'c' }), noted({ id: 'd', state: 'refused' }), noted({ id: 'e', state: 'sent' })];
  assert.deepEqual(outbox.toSend(items).map(({ id }) => id), ['a', 'b']);
});

check('what breaks off waits, what is refused says why, and each can be tried again', () => {
  for (const status of [null, 500, 503, 401, 408, 429]) assert.ok(outbox.isPassing({ status }), String(status));
  for (const status of [400, 403, 404, 409, 413, 415, 422]) assert.ok(!outbox.isPassing({ status }), String(status));
  const refused = outbox.refused(noted({ state: 'waiting', photos: [photo('p', 'x')] }), { status: 409, kind: 'recused', key: null, detail: 'no' });
  assert.deepEqual([refused.state, refused.refusal], ['refused', { status: 409, kind: 'recused', key: null, detail: 'no' }]);
  const again = outbox.retried(refused, 'g');
  assert.deepEqual([again.id, again.state, again.refusal, again.photos[0].attachment], ['f', 'waiting', null, 'x'], 'its id and photos stay');
  const taken = outbox.retried({ ...refused, refusal: { status: 409, kind: 'known', key: null, detail: null } }, 'g');
  assert.deepEqual([taken.id, taken.photos[0].attachment], ['g', null], 'the id belongs to another account');
  assert.ok(outbox.areGone({ kind: 'case', key: 'no-attachment' }, noted({ photos: [photo('p', 'x')] })));
  assert.deepEqual(outbox.actOf(noted({ photos: [photo('p', 'x')] }), '2026-12-01'), { step: 'recheck', on_site: { on: '2026-12-01', words: '未拉警戒线', attachments: ['x'] } });
  assert.ok(outbox.areGone({ kind: 'finding' }, noted({ photos: [photo('p', 'x')] })) && !outbox.areGone({ kind: 'finding' }, noted({})) && !outbox.areGone({ kind: 'recused' }, noted({ photos: [photo('p', 'x')] })));
});

check('nothing that may be on record is changed, and what was sent goes after a day', () => {
  const changeable = (state, tried_at) => outbox.isChangeable(noted({ state, tried_at }));
  assert.deepEqual([changeable('waiting', null), changeable('waiting', 'x'), changeable('refused', 'x'), changeable('sent', 'x')], [true, false, true, false]);
  const sent = outbox.sentAt(noted({}), '2026-12-01T08:00:00Z');
  assert.deepEqual([outbox.isOver(sent, Date.parse('2026-12-02T07:59:00Z')), outbox.isOver(sent, Date.parse('2026-12-02T08:01:00Z')), outbox.isOver(noted({ state: 'waiting' }), Infinity)], [false, true, false]);
  assert.match(outbox.newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

check('risk stands in words, and a licence counts its days', () => {
  assert.deepEqual([0, 19, 20, 49, 50, 74, 75, 100].map((score) => riskOf({ score })), ['low', 'low', 'raised', 'raised', 'high', 'high', 'severe', 'severe']);
  assert.deepEqual([daysLeft('2026-12-31', '2026-12-03'), daysLeft('2026-12-03', '2026-12-03'), daysLeft('2026-12-01', '2026-12-03')], [28, 0, -2]);
  for (const { visit } of [en, zh]) assert.deepEqual(['confirmed', 'repeated', 'overdue', 'returned', 'tampering', 'site_class'].filter((factor) => !visit.factor[factor]), []);
});

check('every refusal of a disposal has words in both languages', () => {
  const keys = [...kinds.slice(kinds.indexOf('fn disposal_key')).matchAll(/DisposalRefusal::\w+(?:\(_\))?\) => Some\("([a-z-]+)"/g)].map(([, key]) => key);
  assert.ok(keys.length >= 6, keys.join());
  for (const { disposals: words } of [en, zh]) assert.deepEqual([...keys, 'changed'].filter((key) => !words.refusal[key]), []);
});

check('every refusal of a file has words in both languages', () => {
  const kinds_of = (from, to) => [...kinds.slice(kinds.indexOf(from), kinds.indexOf(to)).matchAll(/, "([a-z-]+)",/g)].map(([, kind]) => kind);
  const files = kinds_of('fn attachment_kind', 'fn finding_kind');
  assert.ok(files.length >= 7, files.join());
  for (const { attachments: words } of [en, zh]) assert.deepEqual(files.filter((kind) => !words.refusal[kind]), []);
  for (const { visit } of [en, zh]) assert.deepEqual(kinds_of('fn finding_kind', 'fn site_record_kind').filter((kind) => !visit.refusal[kind]), []);
});

await server.close();
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);

// The inbox in a real Chromium, against a server of the test's own (`mock-desk.mjs`) that serves the built page.
// Usage: node inbox.mjs

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { idOf, MockDesk } from './mock-desk.mjs';
import { startMock } from './mock.mjs';
import { check, complaints, expect, finish, launch, until } from './view.mjs';

const AXE = await readFile(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
/** A request that is refused is an error of the console: what the page says of it is checked. */
const REFUSED = /the server responded with a status of (401|409|500)|ERR_/;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** Longer than a key needs to count after the picture has come. */
const SEEN_MS = 450;

const browser = await launch();
const worlds = [];

/** A server of its own for each check: verdicts of one must not show in another. */
async function server(options = {}) {
  const desk = new MockDesk(options);
  const mock = await startMock({ routes: desk.routes() });
  desk.streams = mock.world.streams;
  mock.world.find('li.na').has_totp = false;
  worlds.push(mock);
  return { desk, ...mock };
}

async function openAs(mock, name, { query = '?view=inbox', wanted = '[data-front][data-there]', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && !REFUSED.test(message.text()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${mock.address}/${query}`);
  await page.locator('[name=username]').fill(name);
  await page.locator('[data-sign-in] [name=password]').fill('correct horse');
  await page.locator('[data-sign-in] [type=submit]').click();
  if (wanted) await page.locator(wanted).first().waitFor();
  return page;
}

const close = (page) => page.context().close();
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
const inFront = (page) => page.locator('[data-stage]').getAttribute('data-stage').then((id) => Number(id.slice(-12)));
const isInFront = (page, number) => until(async () => (await inFront(page)) === number, `not number ${number} in front`);
/** In front, with its picture, for as long as a person needs. */
async function sees(page, number) {
  await isInFront(page, number);
  await page.locator('[data-front][data-there]').waitFor();
  await pause(SEEN_MS);
}
const sent = (desk, method = 'POST') => desk.asked.filter(({ what }) => what.startsWith(`${method} `) && /verdict/.test(what));
const card = (page, number) => page.locator(`[data-card="${idOf(number)}"]`);
const note = (page, which) => page.locator(`[data-note=${which}]`).waitFor();
const has = (page, selector, count = 1) => until(async () => (await page.locator(selector).count()) === count, `not ${count} of ${selector}`);

await check('c confirms what is in front, with what was shown of it, and the next comes at once', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  const release = mock.desk.hold(/^POST/);
  await sees(page, 1);
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await until(() => sent(mock.desk).length === 1, 'nothing was sent');
  const { what, body } = sent(mock.desk)[0];
  expect(what.includes(idOf(1)), what);
  expect(body.version === 0 && body.finding.verdict === 'confirmed', JSON.stringify(body));
  expect(body.shown.picture === true && body.shown.for_ms >= SEEN_MS && body.shown.for_ms < 20_000 && body.shown.clip_ms === 0, JSON.stringify(body.shown));
  await card(page, 1).locator('.state.confirmed').waitFor();
  release();
  await page.locator('[data-undo-seconds]').waitFor();
  await close(page);
});

await check('x and a digit dismiss with that reason, and other asks for words', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('x');
  await page.locator('[data-asking=reason]').waitFor();
  for (const key of ['c', 'j', '9', '0']) await page.keyboard.press(key);
  await page.keyboard.press('6');
  await sees(page, 2);
  await page.keyboard.press('x');
  await page.keyboard.press('8');
  const words = page.locator('[name=words]');
  await words.waitFor();
  await page.keyboard.press('Enter'); // A new line: nothing is sent.
  await page.locator('[data-asking] [type=submit]').click();
  await page.getByText('Say why, in words.').waitFor();
  await words.fill('a mirror, c x z');
  await page.locator('[data-asking] [type=submit]').click();
  await isInFront(page, 3);
  await until(() => sent(mock.desk).length === 2, 'not two verdicts');
  const findings = sent(mock.desk).map(({ body }) => body.finding);
  expect(findings[0].reason === 'duplicate' && findings[0].words === '', JSON.stringify(findings[0]));
  expect(findings[1].reason === 'other' && findings[1].words === 'a mirror, c x z', JSON.stringify(findings[1]));
  await sees(page, 3);
  await page.keyboard.press('x');
  await page.keyboard.press('Escape');
  await has(page, '[data-asking]', 0);
  expect(sent(mock.desk).length === 2 && (await inFront(page)) === 3, 'Escape did something');
  await close(page);
});

await check('keys are dead in fields, while an input method composes, and when they repeat', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('/');
  await until(() => page.evaluate(() => document.activeElement?.hasAttribute('data-find')), 'slash does not find');
  await page.keyboard.type('cxzj1');
  expect((await page.locator('[data-find]').inputValue()) === 'cxzj1', 'the field did not get the keys');
  await page.keyboard.press('Escape');
  await page.evaluate(() => {
    const press = (more) => window.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...more }));
    for (const key of ['c', 'x', 'z']) {
      press({ key, isComposing: true });
      press({ key, keyCode: 229 });
      press({ key, repeat: true });
      press({ key, ctrlKey: true });
    }
  });
  await pause(200);
  expect((await inFront(page)) === 1 && sent(mock.desk).length === 0, 'a dead key judged');
  expect((await page.locator('[data-asking]').count()) === 0, 'a dead key asked');
  await page.evaluate(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'c', bubbles: true })));
  await isInFront(page, 2);
  await close(page);
});

await check('a key pressed twice judges one violation', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await pause(600); // The next picture is there.
  await page.keyboard.press('c');
  await page.keyboard.press('c');
  await note(page, 'too_soon');
  await pause(300);
  expect(sent(mock.desk).length === 1 && (await inFront(page)) === 2, `${sent(mock.desk).length} verdicts`);
  await close(page);
});

await check('a late picture never shows under another violation, and nothing is confirmed unseen', async () => {
  const mock = await server();
  const release = mock.desk.hold(new RegExp(`${idOf(2)}/snapshot.jpg`));
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await pause(SEEN_MS);
  await page.keyboard.press('c');
  await note(page, 'no_picture');
  expect(sent(mock.desk).length === 1, 'an unseen violation was confirmed');
  await page.keyboard.press('j');
  await isInFront(page, 3);
  release();
  await sees(page, 3);
  const shown = await page.locator('[data-front] img').evaluate((image) => [image.naturalWidth, image.src]);
  expect(shown[0] === 643 && shown[1].includes(idOf(3)), shown.join(' '));
  await page.keyboard.press('c');
  await until(() => sent(mock.desk).length === 2, 'the third was not sent');
  expect(sent(mock.desk)[1].what.includes(idOf(3)), sent(mock.desk)[1].what);
  await close(page);
});

await check('two pictures and one clip are loaded before they are needed; what is skipped is aborted', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  const asked = (file) => [...new Set(mock.desk.asked.filter(({ what }) => what.endsWith(file)).map(({ what }) => Number(what.split('/').at(-2).slice(-12))))];
  await until(() => asked('clip.mp4').length === 2, 'the clips do not come');
  await pause(500);
  expect(asked('snapshot.jpg').join() === '1,2,3' && asked('clip.mp4').join() === '1,2', `${asked('snapshot.jpg')} ${asked('clip.mp4')}`);
  mock.desk.hold(/snapshot\.jpg/);
  const aborted = [];
  page.on('requestfailed', (request) => aborted.push(request.url()));
  for (let step = 0; step < 6; step += 1) await page.keyboard.press('j');
  await isInFront(page, 7);
  await until(() => asked('snapshot.jpg').includes(7), 'the one in front is not asked for');
  await page.keyboard.press('j');
  await until(() => aborted.some((url) => url.includes(`${idOf(7)}/snapshot.jpg`)), 'the skipped picture goes on');
  await close(page);
});

await check('space plays, comma and full stop step, and what was played is told', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press(' ');
  const video = page.locator('[data-front] video');
  await until(() => video.evaluate((one) => one.currentTime > 1.2), 'the clip does not play');
  await has(page, '[data-front] [data-boxes]');
  await page.keyboard.press('b');
  await has(page, '[data-front] [data-boxes]', 0);
  await page.keyboard.press('b');
  await page.keyboard.press(' ');
  const at = await video.evaluate((one) => one.currentTime);
  await page.keyboard.press('.');
  await until(() => video.evaluate((one, before) => one.currentTime > before, at), 'no step on');
  const on = await video.evaluate((one) => one.currentTime);
  expect(on - at < 0.3, `a step of ${on - at} s`);
  await page.keyboard.press(',');
  await until(() => video.evaluate((one, before) => one.currentTime < before, on), 'no step back');
  await page.keyboard.press('c');
  await until(() => sent(mock.desk).length === 1, 'not sent');
  const { clip_ms } = sent(mock.desk)[0].body.shown;
  expect(clip_ms > 1_000 && clip_ms < 9_000, `${clip_ms} ms of the clip`);
  await close(page);
});

await check('somebody was faster: the item comes back and says so, and nothing is overwritten', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  mock.desk.isMute = true;
  mock.desk.judge(idOf(1), 'li.na', { version: 0, finding: { verdict: 'dismissed', reason: 'unclear', words: '' } });
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await page.locator('[data-not-taken]').waitFor();
  await card(page, 1).locator('.state.bad').waitFor();
  await page.locator('[data-not-taken] button').first().click();
  await isInFront(page, 1);
  const text = await page.locator(`[data-failure="${idOf(1)}"]`).innerText();
  expect(text.includes('li.na was faster') && text.includes('Cannot be made out'), text);
  expect(mock.desk.stateOf(idOf(1)).standing.by === 'li.na', 'it was overwritten');
  await page.locator(`[data-failure="${idOf(1)}"] button`).click();
  await page.locator('[data-verdict-shown=dismissed]').waitFor();
  await close(page);
});

await check('two inspectors on one violation: what one gives, the other sees before pressing', async () => {
  const mock = await server();
  const [one, other] = [await openAs(mock, 'zhang.wei'), await openAs(mock, 'li.na')];
  await Promise.all([sees(one, 1), sees(other, 1)]);
  await one.keyboard.press('c');
  await other.locator('[data-verdict-shown=confirmed]').waitFor();
  await other.keyboard.press('x');
  await note(other, 'wait');
  expect(sent(mock.desk).length === 1, 'the second was sent');
  await other.locator('[data-verdict-history]').getByText('zhang.wei').waitFor();
  await Promise.all([close(one), close(other)]);
});

await check('a request that fails puts the item back, and it can be judged again', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  mock.desk.fail(/^POST/);
  await page.keyboard.press('c');
  await page.locator('[data-not-taken]').waitFor();
  await card(page, 1).locator('.state.bad').waitFor();
  await page.locator('[data-not-taken] button').first().click();
  await sees(page, 1);
  expect((await page.locator(`[data-failure="${idOf(1)}"]`).innerText()).includes('did not take it'), 'no words');
  await page.keyboard.press('c');
  await until(() => mock.desk.stateOf(idOf(1)).standing?.verdict === 'confirmed', 'the second try did not count');
  await close(page);
});

await check('an answer that is lost after the server took it is no failure', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  mock.desk.isMute = true;
  mock.desk.fail(/^POST/, 'lost');
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await page.locator('[data-undo-seconds]').waitFor();
  expect((await page.locator('[data-not-taken]').count()) === 0, 'it is called a failure');
  await card(page, 1).locator('.state.confirmed').waitFor();
  await close(page);
});

await check('without a connection the item comes back, and is settled when the server answers again', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  mock.desk.isMute = true;
  mock.desk.fail(/^POST/, 'lost');
  await page.route('**/verdict', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  await page.keyboard.press('c');
  await page.locator('[data-not-taken]').waitFor();
  await page.unroute('**/verdict');
  mock.desk.isMute = false;
  mock.desk.tell(idOf(1));
  await has(page, '[data-not-taken]', 0);
  await card(page, 1).locator('.state.confirmed').waitFor();
  await close(page);
});

await check('z takes the verdict back, shows it again, and shows the seconds before', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('z');
  await note(page, 'nothing_to_undo');
  await page.keyboard.press('c');
  await sees(page, 2);
  const seconds = await page.locator('[data-undo-seconds]').innerText();
  expect(/^(2\d|30) s$/.test(seconds), seconds);
  await page.keyboard.press('z');
  await isInFront(page, 1);
  await until(() => sent(mock.desk, 'DELETE').length === 1, 'not undone');
  expect(sent(mock.desk, 'DELETE')[0].query.get('version') === '1', 'another version');
  await page.locator('[data-judge] .choices').waitFor();
  await sees(page, 1);
  await page.keyboard.press('c');
  await until(() => sent(mock.desk).length === 2, 'not judged again');
  expect(sent(mock.desk)[1].body.version === 2, `version ${sent(mock.desk)[1].body.version}`);
  await close(page);
});

await check('z before the answer waits for it', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  const release = mock.desk.hold(/^POST/);
  await sees(page, 1);
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await page.keyboard.press('z');
  await isInFront(page, 1);
  expect(sent(mock.desk, 'DELETE').length === 0, 'undone before it was given');
  release();
  await until(() => sent(mock.desk, 'DELETE').length === 1, 'not undone');
  await until(() => mock.desk.stateOf(idOf(1)).version === 2 && mock.desk.stateOf(idOf(1)).standing === null, 'it stands');
  await page.locator('[data-judge] .choices').waitFor();
  await close(page);
});

await check('when the time to undo is over, a change asks for its reason', async () => {
  const mock = await server();
  mock.desk.undo_ms = 1_500;
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('c');
  await sees(page, 2);
  await page.keyboard.press('k');
  await isInFront(page, 1);
  await page.locator('[data-judge] [data-dismiss]').waitFor();
  await page.keyboard.press('z');
  await note(page, 'nothing_to_undo');
  await page.keyboard.press('c');
  await note(page, 'same');
  await page.keyboard.press('x');
  await page.locator('[data-asking=change]').waitFor();
  await page.locator('[data-reason=permitted_work]').click();
  await page.locator('[data-asking] [type=submit]').click();
  await page.getByText('A change needs a reason.').waitFor();
  await page.locator('[name=change]').fill('permit DH-2026-010');
  await page.locator('[data-asking] [type=submit]').click();
  await until(() => mock.desk.stateOf(idOf(1)).standing?.reason === 'permitted_work', 'not changed');
  expect(mock.desk.stateOf(idOf(1)).standing.change_reason === 'permit DH-2026-010', 'without its reason');
  await page.locator('[data-undo-seconds]').waitFor({ state: 'detached' });
  await page.locator(`[data-card="${idOf(1)}"] .face`).click();
  await page.locator('[data-verdict-history]').getByText('permit DH-2026-010').waitFor();
  await page.locator('[data-verdict-history] .replaced').getByText('Confirmed').waitFor();
  await close(page);
});

await check('many are dismissed at once, each with its own outcome; confirming stays one by one', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('v');
  await page.locator(`[data-pick="${idOf(3)}"]`).click({ modifiers: ['Shift'] });
  await page.locator('[data-selected="3"]').waitFor();
  await page.locator(`[data-pick="${idOf(5)}"]`).click();
  await page.locator('[data-selected="4"]').waitFor();
  await page.keyboard.press('c');
  await note(page, 'one_by_one');
  mock.desk.isMute = true;
  mock.desk.judge(idOf(2), 'li.na', { version: 0, finding: { verdict: 'confirmed' } });
  await page.keyboard.press('x');
  await page.getByText('Why are these 4 no violations?').waitFor();
  await page.keyboard.press('6');
  await page.locator('[data-bulk][data-done-count="3"][data-failed-count="1"]').waitFor();
  const posts = sent(mock.desk);
  expect(posts.length === 1 && posts[0].what === 'POST /api/v1/verdicts' && posts[0].body.members.length === 4, JSON.stringify(posts.map(({ what }) => what)));
  expect((await page.locator('[data-bulk]').innerText()).includes('li.na was faster: Confirmed'), await page.locator('[data-bulk]').innerText());
  await isInFront(page, 4);
  mock.desk.isMute = false;
  await page.keyboard.press('z');
  await until(() => [1, 3, 5].every((number) => mock.desk.stateOf(idOf(number)).standing === null), 'not all are undone');
  expect(mock.desk.stateOf(idOf(2)).standing.by === 'li.na', 'the other’s verdict is gone');
  await page.keyboard.press('Escape');
  await close(page);
});

await check('what arrives moves nothing: it waits behind a button', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await page.locator('.connection.live').waitFor();
  await page.keyboard.press('j');
  await sees(page, 2);
  const place = () => card(page, 2).boundingBox().then(({ y }) => Math.round(y));
  const before = await place();
  mock.desk.open(101);
  mock.desk.open(102);
  await page.locator('[data-waiting="2"]').waitFor();
  expect((await inFront(page)) === 2 && (await place()) === before && (await card(page, 101).count()) === 0, 'something moved');
  await page.keyboard.press('c');
  await isInFront(page, 3);
  await page.locator('[data-waiting]').click();
  await card(page, 102).waitFor();
  expect((await inFront(page)) === 3, 'another is in front');
  await close(page);
});

await check('who may not judge has no inbox and no button, and sees verdicts', async () => {
  const mock = await server();
  mock.desk.undo_ms = 0;
  mock.desk.judge(idOf(1), 'li.na', { version: 0, finding: { verdict: 'dismissed', reason: 'lamp_or_reflection', words: '' } });
  const page = await openAs(mock, 'audit', { query: '', wanted: '[data-violation]' });
  await has(page, '[data-view=inbox]', 0);
  await page.locator(`[data-violation="${idOf(1)}"]`).click();
  await page.locator('aside [data-verdict-history]').getByText('Lamp or reflection').waitFor();
  await has(page, '[data-confirm], [data-dismiss], [data-undo]', 0);
  await page.goto(`${mock.address}/?view=inbox`);
  await page.locator('[data-not-allowed]').waitFor();
  await close(page);
  const enterprise = await openAs(mock, 'plant-safety', { query: '', wanted: '[data-violation]' });
  await enterprise.locator('[data-violation]').first().click();
  await enterprise.locator('aside figure').waitFor();
  await has(enterprise, '[data-view=inbox], [data-judge], [data-verdict-history]', 0);
  expect(mock.desk.asked.every(({ what, by }) => by !== 'plant-safety' || !what.includes('verdict')), 'an enterprise asks for verdicts');
  await close(enterprise);
});

await check('the second signature is asked of another than the giver', async () => {
  const mock = await server();
  Object.assign(mock.desk, { undo_ms: 0, second: 'awaited' });
  mock.desk.judge(idOf(1), 'zhang.wei', { version: 0, finding: { verdict: 'confirmed' } });
  const giver = await openAs(mock, 'zhang.wei', { wanted: '[data-card]' });
  await card(giver, 1).getByText('Awaits the second signature').waitFor();
  await giver.locator(`[data-card="${idOf(1)}"] .face`).click();
  await giver.getByText('nobody signs the own verdict').waitFor();
  await has(giver, '[data-sign]', 0);
  const other = await openAs(mock, 'li.na', { wanted: '[data-card]' });
  await other.locator(`[data-card="${idOf(1)}"] .face`).click();
  await other.locator('[data-sign]').click();
  await until(() => mock.desk.stateOf(idOf(1)).standing.second_by === 'li.na', 'not signed');
  await other.getByText(/Second signature: li\.na/).waitFor();
  await Promise.all([close(giver), close(other)]);
});

await check('like ones stack, the list can be a list, the picture large, and the keys are explained', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  expect((await page.locator('[data-card]').count()) === 12, 'not each alone');
  await page.keyboard.press('g');
  await has(page, '[data-card]', 5); // Those of the other camera are too far from each other.
  await page.keyboard.press('v');
  await page.locator('[data-selected="8"]').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await has(page, '[data-card]', 12);
  await page.locator('[data-layout=list]').click();
  await has(page, '[data-queue].list');
  await page.keyboard.press('f');
  await until(async () => !(await page.locator('[data-queue]').isVisible()), 'the list is still there');
  await page.keyboard.press('f');
  await page.keyboard.press('?');
  await page.locator('[data-inbox-help]').waitFor();
  await page.keyboard.press('c');
  await page.keyboard.press('Escape');
  await has(page, '[data-inbox-help]', 0);
  expect(sent(mock.desk).length === 0, 'a key went past the help');
  await page.keyboard.press('/');
  await page.locator('[data-find]').fill('一号');
  await page.keyboard.press('Enter');
  await until(() => new URL(page.url()).searchParams.get('camera') === 'gate-1', page.url());
  await page.reload();
  await page.locator('[data-queue].list').waitFor();
  await close(page);
});

await check('another view begins with its own first violation, not with one of the view before', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  const release = mock.desk.hold(/^GET .*violations$/);
  await page.locator('[data-camera=yard-2]').click();
  await page.locator('[data-stage=""]').waitFor();
  await page.keyboard.press('c');
  await page.keyboard.press('x');
  release();
  await sees(page, 3);
  expect(sent(mock.desk).length === 0 && (await page.locator('[data-card]').count()) === 4, 'something of the old view was judged');
  await close(page);
});

await check('when everything is judged the page says so, and undo still works', async () => {
  const mock = await server({ count: 2 });
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('c');
  await sees(page, 2);
  await page.keyboard.press('c');
  await page.locator('[data-done]').waitFor();
  await page.keyboard.press('z');
  await isInFront(page, 2);
  await close(page);
});

await check('the list goes on by itself while it is judged', async () => {
  const mock = await server({ count: 30, page: 8 });
  const page = await openAs(mock, 'zhang.wei');
  for (let number = 1; number <= 10; number += 1) {
    await sees(page, number);
    await page.keyboard.press('c');
  }
  await isInFront(page, 11);
  await until(() => mock.desk.states.size === 10, 'not all were taken');
  await close(page);
});

await check('the details of a violation judge too, show both pictures and boxes over the clip', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei', { query: '', wanted: '[data-violation]' });
  await page.locator(`[data-violation="${idOf(1)}"]`).click();
  await page.locator('aside figcaption [data-picture=both]').click();
  await has(page, 'aside figure .shot img', 2);
  await pause(SEEN_MS + 200);
  await page.locator('aside figcaption [data-picture=clip]').click();
  await page.locator('aside .film [data-boxes]').waitFor();
  await page.locator('aside [data-boxes-toggle]').click();
  await has(page, 'aside .film [data-boxes]', 0);
  await page.locator('aside [data-confirm]').click();
  await until(() => mock.desk.stateOf(idOf(1)).standing?.verdict === 'confirmed', 'not given');
  expect(sent(mock.desk)[0].body.shown.picture === true, JSON.stringify(sent(mock.desk)[0].body));
  await page.locator('aside [data-undo]').click();
  await until(() => mock.desk.stateOf(idOf(1)).standing === null, 'not undone');
  await close(page);
});

await check('a phone has large buttons, reasons as a sheet, and no sideways scrolling', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei', PHONE);
  const overflow = () => page.evaluate((width) => document.documentElement.scrollWidth - width, PHONE.viewport.width);
  await sees(page, 1);
  expect((await overflow()) <= 0, `${await overflow()} px too wide`);
  for (const which of ['confirm', 'dismiss']) {
    const box = await page.locator(`[data-stage] [data-${which}]`).boundingBox();
    expect(box.height >= 48 && box.width >= 150 && box.y + box.height <= 844, JSON.stringify(box));
  }
  await page.locator('[data-stage] [data-dismiss]').tap();
  const sheet = await page.locator('[data-asking]').boundingBox();
  expect(Math.round(sheet.width) === 390 && Math.round(sheet.y + sheet.height) === 844, JSON.stringify(sheet));
  await page.locator('[data-reason=hat_worn]').tap();
  await sees(page, 2);
  await page.locator('[data-undo-last]:visible').tap();
  await isInFront(page, 1);
  await page.locator('[data-show-queue]').tap();
  await page.locator(`[data-card="${idOf(4)}"] .face`).tap();
  await sees(page, 4);
  expect((await overflow()) <= 0, `${await overflow()} px too wide`);
  await close(page);
});

await check('axe finds no serious fault, in both languages, light and dark', async () => {
  const mock = await server();
  mock.desk.undo_ms = 0;
  mock.desk.judge(idOf(3), 'li.na', { version: 0, finding: { verdict: 'confirmed' } });
  const serious = async (page, where) => {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(bad.length === 0, `${where}: ${bad.map(({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 120)}`).join(' | ')}`);
  };
  for (const options of [{ locale: 'en-US' }, { locale: 'zh-CN' }, { locale: 'zh-CN', colorScheme: 'dark' }, { locale: 'zh-CN', ...PHONE }]) {
    const page = await openAs(mock, 'zhang.wei', options);
    const where = JSON.stringify(options);
    await sees(page, 1);
    await page.locator('[data-view=inbox][aria-current]').waitFor();
    await serious(page, where);
    await page.keyboard.press('x');
    await page.keyboard.press('8');
    await serious(page, `${where} reasons`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await serious(page, `${where} help`);
    await page.keyboard.press('Escape');
    await page.locator('[data-layout=list]').evaluate((button) => button.click());
    await page.keyboard.press('v');
    await page.keyboard.press('g');
    await serious(page, `${where} selected`);
    await close(page);
  }
});

for (const mock of worlds) mock.close();
await finish(browser);

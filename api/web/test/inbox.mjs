// The inbox: its keys, what is in front, what loads before, the list, the phone. Usage: node inbox.mjs

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SEEN_MS, card, checkInbox, close, finish, has, inFront, isInFront, note, openAs, pause, sees, sent, server } from './inbox-view.mjs';
import { idOf } from './mock-desk.mjs';
import { check, expect, until } from './view.mjs';

const AXE = await readFile(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

await checkInbox('c confirms what is in front, with what was shown of it, and the next comes at once', async ({ mock, page }) => {
  const release = mock.desk.hold(/^POST/);
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
});

await checkInbox('x and a digit dismiss with that reason, and other asks for words', async ({ mock, page }) => {
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
});

await checkInbox('keys are dead in fields, while an input method composes, and when they repeat', async ({ mock, page }) => {
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
});

await checkInbox('a key pressed twice judges one violation', async ({ mock, page }) => {
  await pause(600); // The next picture is there.
  await page.keyboard.press('c');
  await page.keyboard.press('c');
  await note(page, 'too_soon');
  await pause(300);
  expect(sent(mock.desk).length === 1 && (await inFront(page)) === 2, `${sent(mock.desk).length} verdicts`);
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

await checkInbox('space plays, comma and full stop step, and what was played is sent', async ({ mock, page }) => {
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

await check('an empty inbox, and one that is done, show what arrives', async () => {
  const mock = await server({ count: 0 });
  const page = await openAs(mock, 'zhang.wei', { wanted: '.connection.live' });
  await page.locator('[data-left="0"]').waitFor();
  mock.desk.open(101);
  await page.locator('[data-front][data-there]').waitFor();
  mock.desk.open(102);
  await page.locator('[data-waiting="1"]').waitFor();
  await sees(page, 101);
  await page.keyboard.press('c');
  await isInFront(page, 102);
  await close(page);
});

await checkInbox('like ones stack, the list can be a list, the picture large, and the keys are explained', async ({ mock, page }) => {
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
  await page.keyboard.press('/');
  await page.locator('[data-find]').fill('a mirror');
  await page.keyboard.press('Enter');
  await until(() => new URL(page.url()).searchParams.get('words') === 'a mirror', page.url());
  await has(page, '[data-card]', 0);
  await page.locator('[data-words]').click();
  await has(page, '[data-card]', 8);
  await page.reload();
  await page.locator('[data-queue].list').waitFor();
});

await checkInbox('another view begins with its own first violation, not with one of the view before', async ({ mock, page }) => {
  const release = mock.desk.hold(/^GET .*violations$/);
  await page.locator('[data-camera=yard-2]').click();
  await page.locator('[data-stage=""]').waitFor();
  await page.keyboard.press('c');
  await page.keyboard.press('x');
  release();
  await sees(page, 3);
  expect(sent(mock.desk).length === 0 && (await page.locator('[data-card]').count()) === 4, 'something of the old view was judged');
});

await checkInbox('when everything is judged the page says so, and undo still works', async ({ mock, page }) => {
  await page.keyboard.press('c');
  await sees(page, 2);
  await page.keyboard.press('c');
  await page.locator('[data-done]').waitFor();
  await page.keyboard.press('z');
  await isInFront(page, 2);
}, { count: 2 });

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

await finish();

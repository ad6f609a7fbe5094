// The whole story on a running demo, as its people live it: a violation appears and is confirmed by key, a case leaves with two
// signatures, the enterprise pleads and rectifies with a picture on its phone, the officer answers and re-checks, the auditor reads it.
// Usage: anjian demo, then node story.mjs [ADDRESS [FOLDER]]. FOLDER gets the screenshots, in Chinese and in English.

import { mkdir } from 'node:fs/promises';
import { expect, launch, until } from './view.mjs';

const [, , ADDRESS = 'http://127.0.0.1:8760', FOLDER = ''] = process.argv;
const CAMERA = 'loading-bay-two-bare';
const INBOX = `?view=inbox&camera=${CAMERA}`;
/** A verdict counts for cases when it can be undone no longer. */
const UNDO_MS = 31_000;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PATIENCE_MS = 90_000;

const browser = await launch();
const complaints = [];
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
const begin = (page, step) => page.locator(`[data-step-button=${step}]`).click();
const submit = (page, step) => page.locator(`[data-step-form=${step}] [type=submit]`).click();
const words = (page) => page.locator('[data-step-form] [name=words]');
const gone = (page, step) => until(async () => (await page.locator(`[data-step-form=${step}]`).count()) === 0, `${step} was not taken`);
const stage = (page, wanted) => page.locator(`header [data-stage=${wanted}]`).waitFor();

async function as(account, query, { locale = 'zh-CN', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'Asia/Shanghai', locale, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`${account}: ${error.message}`));
  await page.goto(`${ADDRESS}/${query}`);
  await page.locator(`[data-demo=${account}]`).click();
  await page.locator('header nav').waitFor();
  return page;
}

async function shot(page, name) {
  if (!FOLDER) return;
  await mkdir(FOLDER, { recursive: true });
  for (const language of ['en', 'zh']) {
    const choice = page.locator(`[data-language=${language}]`);
    if (await choice.isVisible()) await choice.click();
    await pause(300);
    await page.screenshot({ path: `${FOLDER}/${name}-${language}.png`, fullPage: true });
  }
}

async function take(page, step) {
  await begin(page, step);
  await submit(page, step);
  await gone(page, step);
}

function log(what) {
  console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${what}`);
}

const begun = Date.now();
const officer = await as('inspector', INBOX);
await officer.locator('[data-front][data-there]').waitFor();
await officer.locator('[data-waiting]').waitFor();
log('a violation appears live');
await officer.locator('[data-front] video').waitFor({ state: 'attached' });
const id = await officer.locator('[data-stage]').getAttribute('data-stage');
await pause(800);
await officer.keyboard.press('c');
await officer.locator('[data-undo-bar]').waitFor();
await shot(officer, 'inbox');
log('it is confirmed by key');
await pause(UNDO_MS);

await officer.goto(`${ADDRESS}/?violation=${id}`);
await officer.locator('[data-open-case]').click();
await officer.locator('input[value=order_to_rectify]').check();
await officer.locator('[name=term]').fill('5');
await officer.locator('[data-new-case-form] [type=submit]').click();
await stage(officer, 'draft');
await take(officer, 'sign');
const query = new URL(officer.url()).search;
await shot(officer, 'draft');

const second = await as('inspector2', query);
await stage(second, 'draft');
await take(second, 'sign');
await take(second, 'issue');
await stage(second, 'noticed');
log('a second officer signs, the order leaves');

const phone = await as('enterprise', '', PHONE);
await phone.locator('[data-open-notices] [data-case]').first().tap();
await phone.locator('[data-step-button=acknowledge]').tap();
await until(async () => (await phone.locator('[data-step-button=acknowledge]').count()) === 0, 'not acknowledged');
await shot(phone, 'notice');
await phone.locator('[data-step-button=plead]').tap();
await words(phone).fill('当时正在更换帽衬，现场有安全员监护。');
await submit(phone, 'plead');
await gone(phone, 'plead');
log('the phone shows the notice; the enterprise pleads');

await stage(officer, 'pleaded');
await begin(officer, 'answer');
await words(officer).fill('更换帽衬应当先离开作业区，不予采纳。');
await submit(officer, 'answer');
await stage(officer, 'answered');
log('the officer answers');

await phone.locator('[data-step-button=rectify]').tap();
await words(phone).fill('已组织培训，并在入口设置安全帽检查点。');
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8Dwn4GBgYGJAQoYAB0IAgGFzqIcAAAAAElFTkSuQmCC', 'base64');
await phone.locator('[name=files]').setInputFiles([{ name: '培训现场.png', mimeType: 'image/png', buffer: picture }]);
await phone.locator('[data-attached=sent]').waitFor();
await submit(phone, 'rectify');
await gone(phone, 'rectify');
await shot(phone, 'rectified');
log('the enterprise rectifies with a picture');

await stage(officer, 'rectified');
await officer.locator('[data-camera-proofs] [data-proven=false]').first().waitFor();
log('the camera says that it does not prove the rectification yet');
await shot(officer, 'rectified-case');
await begin(officer, 'recheck');
await words(officer).fill('现场复查：人员均佩戴安全帽。');
await submit(officer, 'recheck');
await stage(officer, 'rechecked');
await take(officer, 'close');
await stage(officer, 'closed');
log('the officer re-checks on site and closes');

const auditor = await as('auditor', query);
const steps = auditor.locator('[data-part=history] [data-step]');
await until(async () => (await steps.count()) === 10, `not ten steps: ${await steps.count()}`);
for (const text of ['当时正在更换帽衬', '不予采纳', '已组织培训']) await auditor.locator('[data-part=history]').getByText(text).first().waitFor();
await shot(auditor, 'history');
log('the auditor reads every step');
expect(complaints.length === 0, complaints.join(' | '));
await browser.close();

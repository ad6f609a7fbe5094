// Looks at the page as a person would, in a real Chromium. Usage: node page.mjs ADDRESS
// ADDRESS is a server with at least three violations, of two behaviours, in the last seven days. When this script
// prints "record now", its starter must record one more; when it prints "close it", that one must close.

import { chromium } from 'playwright-core';

const address = process.argv[2];
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const PATIENCE_MS = 60_000;
const results = { passed: 0, failed: 0 };
const complaints = [];
const foreign = [];

async function check(name, look) {
  try {
    await look();
    results.passed += 1;
  } catch (cause) {
    results.failed += 1;
    console.log(`FAILED ${name}: ${String(cause.message ?? cause).split('\n').slice(0, 4).join(' | ')}`);
  }
}

function expect(isTrue, message) {
  if (!isTrue) throw new Error(message);
}

/** Waits until `look` answers true. */
async function until(look, message) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await look())) {
    expect(Date.now() < end, message);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(address).origin) foreign.push(request.url());
  });
  await page.goto(address);
  await page.locator('[data-violation]').first().waitFor();
  return page;
}

const rows = (page) => page.locator('[data-violation]');
const isLoaded = (image) => image.evaluate((element) => element.complete && element.naturalWidth > 0);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const page = await open(browser);

await check('violations are listed with their pictures', async () => {
  expect((await rows(page).count()) >= 3, 'fewer than three rows');
  await until(() => isLoaded(rows(page).first().locator('img')), 'the first picture did not load');
});

await check('a Chinese browser gets Chinese', async () => {
  expect((await page.locator('html').getAttribute('lang')) === 'zh-CN', 'lang is not zh-CN');
  expect((await page.locator('body').innerText()).includes('未佩戴安全帽'), 'no Chinese label');
  expect((await page.locator('main').innerText()).includes('整个画面'), 'the whole picture has no Chinese name');
});

await check('the language can be changed and is kept', async () => {
  await page.locator('[data-language=en]').click();
  await until(async () => (await page.locator('html').getAttribute('lang')) === 'en', 'lang is not en');
  await page.reload();
  await rows(page).first().waitFor();
  expect((await page.locator('body').innerText()).includes('Last 7 days'), 'English was forgotten');
});

await check('zones go by their names', async () => {
  const text = await page.locator('main').innerText();
  expect(text.includes('Work floor'), 'the list does not show what people call a zone');
  expect(text.includes('Whole picture'), 'the list does not name the whole picture');
});

await check('a behaviour narrows the list, and the address holds it', async () => {
  const before = await rows(page).count();
  await page.locator('[data-behaviour=overcrowding]').click();
  await until(async () => (await rows(page).count()) < before, 'the list did not get shorter');
  expect(new URL(page.url()).searchParams.get('behaviour') === 'overcrowding', page.url());
  expect((await rows(page).count()) > 0, 'nothing left');
  await page.reload();
  await rows(page).first().waitFor();
  expect((await page.locator('[data-behaviour=overcrowding][aria-pressed=true]').count()) === 1, 'forgotten');
  await page.goBack();
  await until(async () => (await rows(page).count()) === before, 'back did not bring the list back');
});

await check('a camera narrows the list', async () => {
  const button = page.locator('[data-camera]').first();
  await button.click();
  await until(() => new URL(page.url()).searchParams.has('camera'), page.url());
  await button.click();
  await until(() => !new URL(page.url()).searchParams.has('camera'), page.url());
});

await check('a view without violations says what to do', async () => {
  await page.locator('[data-behaviour=hot_work]').click();
  await page.getByText('No violations in this view').waitFor();
  await page.locator('main').getByRole('button', { name: 'Clear filters' }).click();
  await rows(page).first().waitFor();
});

await check('the details open with both pictures, facts and digests', async () => {
  await rows(page).first().click();
  const picture = page.locator('aside figure img');
  await picture.waitFor();
  await until(() => isLoaded(picture), 'the annotated picture did not load');
  const annotated = await picture.getAttribute('src');
  await page.locator('aside figure [data-picture=clean]').click();
  await until(async () => (await picture.getAttribute('src')) !== annotated, 'the clean picture was not shown');
  await until(() => isLoaded(picture), 'the clean picture did not load');
  const text = await page.locator('aside').innerText();
  for (const fact of ['no_hard_hat@', 'head-helmet-person', 'Thresholds', 'SHA-256', 'Work floor', 'floor']) {
    expect(text.includes(fact), `no ${fact} in the details`);
  }
});

await check('the keyboard walks, enlarges and closes', async () => {
  const current = () => page.locator('[data-violation][aria-current]').getAttribute('data-violation');
  const first = await current();
  await page.keyboard.press('j');
  await until(async () => (await current()) !== first, 'j did not go on');
  await page.keyboard.press('k');
  await until(async () => (await current()) === first, 'k did not go back');
  await page.locator('aside figure .shot').click();
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  expect((await page.locator('aside').count()) === 1, 'the first Escape closed the details too');
  await page.keyboard.press('Escape');
  await page.locator('aside').waitFor({ state: 'detached' });
});

await check('a new violation appears and closes by itself', async () => {
  const newest = await rows(page).first().getAttribute('data-violation');
  console.log('record now');
  await until(async () => (await rows(page).first().getAttribute('data-violation')) !== newest, 'it did not appear');
  const row = rows(page).first();
  await row.getByText('Still open').waitFor();
  console.log('close it');
  await row.getByText('Closed', { exact: true }).waitFor();
});

await check('nothing jumps while somebody reads further down', async () => {
  await page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
  await until(() => page.locator('main').evaluate((main) => main.scrollTop > 100), 'the list does not scroll');
  const before = await rows(page).count();
  console.log('record now');
  const pill = page.getByRole('button', { name: /1 new violation/ });
  await pill.waitFor();
  expect((await rows(page).count()) === before, 'a row was put in');
  await pill.click();
  await until(async () => (await rows(page).count()) === before + 1, 'the new row was not shown');
});

await check('a phone gets no sideways scrolling, and the details cover the list', async () => {
  const phone = await open(browser, { viewport: { width: 390, height: 844 }, locale: 'en-US' });
  const overflow = () => phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect((await overflow()) <= 0, `the list is ${await overflow()} px too wide`);
  await rows(phone).first().click();
  await phone.locator('aside figure img').waitFor();
  expect((await overflow()) <= 0, `the details are ${await overflow()} px too wide`);
  await phone.context().close();
});

await check('a server that fails is told, with a way to try again', async () => {
  const other = await open(browser, { locale: 'en-US' });
  const kept = complaints.length; // What follows fails on purpose.
  await other.route('**/api/v1/violations?**', (route) => route.abort());
  await other.locator('[data-range=today]').click();
  await other.getByRole('alert').getByText('The server does not answer').waitFor();
  await other.unroute('**/api/v1/violations?**');
  await other.getByRole('button', { name: 'Try again' }).click();
  await other.getByRole('alert').waitFor({ state: 'detached' });
  await other.context().close();
  complaints.length = kept;
});

await check('the console is silent and nobody else is asked', async () => {
  expect(complaints.length === 0, complaints.join(' | '));
  expect(foreign.length === 0, foreign.join(' | '));
});

await browser.close();
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);

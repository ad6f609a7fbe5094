// What the page's tests share: a real Chromium, checks that are counted, and the playback as a person sees it.

import { chromium } from 'playwright-core';

export const address = process.argv[2];
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const PATIENCE_MS = 60_000;
const results = { passed: 0, failed: 0 };
export const complaints = [];
const foreign = [];

export async function check(name, look) {
  try {
    await look();
    results.passed += 1;
  } catch (cause) {
    results.failed += 1;
    console.log(`FAILED ${name}: ${String(cause.message ?? cause).split('\n').slice(0, 4).join(' | ')}`);
  }
}

export function expect(isTrue, message) {
  if (!isTrue) throw new Error(message);
}

/** Waits until `look` answers true. */
export async function until(look, message) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await look())) {
    expect(Date.now() < end, message);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

/** A page of its own, with the list there. */
export async function open(browser, options = {}, query = '') {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(address).origin) foreign.push(request.url());
  });
  await page.goto(`${address}/${query}`);
  await page.locator('[data-violation]').first().waitFor();
  return page;
}

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

export const clockOf = async (view) => Date.parse((await view.locator('[data-clock]').getAttribute('data-clock')) ?? '');
export const isPlaying = (view) => view.locator('video[data-playing=playing]').count().then((count) => count === 1);
export const slider = (view, which) => view.locator(`[data-strip=${which}] [role=slider]`);

/** A date field of the page, by its name. */
export const momentField = (view, name) => view.locator(`[data-moment=${name}]:visible`);

/** What a date field shows: 2026-03-01 08:00. */
export const momentOf = async (view, name) => {
  const parts = momentField(view, name).locator('.part, .before');
  await parts.first().waitFor();
  return (await parts.allTextContents()).join('');
};

/** Types a moment, `2026-03-01T08:00` or a day, into the parts of a date field, and leaves it. */
export async function setMoment(view, name, local) {
  await momentField(view, name).getByRole('spinbutton').first().click();
  await view.keyboard.type(local.replace(/\D/g, ''));
  await view.keyboard.press('Enter');
}

/** Waits until the picture of a moment is shown, give or take; answers the moment. */
export async function shows(view, moment, slack = 6_000) {
  const isThere = async () => Math.abs((await clockOf(view)) - moment) < slack && (await isPlaying(view));
  const iso = (time) => new Date(time).toISOString();
  await until(isThere, `does not play at ${iso(moment)}`).catch(async ({ message }) => {
    const state = await view.locator('video').getAttribute('data-playing');
    throw new Error(`${message}: ${state} at ${iso(await clockOf(view))}`);
  });
  return clockOf(view);
}

/** Opens the playback of a camera at a moment. */
export async function at(view, camera, moment, more = '') {
  await view.goto(`${address}/?view=playback&camera=${camera}&at=${new Date(moment).toISOString()}${more}`);
}

/** The last checks, and the end of the script. */
export async function finish(browser) {
  await check('the console is silent and nobody else is asked', async () => {
    expect(complaints.length === 0, complaints.join(' | '));
    expect(foreign.length === 0, foreign.join(' | '));
  });
  await browser.close();
  console.log(`${results.passed} passed, ${results.failed} failed`);
  process.exit(results.failed === 0 ? 0 : 1);
}

// The inbox in a real Chromium as its tests see it, against a server of their own (`mock-desk.mjs`) that serves the built page.

import { idOf, MockDesk } from './mock-desk.mjs';
import { startMock } from './mock.mjs';
import { check, complaints, finish as finishWith, launch, until } from './view.mjs';

/** A request that is refused is an error of the console: what the page says of it is checked. */
const REFUSED = /the server responded with a status of (401|409|500)|ERR_/;
const PATIENCE_MS = 30_000;
/** Longer than a key needs to count after the picture has come. */
export const SEEN_MS = 450;

const browser = await launch();
const worlds = [];

/** A server of its own for each check: verdicts of one must not show in another. */
export async function server(options = {}) {
  const desk = new MockDesk(options);
  const mock = await startMock({ routes: desk.routes() });
  desk.streams = mock.world.streams;
  mock.world.find('li.na').has_totp = false;
  worlds.push(mock);
  return { desk, ...mock };
}

/** Signs in and waits for what is wanted. */
export async function openAs({ address }, name, { query = '?view=inbox', wanted = '[data-front][data-there]', password = 'correct horse', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && !REFUSED.test(message.text()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${address}/${query}`);
  await page.locator('[name=username]').fill(name);
  await page.locator('[data-sign-in] [name=password]').fill(password);
  await page.locator('[data-sign-in] [type=submit]').click();
  await page.locator(wanted).first().waitFor();
  return page;
}

/** A check that begins with an inspector who has seen number 1. */
export const checkInbox = (name, look, options) =>
  check(name, async () => {
    const mock = await server(options);
    const page = await openAs(mock, 'zhang.wei');
    await sees(page, 1);
    await look({ mock, page });
    await close(page);
  });

export async function finish() {
  for (const mock of worlds) mock.close();
  await finishWith(browser);
}

export const close = (page) => page.context().close();
export const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
export const inFront = (page) => page.locator('[data-stage]').getAttribute('data-stage').then((id) => Number(id.slice(-12)));
export const isInFront = (page, number) => until(async () => (await inFront(page)) === number, `not number ${number} in front`);

/** In front, with its picture, for as long as a person needs. */
export async function sees(page, number) {
  await isInFront(page, number);
  await page.locator('[data-front][data-there]').waitFor();
  await pause(SEEN_MS);
}

/** The requests about verdicts that the server got. */
export const sent = (desk, method = 'POST') => desk.asked.filter(({ what }) => what.startsWith(`${method} `) && /verdict/.test(what));
export const card = (page, number) => page.locator(`[data-card="${idOf(number)}"]`);
export const note = (page, which) => page.locator(`[data-note=${which}]`).waitFor();
export const has = (page, selector, count = 1) => until(async () => (await page.locator(selector).count()) === count, `not ${count} of ${selector}`);

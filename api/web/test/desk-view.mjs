// What the tests of the desk share: a server of cases for each check, people who sign in, axe.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MockCases } from './mock-cases.mjs';
import { idOf, MockDesk } from './mock-desk.mjs';
import { startMock } from './mock.mjs';
import { complaints, expect, until } from './view.mjs';

const AXE = await readFile(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
/** A request that is refused is an error of the console: what the page says of it is checked. */
const REFUSED = /the server responded with a status of (400|401|403|404|409|413|415|422|500)|ERR_/;
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const worlds = [];

/** A server of its own for each check. The first three violations are confirmed beyond undo. */
export async function server(options = {}) {
  const desk = new MockDesk(options);
  const cases = new MockCases(desk);
  const mock = await startMock({ routes: [...cases.sites.routes(), ...cases.routes(), ...desk.routes()] });
  desk.streams = mock.world.streams;
  desk.undo_ms = 0;
  for (const number of [1, 2, 3]) desk.judge(idOf(number), 'li.na', { version: 0, finding: { verdict: 'confirmed' } });
  mock.world.find('li.na').has_totp = false;
  worlds.push(mock);
  return { desk, cases, ...mock };
}

export async function openAs(browser, mock, name, { query = '?view=cases', wanted = '[data-cases]', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', timezoneId: 'Asia/Shanghai', ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && !REFUSED.test(message.text()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${mock.address}/${query}`);
  await signIn(page, name);
  if (wanted) await page.locator(wanted).first().waitFor();
  return page;
}

export async function signIn(page, name) {
  await page.locator('[name=username]').fill(name);
  await page.locator('[data-sign-in] [name=password]').fill('correct horse');
  await page.locator('[data-sign-in] [type=submit]').click();
}

export const close = (page) => page.context().close();
export const has = (page, selector, count = 1) => until(async () => (await page.locator(selector).count()) === count, `not ${count} of ${selector}`);
export const closeWorlds = () => worlds.forEach((mock) => mock.close());

/** No serious fault in what is shown. */
export async function accessible(page, where) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(bad.length === 0, `${where}: ${bad.map(({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 140)}`).join(' | ')}`);
}

/** Nothing is wider than the screen. */
export async function fits(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over <= 0, `${where}: ${over} px too wide`);
}

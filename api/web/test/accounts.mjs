// Login, accounts, tokens and the audit in a real Chromium, against a server of the test's own (`mock.mjs`) that serves
// the built page. Usage: node accounts.mjs

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startMock } from './mock.mjs';
import { check, complaints, expect, finish, launch, momentField, momentOf, setMoment, until } from './view.mjs';

const AXE = await readFile(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
/** A request that is refused is an error of the console: what the page says of it is checked. */
const REFUSED = /the server responded with a status of (400|401|403|409|429)|ERR_FAILED|ERR_INCOMPLETE_CHUNKED/;
const PASSWORD = 'correct horse';
const PHONE = { width: 390, height: 844 };

const mock = await startMock({ demo: true, singleSignOn: '浙政钉' });
const { world } = mock;
const browser = await launch();

async function open(query = '', options = {}, address = mock.address) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 850 }, locale: 'en-US', ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && !REFUSED.test(message.text()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${address}/${query}`);
  return page;
}

async function signIn(page, name, password = PASSWORD) {
  if (password === PASSWORD) world.failures = 0;
  await page.locator('[name=username]').fill(name);
  await page.locator('[data-sign-in] [name=password]').fill(password);
  await page.locator('[data-sign-in] [type=submit]').click();
}

async function openAs(name, query = '', options = {}) {
  const page = await open(query, options);
  await signIn(page, name);
  await page.locator('[data-account-menu]').waitFor();
  return page;
}

const close = (page) => page.context().close();
const has = async (page, selector, wanted) => (await page.locator(selector).count()) === wanted;
const isThere = (page, text) => page.getByText(text).first().waitFor();
const listIsThere = (page) => page.locator('[data-violation]').first().waitFor();

await check('who is not signed in makes no other request', async () => {
  world.asked.length = 0;
  const page = await open();
  await page.locator('[name=username]').waitFor();
  const other = world.asked.filter((asked) => asked.includes('/api/') && asked !== 'GET /api/v1/session');
  expect(other.length === 0, other.join(', '));
  await close(page);
});

await check('password managers find their fields', async () => {
  const page = await open();
  for (const [field, kind] of [['username', 'username'], ['password', 'current-password']]) {
    const found = await page.locator(`[name=${field}]`).getAttribute('autocomplete');
    expect(found === kind, `${field}: ${found}`);
  }
  await close(page);
});

await check('a wrong password says so, and too many say how long to wait', async () => {
  const page = await open();
  world.failures = 0;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await signIn(page, 'admin', 'wrong');
    await isThere(page, 'The account or the password is wrong.');
    await until(async () => world.failures === attempt + 1, 'no attempt was made');
  }
  await signIn(page, 'admin', 'wrong');
  await isThere(page, 'Too many attempts.');
  const button = page.locator('[data-sign-in] [type=submit]');
  expect(/Try again in [1-5] s/.test(await button.innerText()), await button.innerText());
  expect(await button.isDisabled(), 'the button can be pressed');
  await until(() => button.isEnabled(), 'the wait does not end');
  await signIn(page, 'admin');
  await listIsThere(page);
  await close(page);
});

await check('a server that cannot be reached is told', async () => {
  const page = await open();
  await page.route('**/api/v1/session', (route) => route.abort());
  await signIn(page, 'admin');
  await isThere(page, 'The server does not answer');
  await page.reload();
  await isThere(page, 'The page could not be loaded');
  await page.unroute('**/api/v1/session');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('[name=username]').waitFor();
  await close(page);
});

await check('the second step asks for a code and sends all three', async () => {
  const page = await open();
  await signIn(page, 'li.na');
  const code = page.locator('[name=code]');
  await code.waitFor();
  expect((await code.getAttribute('autocomplete')) === 'one-time-code', 'no one-time-code');
  expect(await code.evaluate((input) => input === document.activeElement), 'the code has no focus');
  await code.fill('000000');
  await page.locator('[data-sign-in] [type=submit]').click();
  await isThere(page, 'This code is wrong');
  await code.fill('123456');
  await page.locator('[data-sign-in] [type=submit]').click();
  await listIsThere(page);
  await close(page);
});

await check('a one-time password must be changed before anything is shown', async () => {
  const page = await open();
  await signIn(page, 'new', 'one time 1');
  await page.locator('[name=new]').fill('short');
  await page.locator('[name=again]').fill('other');
  await page.locator('[data-new-password] [type=submit]').click();
  await isThere(page, 'The two passwords differ.');
  await page.locator('[name=again]').fill('short');
  await page.locator('[data-new-password] [type=submit]').click();
  await isThere(page, 'A password has at least 12 characters.');
  expect(await has(page, '[data-violation]', 0), 'the list is shown');
  for (const field of ['new', 'again']) await page.locator(`[name=${field}]`).fill('six little ducks');
  await page.locator('[data-new-password] [type=submit]').click();
  await listIsThere(page);
  await close(page);
});

await check('a demonstration offers its accounts, and single sign-on leads to its provider', async () => {
  const page = await open();
  expect((await page.locator('a.sso').getAttribute('href')) === '/api/v1/sign-on/start', 'no link');
  await page.locator('[data-demo=audit]').click();
  await listIsThere(page);
  await close(page);
  const back = await open('?sign_on=refused');
  await isThere(back, 'there is no account for you here');
  await close(back);
});

await check('a session that ends keeps what was typed, and the refused request is sent again', async () => {
  const page = await openAs('admin', '?view=users&user=zhang.wei');
  await page.locator('[name=shown-name]').fill('张伟（二车间）');
  await page.locator('[name=why]').fill('改名');
  world.sessions.clear();
  await page.locator('[data-user-form] [type=submit]').click();
  await page.locator('dialog[data-cover=sign-in]').waitFor();
  expect((await page.locator('[name=why]').inputValue()) === '改名', 'what was typed is lost');
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor();
  expect(await has(page, 'dialog[open]', 1), 'Escape goes past the login');
  expect((await page.locator('dialog [name=username]').inputValue()) === 'admin', 'the name is not there');
  await page.locator('dialog [name=password]').fill(PASSWORD);
  await page.locator('dialog [type=submit]').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await isThere(page, 'Saved.');
  expect(world.find('zhang.wei').shown_name === '张伟（二车间）', 'it was not saved');
  await close(page);
});

await check('the stream asks for a login and goes on after it', async () => {
  const page = await openAs('admin');
  await page.locator('.connection.live').waitFor();
  world.expire();
  await page.locator('dialog[data-cover=sign-in]').waitFor();
  await page.locator('dialog [name=password]').fill(PASSWORD);
  await page.locator('dialog [type=submit]').click();
  await page.locator('.connection.live').waitFor();
  await until(() => world.streams.size > 0, 'no stream');
  await close(page);
});

await check('another account loads the page anew', async () => {
  const page = await openAs('admin');
  await listIsThere(page);
  await page.evaluate(() => (window.wasHere = true));
  world.expire();
  await page.locator('dialog [name=username]').fill('audit');
  await page.locator('dialog [name=password]').fill(PASSWORD);
  await page.locator('dialog [type=submit]').click();
  await page.locator('[data-account-menu]').getByText('孙审计').waitFor();
  expect(await page.evaluate(() => window.wasHere === undefined), 'the page is the old one');
  await close(page);
});

await check('an enterprise sees no cameras and no recordings, and does not ask for them', async () => {
  const page = await open();
  // What this page asks: requests of the page before it may still arrive.
  const asked = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await signIn(page, 'plant-safety');
  await page.locator('[data-account-menu]').waitFor();
  await listIsThere(page);
  await page.locator('.connection.live').waitFor();
  expect(await has(page, '[data-camera], [data-view=playback]', 0), 'a camera or the playback is offered');
  const refused = asked.filter((request) => /cameras|recordings|storage|healthz|thumbnail/.test(request));
  expect(refused.length === 0, refused.join(', '));
  await page.goto(`${mock.address}/?view=playback`);
  await page.locator('[data-not-allowed]').waitFor();
  await close(page);
});

await check('the menu offers what the account may do, and walks by keyboard', async () => {
  const inspector = await openAs('zhang.wei');
  await inspector.locator('[data-account-menu]').focus();
  await inspector.keyboard.press('ArrowDown');
  const items = await inspector.locator('[role=menuitem]').allInnerTexts();
  expect(items.join() === 'My account,What I did,Sign out', items.join());
  await inspector.keyboard.press('End');
  expect(await inspector.locator('[data-sign-out]').evaluate((item) => item === document.activeElement), 'End does nothing');
  await inspector.keyboard.press('Enter');
  await inspector.locator('[name=username]').waitFor();
  await close(inspector);
});

await check('the second step is turned on with a drawn code, and off again', async () => {
  const page = await openAs('admin', '?view=account');
  await page.locator('[data-totp-begin]').click();
  const section = page.locator('section:has(#own-totp)');
  await section.locator('input').fill(PASSWORD);
  await section.locator('[type=submit]').click();
  await section.locator('svg[role=img] path').waitFor();
  await section.locator('[name=code]').fill('123456');
  await section.locator('[type=submit]').click();
  await section.getByText('The second step is on').waitFor();
  await page.locator('[data-totp-begin]').getByText('Turn off').click();
  await section.locator('input').fill(PASSWORD);
  await section.locator('[type=submit]').click();
  await until(() => !world.find('admin').has_totp, 'it is still on');
  await close(page);
});

await check('a session is ended, the own token is shown once and revoked', async () => {
  const page = await openAs('admin', '?view=account');
  const sessions = page.locator('section:has(#own-sessions)');
  await sessions.getByRole('button', { name: /^End/ }).click();
  await sessions.getByRole('button', { name: 'End', exact: true }).click();
  await until(() => world.openSessions.length === 1, 'the session goes on');
  await page.locator('[data-new-token]').click();
  await page.locator('[data-token-form] [type=submit]').click();
  expect(await has(page, '[data-once]', 0), 'an incomplete token was made');
  await page.getByLabel('What is it for?').fill('report');
  await page.getByLabel('See violations', { exact: true }).check();
  await page.locator('[data-token-form] [type=submit]').click();
  await page.locator('[data-once]').getByText(/^anj_/).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await has(page, '[data-once]', 0), 'the token is still shown');
  await page.getByRole('button', { name: 'Revoke: report' }).click();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await until(() => world.tokens.own.length === 1, 'the token still holds');
  await close(page);
});

await check('an account is added for chosen sites and gets a one-time password', async () => {
  const page = await openAs('admin', '?view=users');
  await page.locator('[data-add-user]').click();
  await page.locator('[name=account-name]').fill('admin');
  await page.locator('[name=shown-name]').fill('周企业');
  await page.locator('[name=role]').selectOption('enterprise');
  await page.locator('[data-user-form] [type=submit]').click();
  await isThere(page, 'Choose at least one site.');
  await page.getByLabel('东江轧钢厂').check();
  await page.locator('[data-user-form] [type=submit]').click();
  await isThere(page, 'There is an account of this name already.');
  await page.locator('[name=account-name]').fill('mill-safety');
  await page.locator('[data-user-form] [type=submit]').click();
  await page.locator('[data-once]').getByText('kiwi-lamp-4821-rose').waitFor();
  const made = world.find('mill-safety');
  expect(made.scope.kind === 'sites' && made.scope.sites.join() === 'mill', JSON.stringify(made.scope));
  await page.getByRole('button', { name: 'Done' }).click();
  await page.locator('aside').getByText('mill-safety').first().waitFor();
  await close(page);
});

await check('the last administrator stays, and an auditor only reads', async () => {
  const page = await openAs('admin', '?view=users&user=admin');
  await page.locator('[name=is-active]').uncheck();
  await page.locator('[name=why]').fill('test');
  await page.locator('[data-user-form] [type=submit]').click();
  await isThere(page, 'This is the last active administrator.');
  await close(page);
  const auditor = await openAs('audit', '?view=users&user=ops');
  await auditor.locator('aside dl').waitFor();
  expect(await has(auditor, '[data-user-form], [data-add-user], [data-reset]', 0), 'an auditor may write');
  await close(auditor);
});

await check('the audit is filtered, opened, paged and saved', async () => {
  const page = await openAs('audit', '?view=audit');
  const entries = page.locator('[data-entry]');
  await entries.first().waitFor();
  expect((await entries.count()) === 100, `${await entries.count()} entries`);
  await page.locator('[data-more]').click();
  await until(async () => (await entries.count()) === 130, 'no further page');
  await page.locator('[data-entry="130"] .more button').click();
  await page.locator('tr.changed').getByText('红星机械制造有限公司, 东江轧钢厂').waitFor();
  await page.locator('[name=action]').selectOption('log_in_failed');
  await until(async () => (await entries.count()) === 26, 'the action narrows nothing');
  expect(new URL(page.url()).searchParams.get('action') === 'log_in_failed', page.url());
  for (const [button, name] of [['[data-export]', 'anjian-audit.csv'], ['[data-checkpoint]', 'anjian-audit-checkpoint.json']]) {
    const saved = page.waitForEvent('download');
    await page.locator(button).click();
    expect((await saved).suggestedFilename() === name, (await saved).suggestedFilename());
  }
  await page.goBack();
  await until(async () => (await entries.count()) === 100, 'back did not bring the list back');
  await close(page);
});

await check('moments are typed and chosen in the language of the page, not of the browser', async () => {
  // At half past two of that night there is no such time where the browser is.
  const page = await openAs('audit', '?view=audit', { locale: 'zh-CN', timezoneId: 'Europe/Berlin' });
  const asked = (name) => new URL(page.url()).searchParams.get(name);
  const shows = async (name, wanted) => {
    await until(async () => (await momentOf(page, name)) === wanted, `${name} is not ${wanted}`).catch(async ({ message }) => {
      throw new Error(`${message} but ${await momentOf(page, name)}`);
    });
  };
  await shows('from', '年-月-日 --:--');
  for (const moment of ['2026-03-29T02:30', '2024-02-29T00:05', '2026-10-31T23:59']) {
    await setMoment(page, 'from', moment);
    await shows('from', moment.replace('T', ' '));
    expect(asked('from') === moment, `${asked('from')} is asked for`);
  }
  await page.goBack();
  await shows('from', '2024-02-29 00:05');
  await page.goForward();
  await shows('from', '2026-10-31 23:59');

  const last = momentField(page, 'from').getByRole('spinbutton').last();
  await last.click();
  for (let at = 0; at < 3; at += 1) await page.keyboard.press('Backspace');
  await page.locator('[name=object]').click();
  await shows('from', '2026-10-31 23:59');
  await last.click();
  for (let at = 0; at < 20; at += 1) await page.keyboard.press('Backspace');
  await page.locator('[name=object]').click();
  await shows('from', '年-月-日 --:--');
  expect(asked('from') === null, 'a cleared moment is asked for');

  await setMoment(page, 'from', '2026-03-15T08:00');
  await setMoment(page, 'to', '2026-03-10T08:00');
  await momentField(page, 'to').getByText('不得早于 2026-03-15 08:00').waitFor();
  await momentField(page, 'to').getByRole('button', { name: '选择日期' }).press('Enter');
  const calendar = page.getByRole('dialog');
  expect((await calendar.locator('.day[data-disabled]:not([data-outside-month])').count()) === 14, 'days before the first are offered');
  await calendar.getByRole('button', { name: '清除' }).click();
  await shows('to', '年-月-日 --:--');

  await page.getByRole('button', { name: 'English' }).click();
  await momentField(page, 'from').getByRole('button', { name: 'Choose a date' }).press('Enter');
  await calendar.getByText('March 2026', { exact: true }).waitFor();
  await until(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')?.endsWith('15 March 2026')), 'the chosen day has no focus');
  const found = await faults(page);
  expect(found.length === 0, found.join(' | '));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await shows('from', '2026-03-22 08:00');
  await calendar.waitFor({ state: 'detached' });
  await close(page);
});

await check('a page without login says so for good', async () => {
  const none = await startMock({ login: 'none' });
  const page = await open('', {}, none.address);
  await listIsThere(page);
  await page.locator('[data-no-login]').getByText('Nobody signs in here').waitFor();
  await page.locator('[data-account-menu]').click();
  const items = await page.locator('[role=menuitem]').allInnerTexts();
  expect(items.join() === 'Users,Audit', items.join());
  await close(page);
  none.close();
});

// --- every view, for everybody ----------------------------------------------------------------------------------

const VIEWS = [
  ['login', null, '', '[name=username]'],
  ['my account', 'admin', '?view=account', '[data-token]'],
  ['users', 'admin', '?view=users&user=zhang.wei', '[data-user-form]'],
  ['service tokens', 'admin', '?view=users&tab=tokens', '[data-token]'],
  ['audit', 'audit', '?view=audit', '[data-entry]'],
  ['expired', 'admin', '', '[data-violation]'],
];

async function faults(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ; ')}`);
}

async function prepare(page, title) {
  if (title === 'expired') world.expire();
  if (title === 'expired') await page.locator('dialog[open]').waitFor();
  if (title === 'audit') await page.locator('[data-entry] .more button').first().click();
  if (title === 'my account' || title === 'service tokens') await page.locator('[data-new-token]').click();
  if (title === 'users' && (await page.locator('[data-account-menu]').isVisible())) await page.locator('[data-reset] button').click();
}

for (const [title, name, query, ready] of VIEWS) {
  for (const options of [{}, { colorScheme: 'dark' }, { viewport: PHONE, locale: 'zh-CN' }, { viewport: PHONE }]) {
    await check(`${title}: axe finds no fault and nothing scrolls sideways (${JSON.stringify(options)})`, async () => {
      const page = name ? await openAs(name, query, options) : await open(query, options);
      await page.locator(ready).first().waitFor();
      await prepare(page, title);
      const found = await faults(page);
      expect(found.length === 0, found.join(' | '));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow <= 0, `${overflow} px too wide`);
      await close(page);
    });
  }
}

await check('no width scrolls sideways while the connection is lost', async () => {
  const page = await openAs('admin', '?view=users&user=li.na');
  await page.route('**/api/v1/live', (route) => route.abort());
  await page.reload();
  await page.locator('.connection.lost').waitFor();
  for (const width of [320, 360, 480, 640, 720, 768, 900, 1100, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow <= 0, `${overflow} px too wide at ${width}`);
  }
  await close(page);
});

mock.close();
await finish(browser);

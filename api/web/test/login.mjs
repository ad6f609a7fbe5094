// Signing in, in a real Chromium on a real server. Usage: node login.mjs ADDRESS ONE-TIME-PASSWORD, which is that of `admin`.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { address, check, complaints, expect, finish, launch, until } from './view.mjs';

const AXE = await readFile(fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const FIRST = process.argv[3];
const PASSWORD = 'six little ducks';
/** A request that is refused is an error of the console: what the page says of it is checked. */
const REFUSED = /the server responded with a status of (400|401|403|404|409|429)|ERR_INCOMPLETE_CHUNKED/;
const browser = await launch();

async function open(query = '', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 850 }, locale: 'en-US', ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && !REFUSED.test(message.text()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${address}/${query}`);
  return page;
}

async function type(page, name, password) {
  await page.locator('[name=username]').fill(name);
  await page.locator('[data-sign-in] [name=password]').fill(password);
  await page.locator('[data-sign-in] [type=submit]').click();
}

async function openAs(name, query = '', options = {}, password = PASSWORD) {
  const page = await open(query, options);
  await type(page, name, password);
  await page.locator('[data-account-menu]').waitFor();
  return page;
}

const close = (page) => page.context().close();
const isThere = (page, text) => page.getByText(text).first().waitFor();

/** Asks as the page would, from within it. */
const ask = (page, method, path, body) =>
  page.evaluate(async ([method, path, body]) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }, [method, path, body]);

async function choosePassword(page) {
  for (const field of ['new', 'again']) await page.locator(`[name=${field}]`).fill(PASSWORD);
  await page.locator('[data-new-password] [type=submit]').click();
}

/** The six digits of RFC 6238. */
function codeOf(secret, steps = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

await check('the first start: the one-time password opens its own change, and a weak one is refused', async () => {
  const page = await open();
  await type(page, 'admin', FIRST);
  await page.locator('[data-new-password]').waitFor();
  for (const field of ['new', 'again']) await page.locator(`[name=${field}]`).fill('short');
  await page.locator('[data-new-password] [type=submit]').click();
  await isThere(page, 'A password has at least 12 characters.');
  expect((await page.locator('[data-violation]').count()) === 0, 'the list is shown before the change');
  await choosePassword(page);
  await page.locator('[data-violation]').first().waitFor();
  await close(page);
});

const admin = await openAs('admin', '?view=users');

async function addAccount(name, role, sites) {
  const scope = sites ? { kind: 'sites', sites } : { kind: 'everything' };
  const made = await ask(admin, 'POST', '/api/v1/accounts', { name, role, scope });
  expect(made.status === 201, `${name}: ${made.status} ${JSON.stringify(made.body)}`);
  const page = await open();
  await type(page, name, made.body.one_time_password);
  await page.locator('[data-new-password]').waitFor();
  await choosePassword(page);
  await page.locator('[data-account-menu]').waitFor();
  return page;
}

await check('an account is added on the page, for chosen sites', async () => {
  await admin.locator('[data-add-user]').click();
  await admin.locator('[name=account-name]').fill('plant-safety');
  await admin.locator('[name=shown-name]').fill('陈安全');
  await admin.locator('[name=role]').selectOption('enterprise');
  await admin.locator('[data-user-form] [type=submit]').click();
  await isThere(admin, 'Choose at least one site.');
  await admin.locator('[data-user-form] [type=checkbox]').first().check();
  await admin.locator('[data-user-form] [type=submit]').click();
  const once = admin.locator('[data-once] code, [data-once]').first();
  await once.waitFor();
  const password = (await once.innerText()).match(/[a-z0-9]{4}(-[a-z0-9]{4}){3}/)[0];
  await admin.getByRole('button', { name: 'Done' }).click();
  const page = await open();
  await type(page, 'plant-safety', password);
  await choosePassword(page);
  await page.locator('[data-account-menu]').waitFor();
  // Nothing is confirmed: nothing is there.
  await until(async () => (await page.locator('[data-violation]').count()) === 0, 'a lead is shown');
  expect((await page.locator('[data-view=playback]').count()) === 0, 'recordings are offered');
  await close(page);
});

await check('an attacker who is locked out does not lock out the owner', async () => {
  const owner = await addAccount('zhao', 'inspector');
  const attacker = await open();
  let status = 0;
  for (let number = 0; number < 15 && status !== 429; number += 1) {
    ({ status } = await ask(attacker, 'POST', '/api/v1/session', { account: 'zhao', password: `guess ${number}` }));
  }
  expect(status === 429, `the attacker goes on: ${status}`);
  await type(attacker, 'zhao', PASSWORD);
  await isThere(attacker, 'Too many attempts.');
  // The same address, a browser that was there before.
  await owner.locator('[data-account-menu]').click();
  await owner.locator('[data-sign-out]').click();
  await owner.locator('[name=username]').waitFor();
  await type(owner, 'zhao', PASSWORD);
  await owner.locator('[data-account-menu]').waitFor();
  await close(attacker);
  await close(owner);
});

await check('a second factor is added with a drawn code, asked for at the login, and a code works once', async () => {
  const page = await addAccount('li', 'inspector');
  await page.goto(`${address}/?view=account`);
  await page.locator('[data-totp-begin]').click();
  const section = page.locator('section:has(#own-totp)');
  await section.locator('input').fill(PASSWORD);
  const proposed = page.waitForResponse((answer) => answer.url().endsWith('/account/totp') && answer.request().method() === 'POST');
  await section.locator('[type=submit]').click();
  const { secret } = await (await proposed).json();
  await section.locator('svg[role=img] path').waitFor();
  const first = codeOf(secret);
  await section.locator('[name=code]').fill(first);
  await section.locator('[type=submit]').click();
  await section.getByText('The second step is on').waitFor();
  await close(page);

  const again = await open();
  await type(again, 'li', PASSWORD);
  await again.locator('[name=code]').waitFor();
  await again.locator('[name=code]').fill(first);
  await again.locator('[data-sign-in] [type=submit]').click();
  await isThere(again, 'This code is wrong or was used already.');
  // The next step counts already: clocks of phones differ.
  await again.locator('[name=code]').fill(codeOf(secret, 1));
  await again.locator('[data-sign-in] [type=submit]').click();
  await again.locator('[data-account-menu]').waitFor();
  await close(again);
});

await check('a session that ends while somebody types keeps what was typed, and the request is sent again', async () => {
  const page = await openAs('admin', '?view=users&user=zhao');
  await page.locator('[name=shown-name]').fill('赵检查员');
  await page.locator('[name=why]').fill('改名');
  // The session ends when the request is on its way: before that the page would notice by itself, and cover the button.
  const ends = async (route) => {
    await ask(admin, 'DELETE', '/api/v1/accounts/admin/sessions');
    await route.continue();
  };
  await page.route('**/api/v1/accounts/zhao', ends, { times: 1 });
  await page.locator('[data-user-form] [type=submit]').click();
  await page.locator('dialog[data-cover=sign-in]').waitFor();
  expect((await page.locator('[name=why]').inputValue()) === '改名', 'what was typed is lost');
  await page.locator('dialog [name=password]').fill(PASSWORD);
  await page.locator('dialog [type=submit]').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await isThere(page, 'Saved.');
  await close(page);
  await admin.goto(`${address}/`);
  await type(admin, 'admin', PASSWORD);
  await admin.locator('[data-account-menu]').waitFor();
});

await check('an ended session covers the page by itself', async () => {
  const page = await addAccount('qian', 'inspector');
  await page.locator('.connection.live').waitFor();
  await ask(admin, 'DELETE', '/api/v1/accounts/qian/sessions');
  await page.locator('dialog[data-cover=sign-in]').waitFor();
  await close(page);
});

await check('a role that changes while somebody is signed in counts at once', async () => {
  const page = await openAs('qian');
  await page.locator('[data-view=playback]').waitFor();
  const settings = { shown_name: '', role: 'operator', scope: { kind: 'everything' }, grants: [], certificate: '', is_active: true, why: '调岗' };
  const changed = await ask(admin, 'PUT', '/api/v1/accounts/qian', settings);
  expect(changed.status === 200, JSON.stringify(changed.body));
  const refused = await ask(page, 'GET', '/api/v1/cameras/gate-1/still.jpg?at=2026-03-01T00:00:00Z');
  expect(refused.status === 403, `an operator plays recordings: ${refused.status}`);
  await page.reload();
  await page.locator('[data-account-menu]').waitFor();
  expect((await page.locator('[data-view=playback]').count()) === 0, 'recordings are still offered');
  await close(page);
});

await check('what was done stands in the audit, and goes into a file', async () => {
  const page = await addAccount('sun', 'auditor');
  await page.goto(`${address}/?view=audit`);
  await page.locator('[data-entry]').first().waitFor();
  await page.locator('[name=action]').selectOption('log_in_failed');
  await until(async () => (await page.locator('[data-entry]').count()) >= 10, 'the attacks are not there');
  for (const [button, name] of [['[data-export]', 'anjian-audit.csv'], ['[data-checkpoint]', 'anjian-audit-checkpoint.json']]) {
    const saved = page.waitForEvent('download');
    await page.locator(button).click();
    expect((await saved).suggestedFilename() === name, (await saved).suggestedFilename());
  }
  await close(page);
});

await check('a token of one\'s own reads, shows once and is revoked', async () => {
  const page = await openAs('admin', '?view=account');
  await page.locator('[data-new-token]').click();
  await page.getByLabel('What is it for?').fill('report');
  await page.getByLabel('See violations', { exact: true }).check();
  await page.locator('[data-token-form] [type=submit]').click();
  const token = (await page.locator('[data-once]').getByText(/^anj_/).innerText()).trim();
  const headers = { authorization: `Bearer ${token}` };
  const read = async (path) => (await fetch(`${address}${path}`, { headers })).status;
  expect((await read('/api/v1/violations')) === 200, 'it reads nothing');
  expect((await read('/api/v1/accounts')) === 403, 'it reads more than it may');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Revoke: report' }).click();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await until(async () => (await read('/api/v1/violations')) === 401, 'the token still holds');
  await close(page);
});

async function faults(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ; ')}`);
}

const VIEWS = [['?view=account', '[data-new-token]'], ['?view=users&user=zhao', '[data-user-form]'], ['?view=audit', '[data-entry]']];

for (const options of [{ locale: 'zh-CN' }, { locale: 'zh-CN', viewport: { width: 390, height: 844 } }, {}]) {
  const page = await openAs('admin', '', options);
  for (const [query, ready] of VIEWS) {
    await check(`${query} on the server: axe finds no fault, nothing scrolls sideways (${JSON.stringify(options)})`, async () => {
      await page.goto(`${address}/${query}`);
      await page.locator(ready).first().waitFor();
      const found = await faults(page);
      expect(found.length === 0, found.join(' | '));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow <= 0, `${overflow} px too wide`);
    });
  }
  await close(page);
}

await close(admin);
await finish(browser);

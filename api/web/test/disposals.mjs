// Disposals in a real Chromium, against a server of the test's own (`mock-disposals.mjs`) that serves the built page.
// Usage: node disposals.mjs

import { accessible, close, closeWorlds, fits, has, openAs as open, PHONE, server as serve } from './desk-view.mjs';
import { MockDisposals } from './mock-disposals.mjs';
import { check, expect, finish, launch, until } from './view.mjs';

const browser = await launch();
const LIST = '?view=disposals';
const WIDTHS = [360, 390, 480, 600, 768, 900, 1024, 1280];

async function server() {
  const mock = await serve();
  mock.world.find('zhang.wei').scope = { kind: 'everything' };
  return { ...mock, disposals: new MockDisposals(mock) };
}

const openAs = (mock, name, options) => open(browser, mock, name, { query: LIST, wanted: '[data-disposals]', ...options });
const openOne = (mock, name, { id }, options) => openAs(mock, name, { query: `${LIST}&case=${id}`, wanted: '[data-disposal-page]', ...options });
const row = (page, { id }) => page.locator(`[data-disposal="${id}"]`);
const choose = (page, { id }) => page.locator(`[data-choose="${id}"]`).check();
const posts = (mock) => mock.desk.asked.filter(({ what }) => /^POST .*disposals/.test(what));
const focused = (page, selector) => until(() => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector), `${selector} has not the focus`);

for (const [locale, texts] of [
  ['zh-CN', { unsigned: '待签署', once: '待第二人签署', nothingNow: '现在不会删除任何内容', now: '无法恢复', stays: 'SHA-256', refused: '须由另一名执法人员签署', gone: '已签署并处置', title: '处置清单' }],
  ['en-US', { unsigned: 'To sign', once: 'Second signature missing', nothingNow: 'nothing is deleted now', now: 'cannot be brought back', stays: 'SHA-256', refused: 'Another officer has to sign', gone: 'Signed and disposed of', title: 'Disposals' }],
]) {
  for (const [size, options] of [['desktop', { viewport: { width: 1280, height: 800 } }], ['phone', { ...PHONE, viewport: { width: 360, height: 740 } }]]) {
    await check(`two officers dispose of a case, ${locale}, ${size}`, async () => {
      const mock = await server();
      const one = mock.disposals.add({ violations: [1, 2], attachments: 30 });
      mock.disposals.add({ years: 4, violations: [3] });
      const view = { locale, ...options };
      const look = async (page, where) => {
        await fits(page, `${where}, ${locale}, ${size}`);
        await accessible(page, `${where}, ${locale}, ${size}`);
      };

      const first = await openAs(mock, 'zhang.wei', { wanted: '[data-disposal]', ...view });
      expect((await first.title()).endsWith(texts.title), await first.title());
      await has(first, '[data-disposal]', 1);
      await first.locator('[data-group=unsigned] h3').getByText(texts.unsigned).waitFor();
      await look(first, 'list');
      await row(first, one).click();
      await first.locator('[data-sign-panel=unsigned]').waitFor();
      await has(first, '[data-file]', 20);
      await first.locator('[data-more-files]').click();
      await has(first, '[data-file]', 36);
      await first.locator('[data-sign]').click();
      await first.locator('[data-sign-dialog=first] [data-goes=later]').getByText(texts.nothingNow).waitFor();
      await first.locator('[data-sign-dialog] [data-stays]').getByText(texts.stays).waitFor();
      await has(first, '[data-goes-files="36"]', 1);
      await look(first, 'dialog');
      await first.locator('[data-cancel]').click();
      await has(first, 'dialog', 0);
      await focused(first, '[data-sign]');
      expect(posts(mock).length === 0, 'was signed without being sure');
      await first.locator('[data-sign]').click();
      await first.locator('[data-sure]').click();
      await first.locator('[data-sign-panel=signed_once] [data-signed="1"][data-disposed="0"]').waitFor();
      await focused(first, '[data-sign-panel]');
      await has(first, '[data-sign]', 0);

      // The same officer, from a page that is older than the signature.
      const stale = await openOne(mock, 'li.na', one, view);
      await stale.locator('[data-sign]').click();
      await stale.locator('[data-sign-dialog=last] [data-goes=now]').getByText(texts.now).waitFor();
      await look(stale, 'dialog of the last signature');
      mock.disposals.signatures.set(one.id, [{ account: 'li.na', certificate: '', at: new Date().toISOString() }]);
      await stale.locator('[data-sure]').click();
      await stale.locator('[data-refusal=signed-already]').getByText(texts.refused).waitFor();
      await look(stale, 'refusal');
      expect(!one.disposed_at && posts(mock).length === 1, 'the same officer signed twice');
      await close(stale);

      mock.disposals.signatures.set(one.id, [{ account: 'zhang.wei', certificate: '浙A20260118', at: new Date().toISOString() }]);
      const second = await openAs(mock, 'li.na', { wanted: '[data-group=signed_once] [data-disposal]', ...view });
      await second.locator('[data-group=signed_once] h3').getByText(texts.once).waitFor();
      await row(second, one).click();
      await second.locator('[data-sign]').click();
      await second.locator('[data-sure]').click();
      await second.locator('[data-disposed="1"]').getByText(texts.gone).waitFor();
      await second.locator('[data-sign-panel=disposed] [data-disposed-at]').waitFor();
      await has(second, '[data-sign-panel] [data-signatures="2"]', 1);
      await has(second, '[data-file]', 20);
      await look(second, 'record');
      // The other officer's page hears of it.
      await first.locator('[data-sign-panel=disposed]').waitFor();
      await close(first);
      await second.locator('[data-back]').click();
      await row(second, one).waitFor();
      await second.locator('[data-own-only]').waitFor();
      await look(second, 'disposed');
      await second.locator('[data-show=due]').click();
      await second.locator('[data-none]').waitFor();
      await look(second, 'empty');
      await close(second);
    });
  }
}

await check('the server refuses a second signature by the same officer, and the page asks for another one', async () => {
  const mock = await server();
  const one = mock.disposals.add();
  const page = await openOne(mock, 'zhang.wei', one, { locale: 'zh-CN' });
  const go = mock.desk.hold(/POST .*signatures$/);
  await page.locator('[data-sign]').click();
  await page.locator('[data-sure]').click();
  await until(() => posts(mock).length === 1, 'nothing was sent');
  expect(await page.locator('[data-sure]').isDisabled(), 'can be sent twice');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  mock.disposals.sign(one, 'zhang.wei');
  go();
  await page.locator('[data-sign-panel=signed_once] [data-signed="1"][data-disposed="0"]').getByText('须由另一名执法人员签署').waitFor();
  await has(page, '[data-sign]', 0);
  expect(!one.disposed_at && mock.disposals.view(one).listed.signatures.length === 1, 'one officer signed twice');
  await close(page);
});

await check('a first signature never becomes the last one behind the back of the officer', async () => {
  const mock = await server();
  const one = mock.disposals.add();
  const page = await openOne(mock, 'zhang.wei', one);
  await page.locator('[data-sign]').click();
  await page.locator('[data-sign-dialog=first]').waitFor();
  mock.disposals.sign(one, 'li.na');
  await page.locator('[data-sure]').click();
  await page.locator('[data-refusal=changed]').getByText('nothing was signed').waitFor();
  expect(posts(mock).length === 0 && !one.disposed_at, 'was signed');
  await page.locator('[data-sign-panel=signed_once] [data-signatures="1"]').waitFor();
  await page.locator('[data-sign]').click();
  await page.locator('[data-sign-dialog=last]').waitFor();
  await page.locator('[data-sure]').click();
  await page.locator('[data-sign-panel=disposed]').waitFor();
  await close(page);
});

await check('chosen cases are signed together, and each refusal stands beside its case', async () => {
  const mock = await server();
  const [fresh, waiting, own, held, other] = [
    mock.disposals.add({ violations: [1] }), mock.disposals.add({ violations: [2] }), mock.disposals.add({ violations: [3] }), mock.disposals.add({ held: true }), mock.disposals.add({ site: 'mill' }),
  ];
  mock.disposals.sign(waiting, 'li.na');
  mock.disposals.sign(own, 'zhang.wei');
  mock.cases.recusals = [{ site: 'mill', account: 'zhang.wei' }];
  const page = await openAs(mock, 'zhang.wei', { wanted: '[data-group=unsigned]' });
  await has(page, '[data-choose]', 3);
  for (const one of [own, held]) await has(page, `[data-choose="${one.id}"]`, 0);
  await row(page, held).getByText('Recording kept for ever').waitFor();
  await row(page, own).getByText('Signed by you').waitFor();
  expect(await page.locator('[data-sign-chosen]').isDisabled(), 'nothing is chosen');
  await page.locator('[name=choose-all]').check();
  await page.getByText('3 cases chosen').waitFor();
  await page.locator('[data-sign-chosen]').click();
  await page.locator('[data-goes=now]').getByText('1 case: yours is the second signature').waitFor();
  await page.locator('[data-goes=later]').getByText('2 cases: yours is the first signature').waitFor();
  await page.locator('[data-sign-dialog] summary').click();
  await accessible(page, 'dialog of many');
  await page.locator('[data-sure]').click();
  await page.locator('[data-signed="2"][data-disposed="1"]').waitFor();
  await page.locator('[data-refusal=recused]').getByText('东江轧钢厂').waitFor();
  await focused(page, '.outcome');
  expect(waiting.disposed_at && !fresh.disposed_at && !own.disposed_at, 'not as the dialog said');
  await has(page, `[data-disposal="${waiting.id}"]`, 0);
  await has(page, `[data-group=signed_once] [data-disposal="${fresh.id}"]`, 1);
  await has(page, `[data-choose="${other.id}"]`, 1);
  await close(page);
});

await check('a signature whose answer is lost counts once; without a connection nothing is signed', async () => {
  const mock = await server();
  const [one, other] = [mock.disposals.add({ violations: [1] }), mock.disposals.add({ violations: [2] })];
  const page = await openOne(mock, 'zhang.wei', one, { locale: 'zh-CN' });
  mock.desk.fail(/POST .*signatures$/, 'lost');
  await page.locator('[data-sign]').click();
  await page.locator('[data-sure]').click();
  await page.locator('[data-signed="1"]').waitFor();
  expect(mock.disposals.view(one).listed.signatures.length === 1, 'not once');
  await page.goto(`${mock.address}/${LIST}`);
  await choose(page, other);
  await page.locator('[data-sign-chosen]').click();
  await page.context().setOffline(true);
  await page.locator('[data-sure]').click();
  await page.locator('[data-refusal=unsent]').getByText('本次未签署').waitFor();
  await page.context().setOffline(false);
  mock.desk.fail(/POST .*signatures$/, 'refused');
  await page.locator('[data-sign-chosen]').click();
  await page.locator('[data-sure]').click();
  await page.locator('[data-refusal=unsent]').waitFor();
  expect(mock.disposals.view(other).listed.signatures.length === 0, 'was signed');
  await page.locator('[data-sign-chosen]').click();
  await page.locator('[data-sure]').click();
  await page.locator('[data-signed="1"]').waitFor();
  await close(page);
});

await check('a list that cannot be loaded says so and is tried again; a long one reads on', async () => {
  const mock = await server();
  for (let at = 0; at < 70; at += 1) mock.disposals.add({ years: 6 + at / 100 });
  mock.desk.fail(/GET .*disposals$/);
  const page = await openAs(mock, 'zhang.wei', { wanted: '.trouble' });
  await page.locator('.trouble button').click();
  await has(page, '[data-disposal]', 50);
  await page.locator('[data-more]').click();
  await has(page, '[data-disposal]', 70);
  await has(page, '[data-more]', 0);
  await page.goto(`${mock.address}/${LIST}&case=00000000-0000-4000-8000-000000000000`);
  await page.locator('.trouble').waitFor();
  await page.locator('[data-back]').click();
  await has(page, '[data-disposal]', 50);
  await close(page);
});

await check('a case says why it cannot be signed, and leads to its disposal and back', async () => {
  const mock = await server();
  const [kept, open_, held] = [mock.disposals.add({ years: 1 }), mock.cases.add('noticed', { violations: [2] }), mock.disposals.add({ held: true, violations: [3] })];
  const page = await openAs(mock, 'zhang.wei', { query: `?view=cases&case=${kept.id}`, wanted: '[data-to-disposal]', locale: 'zh-CN' });
  await page.locator('[data-to-disposal]').click();
  await page.locator('[data-sign-panel=kept] [data-reason]').getByText('保存期未满').waitFor();
  await page.locator('[data-to-case]').click();
  await page.locator('[data-case-page]').waitFor();
  await page.goBack();
  await page.locator('[data-sign-panel=kept]').waitFor();
  for (const [one, state, text] of [[open_, 'not_over', '尚未办结'], [held, 'unsigned', '先在“回放”中解除保留']]) {
    await page.goto(`${mock.address}/${LIST}&case=${one.id}`);
    await page.locator(`[data-sign-panel=${state}] [data-reason]`).getByText(text).waitFor();
    await has(page, '[data-sign]', 0);
  }
  await close(page);
});

await check('each role sees what it may: auditors sign nothing, enterprises and operators see nothing', async () => {
  const mock = await server();
  const [due, gone] = [mock.disposals.add(), mock.disposals.add({ violations: [2] })];
  mock.disposals.sign(gone, 'li.na');
  mock.disposals.sign(gone, 'admin');
  const auditor = await openAs(mock, 'audit', { query: '?view=cases', wanted: '[data-tab=disposals]' });
  await auditor.locator('[data-tab=disposals]').click();
  await row(auditor, due).waitFor();
  await has(auditor, '[data-choose], [data-sign-chosen]', 0);
  await has(auditor, 'nav [data-view=cases][aria-current]', 1);
  await row(auditor, due).click();
  await auditor.locator('[data-reason]').getByText('cannot sign').waitFor();
  await has(auditor, '[data-sign]', 0);
  await auditor.locator('[data-back]').click();
  await auditor.locator('[data-show=done]').click();
  await row(auditor, gone).waitFor();
  await has(auditor, '[data-own-only]', 0);
  await auditor.reload();
  await row(auditor, gone).waitFor();
  await close(auditor);
  // An officer who signed nothing has an empty list, and reads why.
  const officer = await openAs(mock, 'zhang.wei', { query: `${LIST}&state=disposed`, wanted: '[data-none]' });
  await officer.locator('[data-own-only]').waitFor();
  await officer.locator('[data-none] button').click();
  await row(officer, due).waitFor();
  await close(officer);
  for (const name of ['plant-safety', 'ops']) {
    const page = await openAs(mock, name, { wanted: '[data-not-allowed]' });
    await has(page, '[data-tab=disposals]', 0);
    await close(page);
  }
  mock.world.login = 'none';
  const context = await browser.newContext({ locale: 'zh-CN' });
  const nobody = await context.newPage();
  await nobody.goto(`${mock.address}/${LIST}&case=${due.id}`);
  await nobody.locator('[data-reason]').getByText('未启用登录').waitFor();
  await has(nobody, '[data-sign]', 0);
  await context.close();
});

await check('a case is signed by keyboard alone', async () => {
  const mock = await server();
  const one = mock.disposals.add();
  const page = await openAs(mock, 'zhang.wei', { wanted: '[data-disposal]' });
  await page.locator(`[data-choose="${one.id}"]`).focus();
  await page.keyboard.press('Space');
  await page.locator('[data-sign-chosen]').focus();
  await page.keyboard.press('Enter');
  await focused(page, 'dialog h2');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await has(page, 'dialog', 0);
  await focused(page, '[data-sign-chosen]');
  expect(posts(mock).length === 0, 'Enter on the title signs');
  await page.keyboard.press('Enter');
  await focused(page, 'dialog h2');
  await page.keyboard.press('Tab');
  await focused(page, '[data-sure]');
  await page.keyboard.press('Enter');
  await page.locator('[data-signed="1"]').waitFor();
  await focused(page, '.outcome');
  await close(page);
});

await check('nothing is too wide from 360 to 1280 px, and axe finds no serious fault', async () => {
  const mock = await server();
  const one = mock.disposals.add({ violations: [1, 2], attachments: 8 });
  const gone = mock.disposals.add({ violations: [3] });
  mock.disposals.sign(mock.disposals.add({ site: 'depot', held: false }), 'li.na');
  mock.disposals.add({ held: true, site: 'mill', stage: 'withdrawn' });
  for (const by of ['li.na', 'zhang.wei']) mock.disposals.sign(gone, by);
  for (const [locale, colorScheme] of [['zh-CN', 'light'], ['en-US', 'dark']]) {
    const page = await openAs(mock, 'admin', { wanted: '[data-disposal]', locale, colorScheme });
    for (const [query, wanted] of [['', '[data-disposal]'], ['&state=disposed', '[data-disposal]'], [`&case=${one.id}`, '[data-file]'], [`&case=${gone.id}`, '[data-disposed-at]']]) {
      await page.goto(`${mock.address}/${LIST}${query}`);
      await page.locator(wanted).first().waitFor();
      if (await page.locator('[data-sign]').count()) await page.locator('[data-sign]').click();
      await accessible(page, `${query}, ${locale}`);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 844 });
        await fits(page, `${query}, ${locale}, ${width}`);
      }
    }
    await close(page);
  }
});

closeWorlds();
await finish(browser);

// Attachments and findings on site in a real Chromium, against a server of the test's own that serves the built page.
// Usage: node site.mjs

import { Buffer } from 'node:buffer';
import { accessible, close, closeWorlds, fits, has, openAs as open, PHONE, server, signIn } from './desk-view.mjs';
import { dayIn } from './mock-cases.mjs';
import { idOf } from './mock-desk.mjs';
import { check, expect, finish, launch, setMoment, until } from './view.mjs';

const browser = await launch();
const openAs = (mock, name, options) => open(browser, mock, name, options);
const openCase = (mock, name, { id }, options = {}) => openAs(mock, name, { query: `?view=cases&case=${id}`, wanted: '[data-case-page]', ...options });
const files = (page, ...list) => page.locator('[name=files]').setInputFiles(list);
const attached = (page, state) => page.locator(`[data-attached=${state}]`);
const submit = (page, step) => page.locator(`[data-step-form=${step}] [type=submit]`).click();

const PDF = { name: '培训记录.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 a record') };

/** Takes a photo of noise, which no encoder makes small: as the camera of a phone gives it to the page. */
async function takePhoto(page, name, width, height) {
  await page.locator('[name=photo]').evaluate(async (input, [file, w, h]) => {
    const canvas = new OffscreenCanvas(w, h);
    const context = canvas.getContext('2d');
    const data = context.createImageData(w, h);
    for (let at = 0; at < data.data.length; at += 65_536) crypto.getRandomValues(data.data.subarray(at, at + 65_536));
    for (let at = 3; at < data.data.length; at += 4) data.data[at] = 255;
    context.putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], file, { type: 'image/jpeg' }));
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, [name, width, height]);
}

await check('an enterprise attaches to a plea and a rectification; officers see pictures and downloads', async () => {
  const mock = await server();
  const one = mock.cases.add('noticed');
  const phone = await openCase(mock, 'plant-safety', one, { ...PHONE, locale: 'zh-CN' });
  await phone.locator('[data-step-button=plead]').tap();
  await takePhoto(phone, '现场.jpg', 640, 480);
  await files(phone, PDF);
  await has(phone, '[data-attached=sent]', 2);
  await phone.locator('[name=words]').fill('当时已停工，见照片');
  await submit(phone, 'plead');
  await phone.locator('[data-taken=plead]').waitFor();
  const [plea] = mock.desk.asked.filter(({ body }) => body?.act?.step === 'plead');
  expect(plea.body.act.attachments.length === 2, JSON.stringify(plea.body));
  await has(phone, '[data-part=pleas] [data-attachment]', 2);
  mock.cases.take(one, 'li.na', { step: 'answer', upheld: [], reasons: '不成立', outcome: 'order_to_rectify' });
  await phone.reload();
  await phone.locator('[data-step-button=rectify]').tap();
  await takePhoto(phone, '整改后.jpg', 4000, 3000);
  await has(phone, '[data-attached=sent]', 1);
  await phone.locator('[name=words]').fill('已加装护栏');
  await submit(phone, 'rectify');
  await phone.locator('[data-taken=rectify]').waitFor();
  await close(phone);
  const scaled = mock.cases.attachments.items.at(-1);
  expect(scaled.bytes.length < 4 * 1024 * 1024 && scaled.type === 'image/jpeg', `${scaled.bytes.length} bytes`);

  const officer = await openCase(mock, 'zhang.wei', one);
  const picture = officer.locator('[data-part=rectifications] [data-attachment] img');
  await until(() => picture.evaluate(({ naturalWidth }) => naturalWidth === 2560), 'the picture is not 2560 wide');
  await picture.click();
  await officer.locator('dialog[open]').getByText('整改后.jpg').waitFor();
  await officer.keyboard.press('Escape');
  await has(officer, 'dialog[open]', 0);
  const saved = officer.waitForEvent('download');
  await officer.locator('[data-part=pleas]').getByRole('button', { name: /培训记录\.pdf/ }).click();
  expect((await saved).url().includes('/attachments/'), 'nothing is saved');
  await has(officer, '[data-part=history] [data-attachment]', 3);
  await officer.locator('[data-step-button=recheck]').click();
  await officer.locator('input[value=on_site]').check();
  await officer.locator('[name=words]').fill('Railing in place.');
  await takePhoto(officer, 'visit.jpg', 320, 240);
  await has(officer, '[data-attached=sent]', 1);
  await submit(officer, 'recheck');
  await officer.locator('[data-part=rectifications]').getByRole('button', { name: /visit\.jpg/ }).waitFor();
  await close(officer);
});

await check('each refusal of a file says what to do, and nothing is sent until it is put right', async () => {
  const mock = await server();
  const one = mock.cases.add('noticed');
  const page = await openCase(mock, 'plant-safety', one, { ...PHONE, locale: 'zh-CN' });
  await page.locator('[data-step-button=rectify]').tap();
  await page.locator('[name=words]').fill('已整改');
  const big = { name: 'long.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(8) };
  await files(page, { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }, { name: 'empty.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) },
    { name: 'wrong.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ no pdf') }, { ...PDF, buffer: Buffer.from('%PDF damaged') }, { ...big, mimeType: 'application/pdf', buffer: Buffer.alloc(11 * 1024 * 1024) });
  await has(page, '[data-attached=failed]', 5);
  for (const text of ['不支持该类型', '文件已损坏', '文件过大']) await attached(page, 'failed').getByText(text).first().waitFor();
  await submit(page, 'rectify');
  await page.getByText('有附件未上传').waitFor();
  expect(one.rectifications.length === 0, 'was sent');
  for (let left = 4; left >= 0; left -= 1) {
    await page.locator('[data-remove]').first().tap();
    await has(page, '[data-attached]', left);
  }
  await submit(page, 'rectify');
  await page.locator('[data-taken=rectify]').waitFor();
  await close(page);
});

await check('a file that broke off is tried again and kept once; what was sent stays chosen after a reload', async () => {
  const mock = await server();
  const one = mock.cases.add('noticed');
  const page = await openCase(mock, 'plant-safety', one, { ...PHONE, locale: 'zh-CN' });
  await page.locator('[data-step-button=plead]').tap();
  await page.locator('[name=words]').fill('见附件');
  mock.desk.fail(/attachments$/, 'refused');
  await files(page, PDF);
  await attached(page, 'failed').getByText('服务器未能保存').waitFor();
  mock.desk.fail(/attachments$/, 'lost');
  await page.locator('[data-attached=failed] .retry').tap();
  // A browser may send again by itself what broke off on a connection that was open before.
  await page.locator('[data-attached=sent], [data-attached=failed]').waitFor();
  if ((await attached(page, 'failed').count()) > 0) await page.locator('.retry').tap();
  await attached(page, 'sent').waitFor();
  expect(mock.cases.attachments.items.length === 1, `${mock.cases.attachments.items.length} kept`);
  const go = mock.desk.hold(/attachments$/);
  await files(page, { ...PDF, name: 'second.pdf', buffer: Buffer.from('%PDF second') });
  await attached(page, 'sending').waitFor();
  await submit(page, 'plead');
  await page.getByText('附件正在上传').waitFor();
  expect(one.stage === 'noticed', 'was sent');
  go();
  await has(page, '[data-attached=sent]', 2);
  await page.locator('[data-attached]', { hasText: 'second.pdf' }).locator('[data-remove]').tap();
  await page.reload();
  await page.locator('[data-step-button=plead]').tap();
  await has(page, '[data-attached=sent]', 1);
  await accessible(page, 'attachments');
  await fits(page, 'attachments');
  await submit(page, 'plead');
  await page.locator('[data-taken=plead]').waitFor();
  const [act] = mock.desk.asked.filter(({ body }) => body?.act).map(({ body }) => body.act);
  expect(act.attachments.length === 1, JSON.stringify(act));
  await close(page);
});

const FORM = '[data-finding-form]';
const openSite = (mock, name = 'zhang.wei', options = {}) => openAs(mock, name, { query: '?view=site', wanted: FORM, locale: 'zh-CN', ...PHONE, ...options });
const kept = (page, state) => page.locator(`[data-kept-state=${state}]`);
const posts = (mock) => mock.desk.asked.filter(({ what }) => what === 'POST /api/v1/findings');
const ready = (page) => page.locator('[data-offline-ready=true]').waitFor();

/** Fills the form in, and saves. */
async function note(page, place, { site = 'plant' } = {}) {
  await takePhoto(page, `${place}.jpg`, 320, 240);
  await has(page, '[data-photo]', 1);
  await page.locator('[name=site]').selectOption(site);
  await page.locator('[name=place]').fill(place);
  await page.locator('[name=words]').fill('临边未设防护栏');
  await page.locator(`${FORM} [type=submit]`).click();
  await page.locator('[data-saved=true]').waitFor();
}

await check('a finding is saved without a network, survives a reload without one, and is sent once', async () => {
  const mock = await server();
  const page = await openSite(mock);
  await ready(page);
  await page.context().setOffline(true);
  await page.locator('[data-offline-note]').getByText('无网络').waitFor();
  await note(page, '二号车间');
  await note(page, '三号车间');
  await page.locator('[data-offline-note]').getByText('待上传 2').waitFor();
  await page.reload();
  await kept(page, 'waiting').nth(1).waitFor();
  await page.locator('[name=site] option', { hasText: '红星机械' }).waitFor({ state: 'attached' });
  await note(page, '四号车间');
  expect(posts(mock).length === 0, 'was sent');
  await page.context().setOffline(false);
  await has(page, '[data-kept-state=sent]', 3);
  await has(page, '[data-offline-note]', 0);
  const { findings } = mock.cases.sites;
  expect(findings.map(({ place }) => place).toReversed().join() === '二号车间,三号车间,四号车间', JSON.stringify(findings.map(({ place }) => place)));
  expect(findings.every((one) => mock.cases.attachments.of(one.id).length === 1), 'without photos');
  await page.reload();
  await has(page, '[data-kept-state=sent]', 3);
  expect(posts(mock).length === 3, `${posts(mock).length} sent`);
  await close(page);
});

await check('a page that is opened without a network begins with the form, and asks for the password only once it knows', async () => {
  const mock = await server();
  const page = await openSite(mock);
  await ready(page);
  await page.context().setOffline(true);
  await page.goto(`${mock.address}/`);
  await page.locator(FORM).waitFor();
  await note(page, '门卫室');
  mock.world.expire();
  await page.context().setOffline(false);
  await page.locator('[data-cover=sign-in]').waitFor();
  expect(mock.cases.sites.findings.length === 0, 'was sent without a session');
  await page.locator('[data-sign-in] [name=password]').fill('correct horse');
  await page.locator('[data-sign-in] [type=submit]').click();
  await kept(page, 'sent').waitFor();
  expect(mock.cases.sites.findings.length === 1, `${mock.cases.sites.findings.length} recorded`);
  await close(page);
});

await check('a lost answer and a page that is closed while it sends record nothing twice', async () => {
  const mock = await server();
  const page = await openSite(mock);
  mock.desk.fail(/POST .*findings$/, 'lost');
  await note(page, '二号车间');
  await until(() => mock.cases.sites.findings.length === 1, 'not recorded');
  // A browser may ask again by itself.
  await page.locator('[data-kept-state=sent], [data-offline-note]').first().waitFor();
  if ((await kept(page, 'sent').count()) === 0) await page.locator('.now').tap();
  await kept(page, 'sent').waitFor();
  expect(mock.cases.sites.findings.length === 1, 'recorded twice');

  for (const [what, place] of [[/POST .*attachments$/, '仓库'], [/POST .*findings$/, '锅炉房']]) {
    const go = mock.desk.hold(what);
    await note(page, place);
    await kept(page, 'sending').waitFor({ timeout: 5_000 }).catch(() => kept(page, 'waiting').waitFor());
    await page.goto('about:blank');
    go();
    await page.goto(`${mock.address}/?view=site`);
    await until(() => mock.cases.sites.findings.some((one) => one.place === place), `${place} is not recorded`);
    await page.locator('[data-kept-state=sent]', { hasText: place }).waitFor();
  }
  const places = mock.cases.sites.findings.map((one) => one.place);
  expect(places.length === 3 && new Set(places).size === 3, places.join());
  await close(page);
});

await check('photos that expired on the server are sent again', async () => {
  const mock = await server();
  const page = await openSite(mock);
  mock.desk.fail(/POST .*findings$/, 'refused');
  await note(page, '二号车间');
  await page.locator('[data-offline-note]').getByText('服务器无响应').waitFor();
  mock.cases.attachments.items = [];
  await page.locator('.now').tap();
  await kept(page, 'sent').waitFor();
  expect(mock.cases.attachments.items.length === 1, `${mock.cases.attachments.items.length} photos`);
  await close(page);
});

await check('what is refused says why, and is changed, tried again or deleted', async () => {
  const mock = await server();
  const { sites } = mock.cases;
  const page = await openSite(mock);
  sites.recused = ['zhang.wei'];
  await note(page, '二号车间');
  await page.locator('[data-refused=recused]').getByText('须回避').waitFor();
  sites.recused = [];
  await page.locator('[data-retry]').tap();
  await kept(page, 'sent').waitFor();
  expect(sites.findings.length === 1, 'not recorded');
  sites.recused = ['zhang.wei'];
  await note(page, '三号车间');
  await page.locator('[data-edit]').tap();
  await until(async () => (await page.locator('[name=place]').inputValue()) === '三号车间', 'is not in the form');
  await has(page, '[data-photo]', 1);
  sites.recused = [];
  await page.locator('[name=place]').fill('三号车间北侧');
  await page.locator(`${FORM} [type=submit]`).click();
  await page.locator('[data-kept-state=sent]', { hasText: '北侧' }).waitFor();
  sites.recused = ['zhang.wei'];
  await note(page, '四号车间');
  await kept(page, 'refused').getByRole('button', { name: '删除' }).tap();
  await kept(page, 'refused').locator('.danger').tap();
  await has(page, '[data-kept-state=refused]', 0);
  await page.reload();
  await has(page, '[data-kept-state]', 2);
  await close(page);
});

await check('an account that signs in in another tab sends nothing of this one', async () => {
  const mock = await server();
  const page = await openSite(mock);
  const go = mock.desk.hold(/POST .*sites.*attachments$/);
  await note(page, '三号车间');
  await until(() => mock.desk.asked.some(({ what }) => /POST .*sites.*attachments/.test(what)), 'nothing is on its way');
  const other = await page.context().newPage();
  await other.goto(`${mock.address}/favicon.svg`); // The page itself would notice.
  await other.evaluate((body) => fetch('/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body }), JSON.stringify({ account: 'li.na', password: 'correct horse' }));
  go();
  // The page is loaded anew for the other account.
  await page.waitForFunction(async () => (await (await fetch('/api/v1/session')).json()).account.name === 'li.na' && document.querySelectorAll('[data-kept]').length === 0);
  await page.locator(FORM).waitFor();
  expect(!mock.desk.asked.some(({ what }) => what === 'POST /api/v1/findings'), 'it went under another name');
  await close(page);
});

await check('another account neither sees nor sends what waits, and signing out asks first', async () => {
  const mock = await server();
  const page = await openSite(mock);
  const go = mock.desk.hold(/POST .*sites.*attachments$/);
  await note(page, '二号车间');
  await page.locator('[data-account-menu]').tap();
  await page.locator('[data-sign-out]').tap();
  await page.locator('[data-sign-out-kept]').getByText('还有 1 条现场记录未上传').waitFor();
  await page.locator('[data-sign-out-anyway]').tap();
  await page.locator('[data-sign-in]').waitFor();
  await page.locator('[name=username]').fill('li.na');
  await page.locator('[data-sign-in] [name=password]').fill('correct horse');
  await page.locator('[data-sign-in] [type=submit]').click();
  await page.locator('[data-account-menu]').waitFor();
  go();
  await page.goto(`${mock.address}/?view=site`);
  await page.locator(FORM).waitFor();
  await has(page, '[data-kept]', 0);
  expect(mock.cases.sites.findings.length === 0, 'another account sent it');
  await note(page, '李娜的发现');
  await kept(page, 'sent').waitFor();
  await page.locator('[data-account-menu]').tap();
  await page.locator('[data-sign-out]').tap();
  await page.locator('[data-sign-in]').waitFor();
  await page.locator('[name=username]').fill('zhang.wei');
  await page.locator('[data-sign-in] [name=password]').fill('correct horse');
  await page.locator('[data-sign-in] [type=submit]').click();
  await page.locator('[data-account-menu]').waitFor();
  await until(() => mock.cases.sites.findings.length === 2, 'is not sent after signing in again');
  expect(mock.cases.sites.findings[0].by === 'zhang.wei', 'sent under another name');
  await close(page);
});

await check('a browser that keeps nothing, or has no room left, says so', async () => {
  const mock = await server();
  const page = await openSite(mock);
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function full(...args) {
      if (globalThis.isFull) throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, args);
    };
    globalThis.isFull = true;
  });
  await takePhoto(page, 'a.jpg', 320, 240);
  await page.locator('[data-cannot-keep]').getByText('存储空间已满').waitFor();
  await has(page, '[data-photo]', 0);
  expect(await page.locator(`${FORM} [type=submit]`).isDisabled(), 'can be saved');
  await page.evaluate(() => (globalThis.isFull = false));
  await note(page, '二号车间');
  await kept(page, 'sent').waitFor();
  await page.addInitScript(() => (indexedDB.open = () => { throw new Error('private'); }));
  await page.reload();
  await page.locator('[data-cannot-keep]').waitFor();
  await close(page);
});

await check('a draft with its photos survives a page that the phone closed', async () => {
  const mock = await server();
  const page = await openSite(mock);
  await page.locator('[name=words]').fill('写了一半');
  await takePhoto(page, 'a.jpg', 320, 240);
  await has(page, '[data-photo]', 1);
  await page.locator(`${FORM} [type=submit]`).tap();
  await page.getByText('请填写位置').waitFor();
  await page.reload();
  await has(page, '[data-photo]', 1);
  expect((await page.locator('[name=words]').inputValue()) === '写了一半', 'the words are gone');
  expect(posts(mock).length === 0, 'a draft was sent');
  await close(page);
});

await check('nothing goes under the name of an account that signed in in another tab', async () => {
  const mock = await server();
  const page = await openSite(mock);
  mock.desk.fail(/POST .*sites.*attachments$/, 'refused');
  await note(page, '二号车间');
  await page.locator('[data-offline-note]').waitFor();
  const cookies = await page.context().cookies();
  const other = await page.context().newPage();
  await page.context().clearCookies();
  await other.goto(`${mock.address}/`);
  await signIn(other, 'li.na');
  await other.locator('[data-account-menu]').waitFor();
  const reloaded = page.waitForEvent('load');
  await page.locator('.now').tap();
  await reloaded;
  await has(page, '[data-kept]', 0);
  expect(mock.cases.sites.findings.length === 0 && mock.cases.attachments.items.length === 0, 'was sent');
  await other.close();
  await page.goto('about:blank');
  await page.context().addCookies(cookies);
  await page.goto(`${mock.address}/?view=site`);
  await until(() => mock.cases.sites.findings[0]?.by === 'zhang.wei', 'is not sent for its own account');
  await close(page);
});

await check('the service worker keeps the files of one build, and nothing that the server answers', async () => {
  const mock = await server();
  const page = await openSite(mock);
  await ready(page);
  const keptFiles = () => page.evaluate(async () => {
    const names = await caches.keys();
    const cache = await caches.open(names[0]);
    return { names, paths: (await cache.keys()).map(({ url }) => new URL(url).pathname) };
  });
  const first = await keptFiles();
  expect(first.names.length === 1 && first.paths.includes('/') && first.paths.some((path) => /assets\/Site-.*js$/.test(path)), JSON.stringify(first));
  expect(first.paths.every((path) => path === '/' || path === '/favicon.svg' || path.startsWith('/assets/')), first.paths.join());
  const [worker, index] = await Promise.all(['sw.js', ''].map(async (path) => (await fetch(`${mock.address}/${path}`)).text()));
  mock.world.files.set('/sw.js', worker.replace(first.names[0].replace('anjian-', ''), 'another'));
  mock.world.files.set('/index.html', index.replace('<noscript>', '<meta name="build" content="another" /><noscript>'));
  await page.reload();
  await page.locator('meta[name=build]').waitFor({ state: 'attached' });
  // Only the names: to open a cache that was just dropped would make it again.
  await until(async () => (await page.evaluate(() => caches.keys())).join() === 'anjian-another', 'the old build is still kept');
  await page.context().setOffline(true);
  await page.reload();
  await page.locator('meta[name=build][content=another]').waitFor({ state: 'attached' });
  await page.locator(FORM).waitFor();
  await close(page);
});

await check('a phone that nobody signed in on, or signed out of, opens to nobody', async () => {
  const mock = await server();
  const page = await openSite(mock);
  await ready(page);
  await page.locator('[data-account-menu]').tap();
  await page.locator('[data-sign-out]').tap();
  await page.locator('[data-sign-in]').waitFor();
  await page.context().setOffline(true);
  await page.goto(`${mock.address}/?view=site`);
  await page.getByText('页面无法加载').first().waitFor();
  await has(page, FORM, 0);
  await close(page);
});

await check('a finding becomes a case, is named to the enterprise, and a plea about it is answered', async () => {
  const mock = await server();
  const officer = await openSite(mock);
  await note(officer, '二号车间');
  await kept(officer, 'sent').locator('[data-open]').tap();
  await officer.locator('[data-finding-page]').getByText('临边未设防护栏').waitFor();
  await officer.locator('[data-open-case]').tap();
  const [{ id }] = mock.cases.sites.findings;
  await until(() => officer.locator(`[data-finding-candidate="${id}"] input`).isChecked(), 'the finding is not chosen');
  await officer.locator(`[data-candidate="${idOf(1)}"] input`).check();
  await officer.locator('[data-new-case-form] [data-choose-card]').first().waitFor();
  await officer.locator('[data-new-case-form] [type=submit]').tap();
  await officer.locator(`[data-member-finding="${id}"]`).waitFor();
  const [one] = mock.cases.items;
  expect(one.found.join() === id && one.members.join() === idOf(1), JSON.stringify(one));
  one.signatures = ['li.na', 'admin'].map((account) => ({ account, certificate: '1', at: new Date().toISOString() }));
  mock.cases.take(one, 'zhang.wei', { step: 'issue' });
  const phone = await openCase(mock, 'plant-safety', one, { ...PHONE, locale: 'zh-CN' });
  await phone.locator(`[data-member-finding="${id}"] [data-attachment] img`).waitFor();
  await phone.locator('[data-part=facts]').getByText('1 条违规、1 条现场发现').waitFor();
  await close(phone);
  mock.cases.take(one, 'plant-safety', { step: 'plead', words: '护栏当天已恢复' });
  await officer.reload();
  await officer.locator('[data-step-button=answer]').tap();
  await officer.locator(`[data-upheld="${id}"] input`).check();
  await officer.locator('[data-step-form] [name=words]').fill('照片属实');
  await submit(officer, 'answer');
  await officer.locator('header [data-stage=answered]').waitFor();
  const { act } = mock.desk.asked.findLast(({ body }) => body?.act?.step === 'answer').body;
  expect(act.upheld.length === 0 && act.upheld_findings.join() === id, JSON.stringify(act));
  await officer.goto(`${mock.address}/?view=sites&finding=${id}`);
  await officer.locator(`[data-case="${one.id}"]`).waitFor();
  await has(officer, '[data-open-case]', 0);
  await close(officer);
});

await check('a re-check is kept without a network, with its pictures, and taken once', async () => {
  const mock = await server();
  const [one, other] = [mock.cases.add('rectified'), mock.cases.add('rectified', { violations: [2] })];
  const page = await openCase(mock, 'zhang.wei', one, { ...PHONE, locale: 'zh-CN' });
  const write = async () => {
    await page.context().setOffline(true);
    await page.locator('[data-step-button=recheck]').tap();
    await page.locator('[name=words]').fill('护栏已恢复');
    await takePhoto(page, 'a.jpg', 320, 240);
    await attached(page, 'failed').waitFor();
    await page.locator('[data-step-form=recheck]').getByRole('button', { name: '保存在本机' }).tap();
    await has(page, '[data-step-form]', 0);
    await page.locator('[data-offline-note]').getByText('待上传 1').waitFor();
  };
  await page.locator('[data-step-button=recheck]').waitFor();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await write();
  await page.locator('[data-step-button=recheck]').tap();
  await page.locator('[data-recheck-kept]').waitFor();
  expect(await page.locator('[data-step-form] [type=submit]').isDisabled(), 'can be written twice');
  await page.reload();
  mock.desk.fail(/POST .*steps$/, 'lost');
  await page.context().setOffline(false);
  await until(() => one.proofs[0]?.words === '护栏已恢复', JSON.stringify(one.proofs));
  expect(mock.cases.attachments.of(one.id).length === 1 && one.steps.filter(({ step }) => step === 'recheck').length === 1, JSON.stringify(one.steps));
  await page.goto(`${mock.address}/?view=site`);
  await page.locator('[data-kept-state=sent]', { hasText: '现场复查' }).waitFor();

  await page.locator('[data-offline-ready=true]').waitFor();
  await page.goto(`${mock.address}/?view=cases&case=${other.id}`);
  await page.locator('[data-step-button=recheck]').waitFor();
  await write();
  mock.cases.take(other, 'li.na', { step: 'record_service', way: 'post', on: dayIn(0) });
  await page.context().setOffline(false);
  await page.goto(`${mock.address}/?view=site`);
  await page.locator('[data-refused=changed]').getByText('案件已有变化').waitFor();
  expect(other.stage === 'rectified', 'taken over what changed');
  await page.locator('[data-retry]').tap();
  await until(() => other.stage === 'rechecked', 'not taken after trying again');
  await has(page, '[data-kept-state=sent]', 2);
  await close(page);
});

await check('a site shows its record, risk in words, cases and findings; who may changes the record', async () => {
  const mock = await server();
  const { sites } = mock.cases;
  sites.risk = { score: 58, lines: [{ factor: 'confirmed', count: 12, points: 24 }, { factor: 'overdue', count: 2, points: 20 }, { factor: 'tampering', count: 0, points: 0 }] };
  mock.cases.add('noticed');
  const page = await openAs(mock, 'admin', { query: '?view=sites', wanted: '[data-site]' });
  await page.locator('[data-site=plant]').click();
  await page.locator('[data-risk=high]').getByText('High').waitFor();
  await has(page, '[data-factor]', 2);
  await page.locator('[data-factor=overdue]').getByText('2 overdue cases').waitFor();
  await page.locator('[data-part=cases]').getByText('1 open case').waitFor();
  await has(page, '[data-part=cameras] li', 2);
  await page.locator('[data-edit-record]').click();
  await page.locator('[name=licence]').fill('JZ-2024-12');
  await page.locator('[name=responsible]').fill('陈安全');
  await setMoment(page, 'licence-until', '2020-01-31');
  sites.records.set('plant', { licence: 'other', licence_until: null, industry: '', responsible: '', telephone: '', address: '', version: 1, by: 'li.na', at: new Date().toISOString() });
  await page.locator('[data-record-form] [type=submit]').click();
  await page.getByText('Somebody else changed the record').waitFor();
  expect((await page.locator('[name=licence]').inputValue()) === 'JZ-2024-12', 'what was typed is gone');
  await page.locator('[data-record-form] [type=submit]').click();
  await page.locator('[data-licence=over]').getByText('Expired').waitFor();
  const written = sites.records.get('plant');
  expect(written.version === 2 && written.licence_until === '2020-01-31' && written.responsible === '陈安全', JSON.stringify(written));
  await page.locator('[data-show-cases]').click();
  await has(page, '[data-column] [data-case]', 1);
  expect(page.url().includes('site=plant'), page.url());
  await close(page);
  const auditor = await openAs(mock, 'audit', { query: '?view=sites&site=plant', wanted: '[data-site-page]' });
  await has(auditor, '[data-edit-record], [data-find-here], nav [data-view=site]', 0);
  await auditor.goto(`${mock.address}/?view=site`);
  await auditor.locator('[data-not-allowed]').waitFor();
  await close(auditor);
});

await check('nothing is too wide from 360 to 1280 px, and axe finds no serious fault', async () => {
  const mock = await server();
  for (const [locale, colorScheme] of [['zh-CN', 'light'], ['en-US', 'dark']]) {
    const page = await openAs(mock, 'admin', { query: '?view=site', wanted: FORM, locale, colorScheme, ...PHONE });
    await page.context().setOffline(true);
    await page.locator('[data-offline-note]').waitFor();
    await note(page, '危化品仓库东侧通道');
    await takePhoto(page, 'b.jpg', 320, 240);
    await has(page, '[data-photo]', 1);
    await accessible(page, `on site, ${locale}`);
    for (const width of [360, 390, 768, 900, 1024, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      await fits(page, `on site, ${locale}, ${width}`);
    }
    await page.setViewportSize(PHONE.viewport);
    await page.context().setOffline(false);
    await kept(page, 'sent').waitFor();
    const [{ id }] = mock.cases.sites.findings;
    for (const [query, wanted] of [['', '[data-site]'], ['&site=plant', '[data-site-page]'], ['&findings=', '[data-finding]'], [`&finding=${id}`, '[data-finding-page]']]) {
      await page.goto(`${mock.address}/?view=sites${query}`);
      await page.locator(wanted).first().waitFor();
      await accessible(page, `sites${query}, ${locale}`);
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 844 });
        await fits(page, `sites${query}, ${locale}, ${width}`);
      }
    }
    await close(page);
  }
});

closeWorlds();
await finish(browser);

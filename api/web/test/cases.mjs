// Cases in a real Chromium, against a server of the test's own (`mock-cases.mjs`) that serves the built page.
// Usage: node cases.mjs

import { accessible, close, closeWorlds, fits, has, openAs as open, PHONE, server } from './desk-view.mjs';
import { dayIn } from './mock-cases.mjs';
import { idOf } from './mock-desk.mjs';
import { check, expect, finish, launch, until } from './view.mjs';

const browser = await launch();
const openAs = (mock, name, options) => open(browser, mock, name, options);
const sent = (mock) => mock.desk.asked.filter(({ what }) => what.startsWith('POST /api/v1/cases'));
const caseQuery = ({ id }) => `?view=cases&case=${id}`;
const openCase = (mock, name, one, options = {}) => openAs(mock, name, { query: caseQuery(one), wanted: '[data-case-page]', ...options });
const begin = (page, step) => page.locator(`[data-step-button=${step}]`).click();
const submit = (page, step) => page.locator(`[data-step-form=${step}] [type=submit]`).click();
const stage = (page, wanted) => page.locator(`header [data-stage=${wanted}]`).waitFor();
const words = (page) => page.locator('[data-step-form] [name=words]');

/** A step without fields. */
async function take(page, step) {
  await begin(page, step);
  await submit(page, step);
  await has(page, `[data-step-form=${step}]`, 0);
}

await check('a case goes from a confirmed violation to its end, and the auditor reads every step', async () => {
  const mock = await server();
  const officer = await openAs(mock, 'zhang.wei', { query: `?violation=${idOf(1)}`, wanted: '[data-open-case]' });
  await officer.locator('[data-open-case]').click();
  await officer.locator(`[data-candidate="${idOf(2)}"] input`).check();
  expect(await officer.locator(`[data-candidate="${idOf(1)}"] input`).isChecked(), 'the violation is not chosen');
  await officer.locator('input[value=order_to_rectify]').check();
  await officer.locator('[name=term]').fill('5');
  await officer.getByText('5 working days').waitFor();
  await officer.locator('[data-choose-card=no_hard_hat]').waitFor();
  await officer.locator('[data-new-case-form] [type=submit]').click();
  await stage(officer, 'draft');
  const [one] = mock.cases.items;
  expect(one.members.length === 2 && one.proposal.term_days === 5 && one.proposal.cards[0].version === 2, JSON.stringify(one.proposal));
  await take(officer, 'sign');
  await has(officer, '[data-step-button=sign]', 0);
  await begin(officer, 'issue');
  expect(await officer.locator('[data-step-form=issue] [type=submit]').isDisabled(), 'one signature issues an order');

  const second = await openCase(mock, 'li.na', one);
  await take(second, 'sign');
  await take(second, 'issue');
  await stage(second, 'noticed');
  await close(second);

  const phone = await openAs(mock, 'plant-safety', { query: '', wanted: '[data-open-notices] [data-case]', ...PHONE });
  await phone.getByText('一号门 · 作业区').first().waitFor();
  await phone.locator('[data-open-notices] [data-case]').tap();
  await phone.locator('[data-step-button=acknowledge]').tap();
  await has(phone, '[data-step-button=acknowledge]', 0);
  await phone.locator('[data-step-button=plead]').tap();
  await words(phone).fill('当时正在更换帽衬');
  await submit(phone, 'plead');
  await has(phone, '[data-step-button=plead]', 0);

  await officer.reload();
  await stage(officer, 'pleaded');
  await officer.locator('[data-part=pleas]').getByText('当时正在更换帽衬').waitFor();
  await begin(officer, 'answer');
  await officer.locator(`[data-upheld="${idOf(2)}"] input`).check();
  await submit(officer, 'answer');
  await officer.getByText('Say it in words.').waitFor();
  await words(officer).fill('Only for the second one.');
  await submit(officer, 'answer');
  await stage(officer, 'answered');

  await phone.reload();
  await phone.locator('[data-step-button=rectify]').tap();
  await words(phone).fill('已培训');
  await submit(phone, 'rectify');
  await has(phone, '[data-step-button=rectify]', 0);
  await close(phone);

  await officer.reload();
  await officer.locator('[data-camera-proofs] [data-proven=false]').waitFor();
  await begin(officer, 'return');
  await words(officer).fill('No record of the training.');
  await submit(officer, 'return');
  await stage(officer, 'returned');
  mock.cases.take(one, 'plant-safety', { step: 'rectify', words: '附培训记录' });
  await officer.reload();
  await begin(officer, 'recheck');
  await words(officer).fill('Everybody wears a hard hat.');
  await submit(officer, 'recheck');
  await stage(officer, 'rechecked');
  await take(officer, 'close');
  await officer.locator('[data-ended=rechecked]').waitFor();
  await close(officer);

  const auditor = await openCase(mock, 'audit', one);
  await has(auditor, '[data-part=history] [data-step]', one.steps.length);
  await has(auditor, '[data-step-button]', 0);
  await auditor.locator('[data-part=rectifications]').getByText('Everybody wears a hard hat.').waitFor();
  for (const text of ['当时正在更换帽衬', 'Only for the second one.', 'No record of the training.', '附培训记录']) await auditor.locator('[data-part=history]').getByText(text).waitFor();
  await close(auditor);
});

await check('the board stands by state, the longest overdue first, and its filters stand in the address', async () => {
  const mock = await server();
  mock.cases.add('draft');
  for (const [due, age_ms] of [[4, 0], [-3, 1_000], [-9, 2_000]]) mock.cases.add('noticed', { due, age_ms });
  mock.cases.add('pleaded', { site: 'mill' });
  mock.cases.add('rectified');
  mock.cases.add('closed');
  const page = await openAs(mock, 'zhang.wei', { wanted: '[data-column]' });
  await has(page, '[data-column]', 5);
  const waiting = page.locator('[data-column=waiting]');
  await has(page, '[data-column=waiting] [data-overdue] .due', 2);
  const late = await waiting.locator('[data-overdue] .due').allTextContents();
  expect(late.length === 2 && /9 days overdue/.test(late[0]) && /3 days overdue/.test(late[1]), late.join(' | '));
  const counts = await page.locator('[data-group] .count').allTextContents();
  expect(counts.join() === '1,3,1,1,1', counts.join());
  await page.locator('[name=site]').selectOption('mill');
  await has(page, '[data-column] [data-case]', 1);
  expect(page.url().includes('site=mill'), page.url());
  await page.locator('[data-group=to_answer]').click();
  await has(page, '[data-column]', 1);
  expect(page.url().includes('state=to_answer'), page.url());
  await page.goBack();
  await has(page, '[data-column]', 5);
  await page.reload();
  await has(page, '[data-column] [data-case]', 1);
  await page.locator('[name=site]').selectOption('');
  await page.locator('[name=words]').fill('更换安全帽');
  await page.keyboard.press('Enter');
  await has(page, '[data-column] [data-case]', 1);
  expect(new URL(page.url()).searchParams.get('words') === '更换安全帽', page.url());
  await page.locator('[name=words]').fill('');
  await page.keyboard.press('Enter');
  await page.locator('[name=late]').selectOption('overdue');
  await has(page, '[data-column] [data-case]', 2);
  await page.locator('[data-column] [data-case]').first().click();
  await page.locator('[data-case-page]').waitFor();
  await page.locator('[data-back]').click();
  await has(page, '[data-column] [data-case]', 2);
  await close(page);
});

await check('what the cameras prove is shown, and closes by camera once they do', async () => {
  const mock = await server();
  const one = mock.cases.add('rectified');
  const page = await openCase(mock, 'zhang.wei', one);
  await page.locator('[data-camera-proofs]').getByText('1 h 30 min of 4 h watched, 2 h without persons, 1 min blind').waitFor();
  await begin(page, 'recheck');
  await page.locator('input[value=camera]').check();
  expect(await page.locator('[data-step-form] [type=submit]').isDisabled(), 'nothing proves it');
  mock.cases.brokenAt = new Date().toISOString();
  await page.reload();
  await page.locator('[data-camera-proofs]').getByText('Broken again').waitFor();
  await begin(page, 'recheck');
  await page.locator('[data-broken-since]').waitFor();
  Object.assign(mock.cases, { proven: true, brokenAt: null });
  await page.reload();
  await page.locator('[data-camera-proofs] [data-proven=true]').waitFor();
  await take(page, 'recheck');
  await stage(page, 'rechecked');
  expect(one.proofs[0].by === 'camera', JSON.stringify(one.proofs));
  await close(page);
});

await check('a reminder ends when it was read, a file is handed over and acknowledged', async () => {
  const mock = await server();
  const [reminder, over] = [mock.cases.add('noticed', { outcome: 'remind' }), mock.cases.add('noticed', { outcome: 'hand_over', violations: [2] })];
  const phone = await openCase(mock, 'plant-safety', reminder, PHONE);
  await has(phone, '[data-step-button=rectify]', 0);
  await phone.locator('[data-step-button=acknowledge]').tap();
  await phone.locator('[data-taken=acknowledge]').waitFor();
  await close(phone);
  const page = await openCase(mock, 'zhang.wei', reminder);
  await take(page, 'close');
  await page.locator('[data-ended=read]').waitFor();
  await page.goto(`${mock.address}/${caseQuery(over)}`);
  await begin(page, 'hand_over');
  await page.locator('[name=to]').fill('Housing authority');
  await submit(page, 'hand_over');
  await page.locator('[data-part=end]').getByText('Housing authority').waitFor();
  await take(page, 'record_receipt');
  await take(page, 'close');
  await page.locator('[data-ended=handed_over]').waitFor();
  await close(page);
});

await check('a draft is changed, loses what is confirmed no longer, and is discarded', async () => {
  const mock = await server();
  const one = mock.cases.add('draft', { violations: [1, 2], outcome: 'remind' });
  one.signatures = [{ account: 'li.na', certificate: '1', at: new Date().toISOString() }];
  const page = await openCase(mock, 'zhang.wei', one);
  await begin(page, 'propose');
  await page.locator('[data-step-form] input[value=order_to_rectify]').check();
  await page.locator('[name=term]').fill('0');
  await submit(page, 'propose');
  await page.getByText('from 1 to 3650').waitFor();
  await page.locator('[name=term]').fill('15');
  await page.getByText('15 calendar days').waitFor();
  await submit(page, 'propose');
  await has(page, '[data-step-form]', 0);
  expect(one.proposal.term_days === 15 && one.proposal.outcome === 'order_to_rectify' && one.signatures.length === 0, JSON.stringify(one));
  mock.desk.judge(idOf(2), 'li.na', { version: 1, finding: { verdict: 'dismissed', reason: 'hat_worn' }, change_reason: 'x' });
  await page.reload();
  await page.locator(`[data-member="${idOf(2)}"] .mark.bad`).waitFor();
  await begin(page, 'drop_member');
  await submit(page, 'drop_member');
  await page.getByText('Choose one.').waitFor();
  await page.locator('[data-step-form] input[type=radio]').check();
  await submit(page, 'drop_member');
  await has(page, '[data-member].left', 1);
  await take(page, 'withdraw');
  await page.locator('[data-ended=discarded]').waitFor();
  await close(page);
});

await check('what others do shows at once: on the board, in a case, on the phone', async () => {
  const mock = await server();
  const one = mock.cases.add('noticed');
  const board = await openAs(mock, 'zhang.wei', { wanted: '[data-column=waiting] [data-case]' });
  const officer = await openCase(mock, 'zhang.wei', one);
  const phone = await openAs(mock, 'plant-safety', { query: '', wanted: '[data-open-notices] [data-case]', ...PHONE });
  mock.cases.take(one, 'plant-safety', { step: 'plead', words: '不是我们的人' });
  await board.locator('[data-column=to_answer] [data-case]').waitFor();
  await officer.getByText('不是我们的人').first().waitFor();
  await has(phone, '[data-open-notices] [data-case]', 0);
  for (const page of [board, officer, phone]) await close(page);
});

await check('a case that was disposed of says so, and shows no empty words', async () => {
  const mock = await server();
  const one = mock.cases.add('closed');
  mock.cases.dispose(one);
  const page = await openCase(mock, 'zhang.wei', one, { locale: 'zh-CN' });
  await page.locator('[data-disposed]').getByText('校验值').waitFor();
  expect((await page.locator('.said').allInnerTexts()).every((text) => text.trim() !== ''), 'empty words are shown');
  await close(page);
});

await check('a column reads on page by page', async () => {
  const mock = await server();
  for (let at = 0; at < 45; at += 1) mock.cases.add('noticed', { due: at < 3 ? -1 : 5, age_ms: at * 1_000 });
  const page = await openAs(mock, 'zhang.wei', { wanted: '[data-more=waiting]' });
  const shown = () => page.locator('[data-column=waiting] [data-case]').count();
  expect((await shown()) === 20, `${await shown()} at first`);
  await page.locator('[data-more=waiting]').click();
  await until(async () => (await shown()) === 40, 'not 40');
  await page.locator('[data-more=waiting]').click();
  await has(page, '[data-column=waiting] [data-case]', 45);
  await has(page, '[data-more=waiting]', 0);
  await close(page);
});

await check('who was slower sees who was faster, and what was typed stays', async () => {
  const mock = await server();
  const one = mock.cases.add('rectified');
  const page = await openCase(mock, 'zhang.wei', one, { locale: 'zh-CN' });
  await begin(page, 'return');
  await words(page).fill('照片不清楚');
  mock.desk.isMute = true; // The page hears of it from the refusal.
  mock.cases.take(one, 'li.na', { step: 'record_service', way: 'post', on: dayIn(0) });
  await submit(page, 'return');
  await page.locator('[data-conflict]').getByText('li.na').waitFor();
  expect((await words(page).inputValue()) === '照片不清楚', 'the words are gone');
  await page.locator('[data-service=post]').waitFor();
  await submit(page, 'return');
  await stage(page, 'returned');
  mock.desk.isMute = false;
  mock.cases.take(one, 'plant-safety', { step: 'rectify', words: '新照片' });
  await page.reload();
  await begin(page, 'return');
  await words(page).fill('还是不清楚');
  mock.cases.take(one, 'li.na', { step: 'recheck', on_site: { on: dayIn(0), words: 'ok' } });
  await page.locator('[data-conflict]').getByText('li.na').waitFor();
  await page.getByText('该步骤已不能办理').waitFor();
  expect((await words(page).inputValue()) === '还是不清楚', 'the words are gone');
  expect(await page.locator('[data-step-form] [type=submit]').isDisabled(), 'can still be sent');
  await close(page);
});

await check('a step whose answer is lost is not taken twice; one that failed is kept', async () => {
  const mock = await server();
  const one = mock.cases.add('noticed');
  const page = await openCase(mock, 'plant-safety', one, PHONE);
  await page.locator('[data-step-button=rectify]').tap();
  await words(page).fill('已整改');
  mock.desk.fail(/steps$/, 'lost');
  await submit(page, 'rectify');
  await page.locator('[data-taken=rectify]').waitFor();
  expect(one.rectifications.length === 1, `${one.rectifications.length} rectifications`);
  mock.cases.take(one, 'li.na', { step: 'return', reasons: '重做' });
  await page.reload();
  await page.locator('[data-step-button=rectify]').tap();
  await words(page).fill('再次整改');
  mock.desk.fail(/steps$/, 'refused');
  await submit(page, 'rectify');
  await page.locator('[data-refusal=internal]').getByText('could not store it').waitFor();
  expect((await words(page).inputValue()) === '再次整改', 'the words are gone');
  await submit(page, 'rectify');
  await page.locator('[data-taken=rectify]').waitFor();
  expect(one.rectifications.length === 2, `${one.rectifications.length} rectifications`);
  await close(page);
});

await check('an ended session keeps what was typed, and the step goes through after signing in', async () => {
  const mock = await server();
  const one = mock.cases.add('rectified');
  const page = await openCase(mock, 'zhang.wei', one);
  await begin(page, 'return');
  await words(page).fill('Not enough');
  mock.world.expire();
  await submit(page, 'return');
  await page.locator('[data-cover=sign-in]').waitFor();
  await page.locator('[data-sign-in] [name=password]').fill('correct horse');
  await page.locator('[data-sign-in] [type=submit]').click();
  await stage(page, 'returned');
  expect(one.rectifications[0].returned === 'Not enough', JSON.stringify(one.rectifications));
  await close(page);
});

await check('a phone keeps what was written: reload, no network, sign-out', async () => {
  const mock = await server();
  const [one, other] = [mock.cases.add('noticed'), mock.cases.add('noticed', { violations: [2] })];
  const page = await openCase(mock, 'plant-safety', one, { ...PHONE, locale: 'zh-CN' });
  await page.locator('[data-step-button=plead]').tap();
  await words(page).fill('工人已离开作业区');
  await page.locator('[data-kept=true]').waitFor();
  await page.reload();
  await page.locator('[data-step-button=plead]').getByText('已保存在本机').waitFor();
  await page.locator('[data-step-button=plead]').tap();
  expect((await words(page).inputValue()) === '工人已离开作业区', 'the draft is gone');
  await page.context().setOffline(true);
  await page.locator('[data-offline]').waitFor();
  await submit(page, 'plead');
  await page.getByText('无法连接服务器').waitFor();
  expect((await words(page).inputValue()) === '工人已离开作业区', 'the words are gone');
  await page.context().setOffline(false);
  await has(page, '[data-offline]', 0);
  await submit(page, 'plead');
  await page.locator('[data-taken=plead]').waitFor();
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('anjian.draft')));
  expect((await kept()).length === 0, (await kept()).join());
  await page.goto(`${mock.address}/${caseQuery(other)}`);
  await page.locator('[data-step-button=rectify]').tap();
  await words(page).fill('写了一半');
  expect((await kept()).length === 1, 'nothing is kept');
  await page.locator('[data-account-menu]').tap();
  await page.locator('[data-sign-out]').tap();
  await page.locator('[data-sign-in]').waitFor();
  expect((await kept()).length === 0, 'sign-out leaves words behind');
  await close(page);
});

await check('refusals stand in the language of the reader, with what to do', async () => {
  const mock = await server();
  mock.cases.lacks = ['review_number', 'published'];
  const one = mock.cases.add('draft');
  one.signatures = ['li.na', 'admin'].map((account) => ({ account, certificate: '1', at: new Date().toISOString() }));
  const page = await openCase(mock, 'zhang.wei', one, { locale: 'zh-CN' });
  await page.locator('[data-grade="2"]').waitFor();
  await begin(page, 'issue');
  await submit(page, 'issue');
  await page.locator('[data-refusal=grade-too-low]').getByText('证据不足').waitFor();
  mock.cases.recusals = [{ site: 'plant', account: 'zhang.wei' }];
  await submit(page, 'issue');
  await page.locator('[data-refusal=recused]').getByText('须回避').waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.locator('[data-refusal=recused]').getByText('recused').waitFor();
  await close(page);
});

await check('a violation of another case is not chosen, and that case is named', async () => {
  const mock = await server();
  const one = mock.cases.add('noticed', { violations: [1] });
  const page = await openAs(mock, 'zhang.wei', { query: `?view=cases&new=plant&member=${idOf(1)}`, wanted: '[data-candidate]' });
  const box = page.locator(`[data-candidate="${idOf(1)}"] input`);
  await page.locator(`[data-candidate="${idOf(1)}"]`).getByText(one.id.slice(0, 8)).waitFor();
  expect(!(await box.isChecked()) && (await box.isDisabled()), 'still chosen');
  await page.locator('[data-new-case-form] [type=submit]').click();
  await page.getByText('Choose at least one violation or finding on site.').waitFor();
  expect(sent(mock).length === 0, 'something was sent');
  await page.goto(`${mock.address}/?violation=${idOf(1)}`);
  await page.locator(`[data-case-of="${idOf(1)}"] [data-case="${one.id}"]`).waitFor();
  await has(page, '[data-open-case]', 0);
  await close(page);
});

await check('each role sees what it may: no buttons for auditors, notices for enterprises, nothing for operators', async () => {
  const mock = await server();
  const one = mock.cases.add('rectified');
  mock.cases.add('draft', { violations: [2] });
  const auditor = await openCase(mock, 'audit', one);
  await has(auditor, '[data-step-button]', 0);
  await auditor.locator('[data-back]').click();
  await has(auditor, '[data-new-case]', 0);
  await has(auditor, '[data-tab]', 4);
  await auditor.locator('[data-tab=reviews]').click();
  await has(auditor, '[data-add]', 0);
  await close(auditor);
  const enterprise = await openAs(mock, 'plant-safety', { query: '', wanted: '[data-notices]' });
  await has(enterprise, '[data-case]', 1);
  await has(enterprise, '[data-tab], [data-new-case], [data-column]', 0);
  await close(enterprise);
  const operator = await openAs(mock, 'ops', { wanted: '[data-not-allowed]' });
  await has(operator, 'nav [data-view=cases]', 0);
  await close(operator);
});

await check('an administrator adds review records and recusals', async () => {
  const mock = await server();
  const page = await openAs(mock, 'admin', { query: '?view=cases&tab=reviews', wanted: '[data-add]' });
  await page.locator('[data-unreviewed]').getByText('2 cameras have no review record').waitFor();
  await page.locator('[data-add]').click();
  await page.locator('[data-review-form] [type=submit]').click();
  await page.getByText('Needed.').first().waitFor();
  await page.locator('[name=camera]').selectOption('gate-1');
  await page.locator('[name=number]').fill('2026-12');
  await page.locator('[name=reviewer]').fill('Legal and technical office');
  await page.locator('[name=published]').check();
  await page.locator('[name=place]').fill('Website');
  await page.locator('[data-review-form] [type=submit]').click();
  await page.locator('[data-review=gate-1]').getByText('2026-12 · Legal').waitFor();
  expect(mock.cases.reviews[0].review.publication.place === 'Website', JSON.stringify(mock.cases.reviews[0]));
  await page.locator('[data-tab=recusals]').click();
  await page.locator('[data-add]').click();
  await page.locator('[name=recusal-site]').selectOption('plant');
  await page.locator('[name=officer]').selectOption('li.na');
  await page.locator('[name=reason]').fill('Her brother works there');
  await page.locator('[data-recusal-form] [type=submit]').click();
  await page.locator('[data-recusal="li.na"]').waitFor();
  await page.locator('[data-recusal="li.na"] button').click();
  await page.locator('[data-recusal="li.na"] .danger').click();
  await has(page, '[data-recusal]', 0);
  await page.locator('[data-tab=cards]').click();
  await has(page, '[data-card]', 2);
  await close(page);
});

await check('a step is taken by keyboard alone, and the focus comes back', async () => {
  const mock = await server();
  const one = mock.cases.add('rectified');
  const page = await openCase(mock, 'zhang.wei', one);
  const focused = (selector) => until(() => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector), `${selector} has not the focus`);
  await page.locator('[data-step-button=record_service]').focus();
  await page.keyboard.press('Enter');
  await focused('[data-step-form=record_service] h4');
  await page.keyboard.press('Tab');
  await focused('input[value=handed_over]');
  await page.keyboard.press('ArrowDown');
  await focused('input[value=electronic]');
  await page.keyboard.press('Tab');
  await focused('[name=consent]');
  await page.keyboard.press('Enter');
  await page.getByText('Give the number of the consent.').waitFor();
  await page.keyboard.type('S-17');
  await page.keyboard.press('Enter');
  await page.locator('[data-service=electronic]').waitFor();
  await focused('.panel');
  await page.locator('[data-step-button]').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-step-form] .buttons > .quiet').focus();
  await page.keyboard.press('Enter');
  await focused('[data-step-button]');
  await close(page);
});

await check('a phone has big buttons and no sideways scrolling, and axe finds no serious fault', async () => {
  const mock = await server();
  const notice = mock.cases.add('noticed', { violations: [1, 2], due: -1 });
  const rectified = mock.cases.add('rectified', { violations: [3] });
  mock.desk.judge(idOf(5), 'li.na', { version: 0, finding: { verdict: 'confirmed' } });
  for (const options of [{ locale: 'zh-CN' }, { locale: 'en-US', colorScheme: 'dark' }, { locale: 'zh-CN', ...PHONE }, { locale: 'en-US', ...PHONE }]) {
    const look = async (page, where) => {
      await fits(page, `${where} ${JSON.stringify(options)}`);
      await accessible(page, `${where} ${JSON.stringify(options)}`);
    };
    const officer = await openAs(mock, 'admin', { wanted: '[data-column] [data-case]', ...options });
    await look(officer, 'board');
    await officer.goto(`${mock.address}/${caseQuery(rectified)}`);
    await officer.locator('[data-camera-proofs]').waitFor();
    await begin(officer, 'recheck');
    await officer.locator('[data-show-member]').first().click();
    await officer.locator('.pictures img').first().waitFor();
    await look(officer, 'case');
    await officer.goto(`${mock.address}/?view=cases&new=plant`);
    await officer.locator(`[data-candidate="${idOf(5)}"] input`).check();
    await officer.locator('[data-new-case-form] [data-card]').first().waitFor();
    await look(officer, 'new case');
    await officer.goto(`${mock.address}/?view=cases&tab=reviews`);
    await officer.locator('[data-add]').click();
    await look(officer, 'reviews');
    await close(officer);
    const enterprise = await openAs(mock, 'plant-safety', { query: '', wanted: '[data-open-notices] [data-case]', ...options });
    await look(enterprise, 'notices');
    await enterprise.goto(`${mock.address}/${caseQuery(notice)}`);
    const box = await enterprise.locator('[data-step-button=rectify]').boundingBox();
    expect(box.height >= 56 && (!options.isMobile || box.width >= 340), JSON.stringify(box));
    await enterprise.locator('[data-step-button=plead]').click();
    await look(enterprise, 'notice');
    await close(enterprise);
  }
});

closeWorlds();
await finish(browser);

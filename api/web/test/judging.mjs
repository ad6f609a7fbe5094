// Verdicts of the inbox: two inspectors, failures, lost answers, undo, changes, second signatures, many at once.
// Usage: node judging.mjs

import { SEEN_MS, card, checkInbox, close, finish, has, isInFront, note, openAs, pause, sees, sent, server } from './inbox-view.mjs';
import { idOf } from './mock-desk.mjs';
import { check, expect, until } from './view.mjs';

await checkInbox('another officer was faster: the item comes back and says so, and nothing is overwritten', async ({ mock, page }) => {
  mock.desk.isMute = true;
  mock.desk.judge(idOf(1), 'li.na', { version: 0, finding: { verdict: 'dismissed', reason: 'unclear', words: '' } });
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await page.locator('[data-not-taken]').waitFor();
  await card(page, 1).locator('.state.bad').waitFor();
  await page.locator('[data-not-taken] button').first().click();
  await isInFront(page, 1);
  const text = await page.locator(`[data-failure="${idOf(1)}"]`).innerText();
  expect(text.includes('li.na was faster') && text.includes('Cannot be made out'), text);
  expect(mock.desk.stateOf(idOf(1)).standing.by === 'li.na', 'it was overwritten');
  await page.locator(`[data-failure="${idOf(1)}"] button`).click();
  await page.locator('[data-verdict-shown=dismissed]').waitFor();
});

await check('two inspectors on one violation: what one gives, the other sees before pressing', async () => {
  const mock = await server();
  const [one, other] = [await openAs(mock, 'zhang.wei'), await openAs(mock, 'li.na')];
  await Promise.all([sees(one, 1), sees(other, 1)]);
  await one.keyboard.press('c');
  await other.locator('[data-verdict-shown=confirmed]').waitFor();
  await other.keyboard.press('x');
  await note(other, 'wait');
  expect(sent(mock.desk).length === 1, 'the second was sent');
  await other.locator('[data-verdict-history]').getByText('zhang.wei').waitFor();
  await Promise.all([close(one), close(other)]);
});

await checkInbox('a request that fails puts the item back, and it can be judged again', async ({ mock, page }) => {
  mock.desk.fail(/^POST/);
  await page.keyboard.press('c');
  await page.locator('[data-not-taken]').waitFor();
  await card(page, 1).locator('.state.bad').waitFor();
  await page.locator('[data-not-taken] button').first().click();
  await sees(page, 1);
  expect((await page.locator(`[data-failure="${idOf(1)}"]`).innerText()).includes('did not take it'), 'no words');
  await page.keyboard.press('c');
  await until(() => mock.desk.stateOf(idOf(1)).standing?.verdict === 'confirmed', 'the second try did not count');
});

await checkInbox('an answer that is lost after the server took it is no failure', async ({ mock, page }) => {
  mock.desk.isMute = true;
  mock.desk.fail(/^POST/, 'lost');
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await page.locator('[data-undo-seconds]').waitFor();
  expect((await page.locator('[data-not-taken]').count()) === 0, 'it is called a failure');
  await card(page, 1).locator('.state.confirmed').waitFor();
});

await checkInbox('without a connection the item comes back, and is settled when the server answers again', async ({ mock, page }) => {
  mock.desk.isMute = true;
  mock.desk.fail(/^POST/, 'lost');
  await page.route('**/verdict', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  await page.keyboard.press('c');
  await page.locator('[data-not-taken]').waitFor();
  await page.unroute('**/verdict');
  mock.desk.isMute = false;
  mock.desk.publish(idOf(1));
  await has(page, '[data-not-taken]', 0);
  await card(page, 1).locator('.state.confirmed').waitFor();
});

await checkInbox('z takes the verdict back, shows it again, and shows the seconds before', async ({ mock, page }) => {
  await page.keyboard.press('z');
  await note(page, 'nothing_to_undo');
  await page.keyboard.press('c');
  await sees(page, 2);
  const seconds = await page.locator('[data-undo-seconds]').innerText();
  expect(/^(2\d|30) s$/.test(seconds), seconds);
  await page.keyboard.press('z');
  await isInFront(page, 1);
  await until(() => sent(mock.desk, 'DELETE').length === 1, 'not undone');
  expect(sent(mock.desk, 'DELETE')[0].query.get('version') === '1', 'another version');
  await page.locator('[data-judge] .choices').waitFor();
  await sees(page, 1);
  await page.keyboard.press('c');
  await until(() => sent(mock.desk).length === 2, 'not judged again');
  expect(sent(mock.desk)[1].body.version === 2, `version ${sent(mock.desk)[1].body.version}`);
});

await checkInbox('z before the answer waits for it', async ({ mock, page }) => {
  const release = mock.desk.hold(/^POST/);
  await page.keyboard.press('c');
  await isInFront(page, 2);
  await page.keyboard.press('z');
  await isInFront(page, 1);
  expect(sent(mock.desk, 'DELETE').length === 0, 'undone before it was given');
  release();
  await until(() => sent(mock.desk, 'DELETE').length === 1, 'not undone');
  await until(() => mock.desk.stateOf(idOf(1)).version === 2 && mock.desk.stateOf(idOf(1)).standing === null, 'it stands');
  await page.locator('[data-judge] .choices').waitFor();
});

await check('when the time to undo is over, a change asks for its reason', async () => {
  const mock = await server();
  mock.desk.undo_ms = 1_500;
  const page = await openAs(mock, 'zhang.wei');
  await sees(page, 1);
  await page.keyboard.press('c');
  await sees(page, 2);
  await page.keyboard.press('k');
  await isInFront(page, 1);
  await page.locator('[data-judge] [data-dismiss]').waitFor();
  await page.keyboard.press('z');
  await note(page, 'nothing_to_undo');
  await page.keyboard.press('c');
  await note(page, 'same');
  await page.keyboard.press('x');
  await page.locator('[data-asking=change]').waitFor();
  await page.locator('[data-reason=permitted_work]').click();
  await page.locator('[data-asking] [type=submit]').click();
  await page.getByText('A change needs a reason.').waitFor();
  await page.locator('[name=change]').fill('permit DH-2026-010');
  await page.locator('[data-asking] [type=submit]').click();
  await until(() => mock.desk.stateOf(idOf(1)).standing?.reason === 'permitted_work', 'not changed');
  expect(mock.desk.stateOf(idOf(1)).standing.change_reason === 'permit DH-2026-010', 'without its reason');
  await page.locator('[data-undo-seconds]').waitFor({ state: 'detached' });
  await page.locator(`[data-card="${idOf(1)}"] .face`).click();
  await page.locator('[data-verdict-history]').getByText('permit DH-2026-010').waitFor();
  await page.locator('[data-verdict-history] .replaced').getByText('Confirmed').waitFor();
  await close(page);
});

await checkInbox('many are dismissed at once, each with its own outcome; confirming stays one by one', async ({ mock, page }) => {
  await page.keyboard.press('v');
  await page.locator(`[data-pick="${idOf(3)}"]`).click({ modifiers: ['Shift'] });
  await page.locator('[data-selected="3"]').waitFor();
  await page.locator(`[data-pick="${idOf(5)}"]`).click();
  await page.locator('[data-selected="4"]').waitFor();
  await page.keyboard.press('c');
  await note(page, 'one_by_one');
  mock.desk.isMute = true;
  mock.desk.judge(idOf(2), 'li.na', { version: 0, finding: { verdict: 'confirmed' } });
  await page.keyboard.press('x');
  await page.getByText('Why are these 4 no violations?').waitFor();
  await page.keyboard.press('6');
  await page.locator('[data-bulk][data-done-count="3"][data-failed-count="1"]').waitFor();
  const posts = sent(mock.desk);
  expect(posts.length === 1 && posts[0].what === 'POST /api/v1/verdicts' && posts[0].body.members.length === 4, JSON.stringify(posts.map(({ what }) => what)));
  expect((await page.locator('[data-bulk]').innerText()).includes('li.na was faster: Confirmed'), await page.locator('[data-bulk]').innerText());
  await isInFront(page, 4);
  mock.desk.isMute = false;
  await page.keyboard.press('z');
  await until(() => [1, 3, 5].every((number) => mock.desk.stateOf(idOf(number)).standing === null), 'not all are undone');
  expect(mock.desk.stateOf(idOf(2)).standing.by === 'li.na', 'the other’s verdict is gone');
  await page.keyboard.press('Escape');
});

await check('who may not judge has no inbox and no button, and sees verdicts', async () => {
  const mock = await server();
  mock.desk.undo_ms = 0;
  mock.desk.judge(idOf(1), 'li.na', { version: 0, finding: { verdict: 'dismissed', reason: 'lamp_or_reflection', words: '' } });
  const page = await openAs(mock, 'audit', { query: '', wanted: '[data-violation]' });
  await has(page, '[data-view=inbox]', 0);
  await page.locator(`[data-violation="${idOf(1)}"]`).click();
  await page.locator('aside [data-verdict-history]').getByText('Lamp or reflection').waitFor();
  await has(page, '[data-confirm], [data-dismiss], [data-undo]', 0);
  await page.goto(`${mock.address}/?view=inbox`);
  await page.locator('[data-not-allowed]').waitFor();
  await close(page);
  const enterprise = await openAs(mock, 'plant-safety', { query: '', wanted: '[data-violation]' });
  await enterprise.locator('[data-violation]').first().click();
  await enterprise.locator('aside figure').waitFor();
  await has(enterprise, '[data-view=inbox], [data-judge], [data-verdict-history]', 0);
  expect(mock.desk.asked.every(({ what, by }) => by !== 'plant-safety' || !what.includes('verdict')), 'an enterprise asks for verdicts');
  await close(enterprise);
});

await check('the second signature is asked of another than the giver', async () => {
  const mock = await server();
  Object.assign(mock.desk, { undo_ms: 0, second: 'awaited' });
  for (const number of [1, 2]) mock.desk.judge(idOf(number), 'zhang.wei', { version: 0, finding: { verdict: 'confirmed' } });
  const giver = await openAs(mock, 'zhang.wei', { wanted: '[data-card]' });
  await card(giver, 1).getByText('To sign').waitFor();
  await giver.locator(`[data-card="${idOf(1)}"] .face`).click();
  await giver.getByText('nobody signs the own verdict').waitFor();
  await pause(SEEN_MS);
  await giver.keyboard.press('s');
  await note(giver, 'sign_own');
  await has(giver, '[data-sign]', 0);
  const other = await openAs(mock, 'li.na', { wanted: '[data-card]' });
  await sees(other, 3);
  await other.keyboard.press('s');
  await note(other, 'sign_none');
  await other.locator('[data-awaiting="2"]').click();
  await sees(other, 1);
  expect((await other.locator('[data-card]').count()) === 2 && new URL(other.url()).searchParams.get('awaits_second') === 'true', other.url());
  await other.keyboard.press('s');
  await sees(other, 2);
  await other.locator('[data-stage] [data-sign]').click();
  await other.locator('[data-done]').waitFor();
  for (const number of [1, 2]) await until(() => mock.desk.stateOf(idOf(number)).standing.second_by === 'li.na', `${number} is not signed`);
  await card(other, 1).locator('.face').click();
  await other.getByText(/Second signature: li\.na/).waitFor();
  await other.locator('[data-verdict=none]').click();
  await isInFront(other, 3);
  await has(other, '[data-awaiting]', 0);
  await Promise.all([close(giver), close(other)]);
});

await check('the details of a violation judge too, show both pictures and boxes over the clip', async () => {
  const mock = await server();
  const page = await openAs(mock, 'zhang.wei', { query: '', wanted: '[data-violation]' });
  await page.locator(`[data-violation="${idOf(1)}"]`).click();
  await page.locator('aside figcaption [data-picture=both]').click();
  await has(page, 'aside figure .shot img', 2);
  await pause(SEEN_MS + 200);
  await page.locator('aside figcaption [data-picture=clip]').click();
  await page.locator('aside .film [data-boxes]').waitFor();
  await page.locator('aside [data-boxes-toggle]').click();
  await has(page, 'aside .film [data-boxes]', 0);
  await page.locator('aside [data-confirm]').click();
  await until(() => mock.desk.stateOf(idOf(1)).standing?.verdict === 'confirmed', 'not given');
  expect(sent(mock.desk)[0].body.shown.picture === true, JSON.stringify(sent(mock.desk)[0].body));
  await page.locator('aside [data-undo]').click();
  await until(() => mock.desk.stateOf(idOf(1)).standing === null, 'not undone');
  await close(page);
});

await finish();

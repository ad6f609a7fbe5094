// Looks at the page as a person would, in a real Chromium. Usage: node page.mjs ADDRESS
// ADDRESS is a server with at least three violations, of two behaviours, in the last seven days, and half an hour of
// the camera gate-1, up to a minute and a half ago: large pictures, a gap of 90 s eleven minutes ago, small pictures
// with G.711 sound, and a violation with its clip ten minutes ago. When this script prints "record now", its starter
// must record one more violation; when it prints "close it", that one must close.

import { address, at, check, clockOf, complaints, expect, finish, isPlaying, launch, open, shows, slider, until } from './view.mjs';

const rows = (page) => page.locator('[data-violation]');
const isLoaded = (image) => image.evaluate((element) => element.complete && element.naturalWidth > 0);

const browser = await launch();
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

await check('behaviours have the names, icons and colours that the server says', async () => {
  const { items } = await (await fetch(new URL('/api/v1/behaviours', address))).json();
  const shown = await page.locator('[data-behaviour]').evaluateAll((buttons) =>
    buttons.map((button) => ({
      name: button.dataset.behaviour,
      title: button.querySelector('.label').textContent,
      icon: button.querySelector('path').getAttribute('d'),
      hue: getComputedStyle(button.querySelector('svg')).color,
    })),
  );
  expect(shown.length === items.length && items.length > 1, `${shown.length} of ${items.length} behaviours`);
  for (const [at, { name, title, icon }] of items.entries()) {
    const one = shown[at];
    expect(one.name === name && one.title === title.en && one.icon === icon, `${name}: ${JSON.stringify(one)}`);
  }
  expect(new Set(shown.map(({ hue }) => hue)).size === items.length, `hues: ${shown.map(({ hue }) => hue)}`);
});

await check('a camera narrows the list', async () => {
  const before = await rows(page).count();
  const button = page.locator('[data-camera]').first();
  await button.click();
  await until(async () => (await rows(page).count()) < before, 'the list did not get shorter');
  expect(new URL(page.url()).searchParams.has('camera'), page.url());
  await button.click();
  await until(async () => (await rows(page).count()) === before, 'the list did not come back');
  expect(!new URL(page.url()).searchParams.has('camera'), page.url());
});

await check('a verdict narrows the list', async () => {
  const before = await rows(page).count();
  await page.locator('[data-verdict=confirmed]').click();
  await page.getByText('No violations in this view').waitFor();
  expect(new URL(page.url()).searchParams.get('verdict') === 'confirmed', page.url());
  await page.locator('[data-verdict=none]').click();
  await until(async () => (await rows(page).count()) === before, 'those without a verdict are not shown');
  await page.locator('[data-verdict=""]').click();
  await until(() => !new URL(page.url()).searchParams.has('verdict'), page.url());
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
  for (const fact of ['no_hard_hat@', 'head-helmet-person', 'Thresholds', 'Share of bare heads', 'SHA-256', 'Work floor', 'floor']) {
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
  // The page learns of it from an IntersectionObserver, which reports after the next frame: nobody reads so soon.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resume) => requestAnimationFrame(resume));
    await new Promise((resume) => setTimeout(resume));
  });
  const before = await rows(page).count();
  console.log('record now');
  const pill = page.getByRole('button', { name: /1 new violation/ });
  await pill.waitFor();
  expect((await rows(page).count()) === before, 'a row was put in');
  await pill.click();
  await until(async () => (await rows(page).count()) === before + 1, 'the new row was not shown');
});

// --- playback ---------------------------------------------------------------------------------------------------

const MINUTE_MS = 60_000;
const film = await open(browser, { locale: 'en-US' });
let newest = 0;

await check('playback begins with the newest of a camera that is recorded', async () => {
  await film.locator('[data-view=playback]').click();
  await until(() => isPlaying(film), 'nothing plays');
  newest = await clockOf(film);
  expect(Math.abs(Date.now() - newest) < 4 * MINUTE_MS, `it shows ${new Date(newest).toISOString()}`);
  expect(new URL(film.url()).searchParams.get('camera') === 'gate-1', film.url());
  const width = await film.locator('video').evaluate((video) => video.videoWidth);
  expect(width === 640, `the picture is ${width} wide`);
});

await check('the strip shows what is recorded and says it in words', async () => {
  const text = await slider(film, 'day').getAttribute('aria-valuetext');
  expect(/\d\d:\d\d:\d\d, Recorded only/.test(text ?? ''), text);
  expect((await film.locator('[data-strip=day] rect.gap').count()) >= 1, 'no gap is drawn');
  await film.getByText('The day as text').click();
  await film.locator('details').getByText('Not recorded: the camera sent nothing').waitFor();
});

await check('a click on the strip plays that moment', async () => {
  const strip = slider(film, 'hour');
  const { width } = await strip.boundingBox();
  const valueOf = async () => Number(await strip.getAttribute('aria-valuenow'));
  const target = newest - 5 * MINUTE_MS;
  const shareNow = await film.locator('[data-strip=hour] .head').evaluate((head) => parseFloat(head.style.left) / 100);
  const share = shareNow - (await clockOf(film) - target) / 3_600_000;
  const before = await valueOf();
  const begun = Date.now();
  await strip.click({ position: { x: share * width, y: 30 } });
  await shows(film, target, 20_000);
  const took = Date.now() - begun;
  console.log(`a seek took ${took} ms until it played`);
  expect(took < 10_000, `${took} ms`);
  expect((await valueOf()) < before, 'the slider did not move');
});

await check('an initialization that comes after its first fragment stops nothing', async () => {
  const late = await film.context().newPage();
  await late.route('**/media.mp4', async (route) => {
    if (route.request().headers().range?.startsWith('bytes=0-')) await new Promise((resume) => setTimeout(resume, 500));
    await route.continue();
  });
  await at(late, 'gate-1', newest - 4 * MINUTE_MS);
  await shows(late, newest - 4 * MINUTE_MS);
  await late.close();
});

await check('keys pause, step, mark and change the speed', async () => {
  await film.keyboard.press(' ');
  await film.locator('video[data-playing=paused]').waitFor();
  const still = await clockOf(film);
  await film.keyboard.press('.');
  await until(async () => (await clockOf(film)) > still, 'no picture further on');
  const next = await clockOf(film);
  expect(next - still <= 250, `a step of ${next - still} ms`);
  await film.keyboard.press(',');
  await until(async () => (await clockOf(film)) < next, 'no picture back');
  await film.keyboard.press('[');
  await until(() => new URL(film.url()).searchParams.has('from'), film.url());
  await film.getByTitle('Speed').selectOption('8');
  await film.getByLabel('Play (space)').click();
  const begun = [Date.now(), await clockOf(film)];
  await until(async () => (await clockOf(film)) - begun[1] > 6_000, 'it does not run fast');
  const rate = await film.locator('video').evaluate((video) => video.playbackRate);
  expect(rate === 8, `rate ${rate}`);
  await film.getByTitle('Speed').selectOption('1');
});

await check('a link leads a colleague to the same moment', async () => {
  const moment = newest - 3 * MINUTE_MS;
  await at(film, 'gate-1', moment);
  await shows(film, moment);
});

const edge = await film.evaluate(async () => {
  const from = new Date(Date.now() - 1_800_000).toISOString();
  const answer = await fetch(`/api/v1/cameras/gate-1/recordings?from=${from}&to=${new Date().toISOString()}`);
  return (await answer.json()).gaps.find(({ cause }) => cause === 'waiting');
});
const withClip = await film.evaluate(async () => {
  const { items } = await (await fetch('/api/v1/violations?camera=gate-1&limit=50')).json();
  return items.find(({ clip }) => clip);
});

await check('a gap is jumped over, and said', async () => {
  await at(film, 'gate-1', Date.parse(edge.from) - 3_000);
  await film.getByRole('status').getByText('Jumped over').waitFor();
  await until(async () => (await clockOf(film)) >= Date.parse(edge.to), 'it did not go on after the gap');
  await at(film, 'gate-1', Date.parse(edge.from) + 30_000);
  await film.getByRole('status').getByText('Jumped over').waitFor();
  await shows(film, Date.parse(edge.to));
});

await check('n goes to the next violation', async () => {
  const opened = Date.parse(withClip.opened_at);
  await at(film, 'gate-1', opened - 20_000);
  await until(() => isPlaying(film), 'nothing plays');
  await film.locator('[data-jump]').first().waitFor();
  await film.keyboard.press('n');
  await shows(film, opened - 5_000);
});

await check('a download over a gap and two resolutions plays to its end', async () => {
  const from = Date.parse(edge.from) - MINUTE_MS;
  const to = Date.parse(edge.to) + MINUTE_MS;
  await at(film, 'gate-1', from, `&from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`);
  const link = film.locator('[data-download]');
  await link.waitFor();
  const seen = await film.evaluate(async (source) => {
    const video = document.createElement('video');
    video.muted = true;
    video.src = source;
    video.style.width = '320px';
    document.body.append(video);
    const widths = new Set();
    video.addEventListener('resize', () => widths.add(video.videoWidth));
    const end = new Promise((resolve, reject) => {
      video.addEventListener('ended', resolve);
      video.addEventListener('error', () => reject(new Error(`${video.error?.code} ${video.error?.message}`)));
    });
    video.playbackRate = 16;
    await video.play();
    await end;
    const told = { widths: [...widths], duration: video.duration, at: video.currentTime };
    video.remove();
    return told;
  }, await link.getAttribute('href'));
  expect(seen.widths.includes(1280) && seen.widths.includes(640), `widths ${seen.widths}`);
  expect(Math.abs(seen.duration - 121) < 1.5, `it lasts ${seen.duration} s`);
  expect(seen.at >= seen.duration - 0.1, `it stopped at ${seen.at} s`);
});

await check('a still of the moment can be saved', async () => {
  const status = await film.evaluate(async () => {
    const answer = await fetch(document.querySelector('a[href*="still.jpg"]').href);
    return [answer.status, answer.headers.get('content-type')].join(' ');
  });
  expect(status === '200 image/jpeg', status);
});

await check('a range is kept for ever, and let go, on record', async () => {
  await film.locator('[data-hold]').click();
  await film.getByLabel('Name').fill('王工');
  await film.getByLabel('Reason, such as').fill('case 17');
  await film.getByRole('button', { name: 'Keep this range' }).click();
  await film.getByText('王工, case 17').waitFor();
  await film.getByRole('button', { name: 'Lift' }).click();
  await film.getByLabel('Reason, such as').fill('closed');
  await film.locator('form').getByRole('button', { name: 'Lift' }).click();
  await film.getByText('No range of this camera is kept').waitFor();
});

await check('the report of a range tells its gap, and can be sent as a link', async () => {
  await film.locator('[data-report]').click();
  const report = film.locator('[data-report-share]');
  await report.waitFor();
  const share = Number(await report.getAttribute('data-report-share'));
  expect(Math.abs(share - 120 / 210) < 0.01, `${share} of it is recorded`);
  expect((await report.innerText()).includes('the camera sent nothing'), await report.innerText());
  await film.reload();
  await report.waitFor();
  await film.goBack();
  await film.locator('[data-strip=day]').waitFor();
});

await check('a camera without recording says what to do', async () => {
  const kept = complaints.length; // There is nothing, and the server says so.
  await film.locator('[data-choose=camera]').selectOption('shop-3');
  await film.getByText('No recording of this camera is there yet').waitFor();
  complaints.length = kept;
});

await check('a violation plays its clip and leads to the recording', async () => {
  await film.goto(`${address}/?camera=gate-1`);
  await film.locator(`[data-violation="${withClip.id}"]`).click();
  await film.locator('[data-picture=clip]').click();
  const clip = film.locator('aside figure video');
  await until(() => clip.evaluate((video) => video.currentTime > 1 && video.videoWidth > 0), 'the clip does not play');
  expect((await clip.getAttribute('poster')) !== null, 'no poster');
  await film.locator('[data-play-recording]').click();
  await shows(film, Date.parse(withClip.opened_at) - 5_000);
  await film.goBack();
  await film.locator('aside figure').waitFor();
});

await check('evidence that expired says when and why', async () => {
  const path = `**/api/v1/violations/${withClip.id}`;
  await film.route(path, async (route) => {
    const answer = await route.fetch();
    const detail = await answer.json();
    const [expired, gone] = [{ at: '2026-03-01T00:00:00Z', by: 'age' }, { clip: null, snapshot: null, snapshot_annotated: null }];
    const clip_state = { ...detail.clip_state, state: 'expired', expired };
    await route.fulfill({ response: answer, json: { ...detail, ...gone, evidence: [], pictures_expired: expired, clip_state } });
  });
  await film.goto(`${address}/?camera=gate-1`);
  await film.locator(`[data-violation="${withClip.id}"]`).click();
  await film.locator('[data-expired=pictures]').getByText(/The snapshots expired on 2026-0[23]-\d\d \d\d:\d\d\. It was older/).waitFor();
  await film.locator('[data-clip-state=expired]').getByText(/The clip expired on 2026-0[23]-\d\d \d\d:\d\d\./).waitFor();
  expect((await film.locator('[data-picture=clip], aside figure img, aside figure video').count()) === 0, 'something is offered that is gone');
  await film.unroute(path);
});
await film.context().close();

await check('a phone gets no sideways scrolling, and the details cover the list', async () => {
  const phone = await open(browser, { viewport: { width: 390, height: 844 }, locale: 'en-US' });
  const overflow = () => phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect((await overflow()) <= 0, `the list is ${await overflow()} px too wide`);
  await rows(phone).first().click();
  await phone.locator('aside figure img').waitFor();
  expect((await overflow()) <= 0, `the details are ${await overflow()} px too wide`);
  await at(phone, 'gate-1', newest);
  await until(() => isPlaying(phone), 'the phone plays nothing');
  expect((await overflow()) <= 0, `playback is ${await overflow()} px too wide`);
  await phone.context().close();
});

await check('no width scrolls sideways, nor when the connection is lost', async () => {
  const narrow = await open(browser, { locale: 'en-US' });
  const kept = complaints.length; // What follows fails on purpose.
  await narrow.route('**/api/v1/live', (route) => route.abort());
  await narrow.reload();
  await narrow.locator('.connection.lost').waitFor();
  await rows(narrow).first().waitFor();
  for (const width of [360, 480, 500, 560, 640, 768, 900, 1024, 1280]) {
    await narrow.setViewportSize({ width, height: 844 });
    const overflow = await narrow.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow <= 0, `${overflow} px too wide at ${width}`);
    const isCut = await narrow.evaluate(() =>
      [...document.querySelectorAll('.row .behaviour')].some((name) => name.scrollWidth > name.parentElement.clientWidth),
    );
    expect(!isCut, `a behaviour's name is cut off at ${width}`);
  }
  await narrow.context().close();
  complaints.length = kept;
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

await finish(browser);

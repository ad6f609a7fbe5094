// A day of 25 hours in a real Chromium. Usage: node day.mjs ADDRESS
// ADDRESS is a server whose site is in Berlin, with the camera gate-1 recorded without a gap from midnight to midnight
// of 2026-10-25, when clocks went from three back to two; at noon the machine's clock was set back by 90 s. Violations
// opened at half past two, both times, and just before each midnight.

import { at, check, clockOf, expect, finish, isPlaying, launch, open, shows, slider, until } from './view.mjs';

const moment = (local) => Date.parse(`2026-10-25T${local}`);
const browser = await launch();
const film = await open(browser, { locale: 'en-US' }, '?range=custom&from=2026-10-25T00:00&to=2026-10-26T00:00');

await check('a search for the day finds what opened in its 25 hours', async () => {
  await until(async () => (await film.locator('[data-violation]').count()) === 3, 'not the three of that day');
  const times = await film.locator('[data-violation] time').allTextContents();
  expect(times.filter((text) => text.includes('02:30')).length === 2, times.join(' | '));
});

await check('half past two plays, both times', async () => {
  for (const [local, zone] of [['02:30:00+02:00', 'GMT+2'], ['02:30:00+01:00', 'GMT+1']]) {
    await at(film, 'gate-1', moment(local));
    await shows(film, moment(local));
    const shown = await film.locator('.clock').textContent();
    expect(shown.includes('02:30') && shown.includes(zone), shown);
  }
});

await check('the strip of the day has 25 hours and no gap', async () => {
  const bar = slider(film, 'day');
  const seconds = Number(await bar.getAttribute('aria-valuemax'));
  expect(seconds === 25 * 3600, `${seconds} s`);
  expect((await film.locator('[data-strip=day] rect.gap').count()) === 0, 'a gap is drawn');
});

await check('the hour repeats on the clock and goes on in the film', async () => {
  const last = moment('02:59:57+02:00');
  await at(film, 'gate-1', last);
  await until(async () => (await clockOf(film)) > last + 6_000 && (await isPlaying(film)), 'it stops at three');
  expect((await film.locator('.clock').textContent()).includes('02:00'), 'it is not two again');
});

await check('a clock that was set back leaves no hole', async () => {
  const noon = moment('12:00:00+01:00');
  await at(film, 'gate-1', noon - 3_000);
  await until(async () => (await clockOf(film)) > noon + 3_000, 'it does not go on after noon');
  expect((await film.getByText('Jumped over').count()) === 0, 'something was jumped over');
});

await finish(browser);

// Judges 200 violations by keyboard and prints how long a person waits. Usage: node judge200.mjs [ADDRESS ACCOUNT PASSWORD]
// ADDRESS is a server with at least 200 violations that nobody judged; without it, one of the test's own is taken. Aims: the
// next picture on the screen 100 ms after the key, the clip moving 300 ms after space (p95).

import { close, openAs, pause, server } from './inbox-view.mjs';

const COUNT = 200;
/** How long the made-up inspector looks: every fifth time at the clip too. */
const LOOK_MS = 700;
const CLIP_LOOK_MS = 1_500;
const CLIP_EVERY = 5;
const PATIENCE_MS = 10_000;
const AIMS = { picture_ms: 100, clip_ms: 300 };

const [, , given, account = 'zhang.wei', password = 'correct horse'] = process.argv;
const mock = given ? null : await server({ count: COUNT + 5 });
const page = await openAs({ address: given ?? mock.address }, account, { password, locale: 'zh-CN' });

// Measured in the page: from the key's own time to the frame after which the picture is drawn.
await page.evaluate(() => {
  const id = () => document.querySelector('[data-stage]')?.dataset.stage;
  const drawn = () => new Promise((resume) => requestAnimationFrame(() => setTimeout(resume)));
  const until = async (isSo) => {
    while (!isSo()) await new Promise((resume) => requestAnimationFrame(resume));
    await drawn();
  };
  const after = (key, isSo) =>
    new Promise((resolve) => {
      addEventListener('keydown', (event) => void until(isSo).then(() => resolve(performance.now() - event.timeStamp)), { once: true, capture: true });
    });
  window.afterVerdict = () => {
    const before = id();
    window.measured = after('c', () => id() !== before && document.querySelector('[data-front][data-there] img')?.complete);
  };
  window.afterPlay = () => {
    let isMoving = false;
    const watch = () => {
      const video = document.querySelector('[data-front] video');
      if (video) video.requestVideoFrameCallback(() => video.requestVideoFrameCallback(() => (isMoving = true)));
      else requestAnimationFrame(watch);
    };
    addEventListener('keydown', watch, { once: true });
    window.measured = after(' ', () => isMoving);
  };
});

const measure = async (kind, key) => {
  await page.evaluate((name) => window[name](), kind);
  await page.keyboard.press(key);
  const took = await page.evaluate((most) => Promise.race([window.measured, new Promise((resume) => setTimeout(resume, most, null))]), PATIENCE_MS);
  if (took !== null) return took;
  const said = await page.locator('[data-note], [data-done], [data-not-taken]').allInnerTexts();
  console.log(`${kind} after ${key} came to nothing: ${said.join(' | ')}`);
  process.exit(1);
};
const [pictures, clips] = [[], []];
const begun = Date.now();
for (let number = 0; number < COUNT; number += 1) {
  await pause(LOOK_MS);
  const hasClip = await page.locator('[data-front] video').count();
  if (number % CLIP_EVERY === CLIP_EVERY - 1 && hasClip > 0) {
    clips.push(await measure('afterPlay', ' '));
    await pause(CLIP_LOOK_MS);
  }
  if (number % 3 === 2) {
    await page.keyboard.press('x');
    await page.locator('[data-asking]').waitFor();
    pictures.push(await measure('afterVerdict', '6'));
  } else {
    pictures.push(await measure('afterVerdict', 'c'));
  }
}
const took_s = (Date.now() - begun) / 1000;
await page.waitForFunction(() => document.querySelectorAll('[data-judge] .sending').length === 0);
await pause(1_000);

const share = (list, part) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? NaN;
const line = (name, list, aim) => console.log(`${name}: p50 ${share(list, 0.5).toFixed(0)} ms, p95 ${share(list, 0.95).toFixed(0)} ms, most ${Math.max(...list).toFixed(0)} ms of ${list.length} (aim: p95 ${aim} ms)`);
line('next picture after the key', pictures, AIMS.picture_ms);
line('clip moving after space', clips, AIMS.clip_ms);
console.log(`${COUNT} violations in ${took_s.toFixed(0)} s`);
if (mock) console.log(`${mock.desk.states.size} verdicts at the server`);
await close(page);
mock?.close();
const isWithin = share(pictures, 0.95) <= AIMS.picture_ms && share(clips, 0.95) <= AIMS.clip_ms && (!mock || mock.desk.states.size === COUNT);
process.exit(isWithin ? 0 : 1);

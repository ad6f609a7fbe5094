// Plays what is recorded of cameras. Usage: node odd.mjs ADDRESS CAMERA=MOMENT…
// Each camera must be recorded for six seconds from its moment on; the list of ADDRESS must hold a violation.

import { at, check, expect, finish, isPlaying, launch, open, until } from './view.mjs';

const PLAYED_S = 3;

const browser = await launch();
const page = await open(browser);

/** Pictures that the video has shown, and pictures that it could not. */
const quality = () =>
  page.locator('video').evaluate((video) => {
    const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
    return { shown: totalVideoFrames, broken: corruptedVideoFrames, width: video.videoWidth, at: video.currentTime };
  });

for (const [camera, moment] of process.argv.slice(3).map((pair) => pair.split('='))) {
  await check(`${camera} plays`, async () => {
    await at(page, camera, Date.parse(moment));
    await until(() => isPlaying(page), 'nothing plays');
    const began = await quality();
    await until(async () => (await quality()).at > began.at + PLAYED_S, 'it does not go on');
    const { shown, broken, width } = await quality();
    expect(width > 0 && shown > PLAYED_S * 10 && broken === 0, `${shown} pictures of ${width} px, ${broken} broken`);
  });
}

await finish(browser);

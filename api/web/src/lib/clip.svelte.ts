// The clip of one violation: whether it or the picture is shown, where it is, which stretches were played.

import { tick } from 'svelte';

const USUAL_FRAME_S = 0.1;

export class ClipView {
  mode = $state<'picture' | 'clip'>('picture');
  isPlaying = $state(false);
  hasFailed = $state(false);
  /** It was asked for before its turn to load. */
  isWanted = $state(false);
  /** Seconds of the clip that are on the screen. */
  at_s = $state(0);
  width = $state(0);
  height = $state(0);

  #video: HTMLVideoElement | null = null;
  #frame_s = USUAL_FRAME_S;
  #last: { media: number; presented: number } | null = null;

  constructor(
    readonly hasClip: () => boolean,
    readonly onplayed: (ranges: [number, number][]) => void = () => {},
  ) {}

  /** For `{@attach}`. What is half loaded when the element goes is aborted. */
  attach = (element: Element): (() => void) => {
    const video = element as HTMLVideoElement;
    this.#video = video;
    const events: [string, () => void][] = [
      ['play', () => (this.isPlaying = true)],
      ['pause', () => this.#stopped()],
      ['ended', () => this.#stopped()],
      ['error', () => (this.hasFailed = video.error !== null)],
      ['loadedmetadata', () => ([this.width, this.height] = [video.videoWidth, video.videoHeight])],
      ['seeked', () => (this.at_s = video.currentTime)],
    ];
    for (const [name, act] of events) video.addEventListener(name, act);
    let asked = 0;
    const watch = (_: number, { mediaTime, presentedFrames }: VideoFrameCallbackMetadata) => {
      this.#shown(mediaTime, presentedFrames);
      asked = video.requestVideoFrameCallback(watch);
    };
    asked = video.requestVideoFrameCallback(watch);
    return () => {
      this.#reportPlayed();
      video.cancelVideoFrameCallback(asked);
      for (const [name, act] of events) video.removeEventListener(name, act);
      this.#video = null;
      this.#last = null;
      video.removeAttribute('src');
      video.load();
    };
  };

  async toggle(): Promise<void> {
    const video = await this.#shownVideo();
    if (!video) return;
    if (!video.paused) return video.pause();
    // Moving on before it began refuses the promise; that is no fault.
    await video.play().catch(() => undefined);
  }

  /** One picture on or back, standing still. */
  async step(by: 1 | -1): Promise<void> {
    const video = await this.#shownVideo();
    if (!video) return;
    video.pause();
    // The middle of the neighbour: its edges are rounded.
    video.currentTime = Math.max(0, (this.#last?.media ?? video.currentTime) + (by + 0.5) * this.#frame_s);
  }

  /** Back to the picture. */
  rest(): void {
    this.#video?.pause();
    this.mode = 'picture';
    this.isWanted = false;
  }

  async #shownVideo(): Promise<HTMLVideoElement | null> {
    if (!this.hasClip()) return null;
    this.isWanted = true;
    this.mode = 'clip';
    await tick();
    return this.#video;
  }

  #shown(media: number, presented: number): void {
    const passed = this.#last ? media - this.#last.media : 0;
    if (this.#last && presented === this.#last.presented + 1 && passed > 0.005 && passed < 0.5) this.#frame_s = passed;
    this.#last = { media, presented };
    this.at_s = media;
  }

  #stopped(): void {
    this.isPlaying = false;
    this.#reportPlayed();
  }

  #reportPlayed(): void {
    const played = this.#video?.played;
    if (!played) return;
    this.onplayed(Array.from({ length: played.length }, (_, at) => [played.start(at), played.end(at)]));
  }
}

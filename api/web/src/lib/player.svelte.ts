// Plays the recording of a camera from a moment on: an hour's playlist at a time, wall clock in, wall clock out.
// Gaps are jumped over, and said.

import type Hls from 'hls.js/light';
import type { ErrorData, LevelDetails } from 'hls.js/light';
import { Problem } from './api';
import { loaderOf } from './loader';
import { hasMore, playlistUrl } from './recording';
import { session } from './session.svelte';
import { HOUR_MS } from './time';
import { mediaOf, wallOf, type Played } from './timeline';

export type Playing = 'empty' | 'loading' | 'playing' | 'paused' | 'ended' | 'nothing' | 'failed';
export const RATES = [0.5, 1, 2, 4, 8] as const;

const WINDOW_MS = HOUR_MS;
/** Less is a seam between two files, not a gap. */
const GAP_MS = 1_000;
const JUMP_SHOWN_MS = 6_000;
const AGAIN_MS = 5_000;
const USUAL_FRAME_S = 0.04;
const HEVC = 'video/mp4; codecs="hvc1.1.6.L120.90"';

/** Previews of H.265 are made while the player waits. */
const PATIENCE = {
  default: {
    maxTimeToFirstByteMs: 30_000, maxLoadTimeMs: 60_000,
    timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 3, retryDelayMs: 1_000, maxRetryDelayMs: 5_000 },
  },
};

export class Player {
  state = $state<Playing>('empty');
  /** The moment of the picture that is shown, milliseconds since 1970. */
  at = $state<number | null>(null);
  /** A gap that was just jumped over. */
  jump = $state<{ from: number; to: number } | null>(null);
  problem = $state<Problem | null>(null);
  rate = $state<number>(1);
  /** Whether there is sound that no browser plays. */
  hasUnplayedSound = $state(false);
  /** Whether pictures are made into H.264 on the way. */
  isPreview = $state(false);

  #video: HTMLVideoElement | null = null;
  #hls: Hls | null = null;
  #camera = '';
  /** Whether it is to play as soon as it can: a video that hls.js set up anew stands still. */
  #isWanted = false;
  #details: LevelDetails | null = null;
  #wanted = 0;
  #frame_s = USUAL_FRAME_S;
  #lastFrame: { media: number; presented: number } | null = null;
  #generation = 0;
  #jumpTimer: ReturnType<typeof setTimeout> | undefined;
  #againTimer: ReturnType<typeof setTimeout> | undefined;

  /** Takes a video element; answers how to let go of it. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    let callback = 0;
    const onFrame = (_: number, { mediaTime, presentedFrames }: VideoFrameCallbackMetadata) => {
      this.#shown(mediaTime, presentedFrames);
      callback = video.requestVideoFrameCallback(onFrame);
    };
    callback = video.requestVideoFrameCallback(onFrame);
    const told: Record<string, () => void> = {
      playing: () => (this.state = 'playing'),
      // Not when it plays again by now: events come late.
      pause: () => video.paused && this.#paused(),
      canplay: () => this.#isWanted && video.paused && this.#resume(),
      waiting: () => this.state === 'playing' && (this.state = 'loading'),
      ended: () => this.#ended(),
    };
    for (const [name, tell] of Object.entries(told)) video.addEventListener(name, tell);
    return () => {
      video.cancelVideoFrameCallback(callback);
      for (const [name, tell] of Object.entries(told)) video.removeEventListener(name, tell);
      this.stop();
      this.#video = null;
    };
  }

  /** Plays from a moment on; answers at once. `asked` is where the reader wanted to be: before a gap, perhaps. */
  open(camera: string, at: number, asked = at): void {
    clearTimeout(this.#againTimer);
    this.problem = null;
    this.at = at;
    this.jump = null;
    this.#lastFrame = null;
    if (at - asked > GAP_MS) this.#jumped(asked, at);
    const media = camera === this.#camera ? mediaOf(this.#pieces(), at) : null;
    if (media !== null && this.#video && this.#hls) {
      this.#video.currentTime = media;
      this.#resume();
      return;
    }
    void this.#load(camera, at);
  }

  toggle(): void {
    const video = this.#video;
    if (!video) return;
    if (this.state === 'ended' && this.at !== null) this.open(this.#camera, this.at);
    else if (video.paused) this.#resume();
    else this.pause();
  }

  pause(): void {
    this.#isWanted = false;
    this.#video?.pause();
  }

  /** One picture on or back, standing still. */
  step(by: 1 | -1): void {
    const video = this.#video;
    if (!video || !this.#hls) return;
    this.pause();
    if (this.state === 'loading') this.state = 'paused';
    // The middle of the neighbour: its edges are rounded.
    const shown = this.#lastFrame?.media ?? video.currentTime;
    video.currentTime = Math.max(0, shown + (by + 0.5) * this.#frame_s);
  }

  setRate(rate: number): void {
    this.rate = rate;
    if (this.#video) this.#video.playbackRate = rate;
  }

  stop(): void {
    this.#generation += 1;
    clearTimeout(this.#againTimer);
    this.#hls?.destroy();
    this.#hls = null;
    this.#details = null;
    this.#lastFrame = null;
  }

  #resume(): void {
    const video = this.#video;
    if (!video) return;
    if (this.state !== 'playing') this.state = 'loading';
    this.#isWanted = true;
    video.playbackRate = this.rate;
    video.play().catch((refused: DOMException) => {
      // Until somebody has touched the page, when it has sound. Anything else is a video that is set up anew.
      if (refused.name === 'NotAllowedError') this.#paused();
    });
  }

  #paused(): void {
    this.#isWanted = false;
    if (this.state === 'playing' || this.state === 'loading') this.state = 'paused';
  }

  #pieces(): Played[] {
    const list = this.#details?.fragments ?? [];
    return list.flatMap(({ start, duration, programDateTime }) =>
      programDateTime === null ? [] : [{ start, duration, at: programDateTime }],
    );
  }

  async #load(camera: string, at: number): Promise<void> {
    this.stop();
    const generation = this.#generation;
    const isStale = () => generation !== this.#generation;
    this.#camera = camera;
    this.#wanted = at;
    this.state = 'loading';
    const { default: Player } = await import('hls.js/light');
    if (isStale() || !this.#video) return;
    const codec = MediaSource.isTypeSupported(HEVC) ? 'any' : 'h264';
    const hls = new Player({
      enableWorker: false, // A worker would come from a blob, which the server's policy forbids; there is no work for it.
      maxBufferLength: 20,
      backBufferLength: 60,
      startFragPrefetch: true,
      // Cues would come with a text track from a data: address, which the policy forbids too; nothing here reads them.
      enableDateRangeMetadataCues: false,
      enableEmsgMetadataCues: false,
      enableID3MetadataCues: false,
      fragLoadPolicy: PATIENCE,
      loader: loaderOf(Player, (hasHidden) => (this.hasUnplayedSound = hasHidden)),
    });
    this.#hls = hls;
    hls.on(Player.Events.LEVEL_LOADED, (_, { details }) => this.#loaded(details));
    hls.on(Player.Events.ERROR, (_, data) => data.fatal && this.#failed(data, Player));
    hls.loadSource(playlistUrl(camera, new Date(at), new Date(at + WINDOW_MS), codec));
    hls.attachMedia(this.#video);
    this.#resume();
  }

  #loaded(details: LevelDetails): void {
    this.#details = details;
    this.isPreview = details.fragments.some(({ relurl }) => relurl?.includes('/preview.m4s') ?? false);
    const first = details.fragments[0]?.programDateTime;
    if (first && first - this.#wanted > GAP_MS) this.#jumped(this.#wanted, first);
  }

  #shown(media: number, presented: number): void {
    const last = this.#lastFrame;
    const passed = last ? media - last.media : 0;
    if (last && presented === last.presented + 1 && passed > 0.005 && passed < 0.5) this.#frame_s = passed;
    this.#lastFrame = { media, presented };
    // A browser that had the pictures already says nothing when it goes on after a seek.
    if (last && passed > 0 && this.state === 'loading' && this.#video?.paused === false) this.state = 'playing';
    const at = wallOf(this.#pieces(), media);
    if (at === null) return;
    // Played over a seam: more time passed at the camera than in the player.
    if (last && this.at !== null && passed > 0 && passed < 2 && at - this.at > passed * 1000 + GAP_MS) {
      this.#jumped(this.at, at);
    }
    this.at = at;
  }

  #jumped(from: number, to: number): void {
    this.jump = { from, to };
    clearTimeout(this.#jumpTimer);
    this.#jumpTimer = setTimeout(() => (this.jump = null), JUMP_SHOWN_MS);
  }

  /** The hour is over: goes on with the next, as soon as there is more. */
  #ended(): void {
    const last = this.#pieces().at(-1);
    if (!last) return;
    this.state = 'ended';
    void this.#goOn(last.at + last.duration * 1000, this.#generation);
  }

  /** The last picture stays until there is another. */
  async #goOn(end: number, generation: number): Promise<void> {
    const more = await hasMore(this.#camera, end).catch(() => false);
    if (generation !== this.#generation || this.state !== 'ended') return;
    if (more) void this.#load(this.#camera, end);
    else this.#againTimer = setTimeout(() => void this.#goOn(end, generation), AGAIN_MS);
  }

  /** The session has ended: goes on where it stood, after a new login. */
  async #signedOut(generation: number): Promise<void> {
    const isRenewed = await session.confirm();
    if (!isRenewed || generation !== this.#generation) return;
    this.stop();
    this.open(this.#camera, this.at ?? this.#wanted);
  }

  #failed(data: ErrorData, { ErrorTypes }: typeof Hls): void {
    const hls = this.#hls;
    if (data.type === ErrorTypes.MEDIA_ERROR && hls && this.problem === null) {
      // Once: a decoder that stumbled goes on after it was reset.
      this.problem = new Problem(null, data.error.message);
      hls.recoverMediaError();
      return;
    }
    const status = data.response?.code ?? null;
    if (status === 401) void this.#signedOut(this.#generation);
    this.problem = new Problem(status || null, detailOf(data) ?? (status ? data.error.message : null));
    this.state = status === 404 && data.details === 'manifestLoadError' ? 'nothing' : 'failed';
  }
}

function detailOf({ networkDetails }: ErrorData): string | null {
  if (!(networkDetails instanceof XMLHttpRequest) || networkDetails.responseType === 'arraybuffer') return null;
  try {
    return (JSON.parse(networkDetails.responseText) as { detail?: string }).detail ?? null;
  } catch {
    return null;
  }
}

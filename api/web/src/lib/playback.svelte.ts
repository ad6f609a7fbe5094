// What the playback view knows: the camera, the day at the site, what is recorded of it, where violations lie, and
// the range that is chosen for a download, a report or a hold.

import { get, Problem, type Page, type Violation } from './api';
import { address } from './address.svelte';
import { desk } from './desk.svelte';
import { Player } from './player.svelte';
import { readCompleteness, readCoverage, readStorage, type Completeness, type Coverage, type Storage } from './recording';
import { midnight } from './time';
import { nextRecorded, spanAt, type Stretch } from './timeline';

/** Shown of what came before a violation. */
export const LEAD_MS = 5_000;
const FRESH_MS = 30_000;
const NOTE_MS = 5_000;
const ASKED_AT_ONCE = 4;
const MARK_PAGES = 5;
/** How far before the newest picture the view begins when nothing else is asked for. */
const NEWEST_MS = 60_000;

class Playback {
  player = new Player();
  camera = $state<string>('');
  day = $state<Stretch>({ from: 0, to: 1 });
  /** Chosen for a download, a report or a hold; either end may be missing. */
  range = $state<{ from: number | null; to: number | null }>({ from: null, to: null });
  coverage = $state<Record<string, Coverage>>({});
  /** Of the chosen camera and day: its gaps to the second. */
  completeness = $state<Completeness | null>(null);
  marks = $state<Violation[]>([]);
  storage = $state<Storage | null>(null);
  problem = $state<Problem | null>(null);

  #request = new AbortController();
  #asked: number | null = null;
  #isEntered = false;

  zone = $derived(desk.zoneOf(desk.cameras.find(({ id }) => id === this.camera)?.site ?? ''));
  /** Violations of the chosen camera, oldest first. */
  ofCamera = $derived(this.marks.filter(({ camera }) => camera === this.camera));
  gaps = $derived(this.completeness?.camera === this.camera ? this.completeness.gaps : []);
  /** The camera's own recorder and what it has. */
  ownStorage = $derived(this.storage?.cameras.find(({ camera }) => camera === this.camera) ?? null);
  /** Both ends, in order; else null. */
  chosen = $derived.by((): Stretch | null => {
    const { from, to } = this.range;
    return from !== null && to !== null && from < to ? { from, to } : null;
  });

  /** Reads the address: at the start, and when the reader goes back. */
  read(query: URLSearchParams): void {
    const moment = (key: string) => {
      const at = Date.parse(query.get(key) ?? '');
      return Number.isNaN(at) ? null : at;
    };
    this.camera = query.get('camera') ?? this.camera;
    this.#asked = moment('at');
    this.range = { from: moment('from'), to: moment('to') };
    if (this.#isEntered) void this.#begin();
  }

  /** The view is shown: reads the day and plays. Answers how to leave. */
  enter(): () => void {
    this.#isEntered = true;
    void this.#begin();
    const fresh = setInterval(() => this.#isToday() && !document.hidden && void this.#readDay(), FRESH_MS);
    const note = setInterval(() => this.player.state === 'playing' && this.#note('replace'), NOTE_MS);
    return () => {
      clearInterval(fresh);
      clearInterval(note);
      this.#isEntered = false;
      this.#request.abort();
    };
  }

  /** Shows a moment of a camera: from anywhere in the page. */
  show(camera: string, at: number): void {
    this.camera = camera;
    this.#asked = at;
    this.range = { from: null, to: null };
    const isEntered = this.#isEntered;
    address.write('playback', this.#query(at), 'push');
    if (isEntered) void this.#begin();
  }

  /** Shows the view as it was left; the first time, the newest of the first camera that has something. */
  showAgain(): void {
    if (address.view === 'playback') return;
    this.#asked ??= this.player.at;
    if (this.#asked === null) address.write('playback', new URLSearchParams(), 'push');
    else address.write('playback', this.#query(this.#asked), 'push');
  }

  /** Shows the report of the chosen range. */
  report(): void {
    const chosen = this.chosen;
    if (!chosen) return;
    address.write('report', this.#query(null), 'push');
  }

  /** Goes to a moment of the chosen camera, or of another. A gap is jumped over. */
  go(at: number, camera = this.camera): void {
    const isSameDay = this.day.from <= at && at < this.day.to;
    if (!isSameDay || camera !== this.camera) {
      this.camera = camera;
      this.completeness = null;
      this.#setDay(at);
      void this.#readDay();
    }
    const next = nextRecorded(this.gaps, at, this.knownTo());
    this.player.open(camera, next ?? at, at);
    this.#note('replace', at);
  }

  /** Another day, at the same time of day. */
  chooseDay(noon: Date): void {
    const from = midnight(noon, this.zone).getTime();
    const offset = (this.player.at ?? this.day.from) - this.day.from;
    this.go(Math.min(from + offset, midnight(noon, this.zone, 1).getTime() - 1));
  }

  /** To the violation before or after the moment that is shown. */
  toViolation(by: 1 | -1): void {
    const at = this.player.at ?? this.day.from;
    const starts = this.ofCamera.map(({ recorded_at }) => Date.parse(recorded_at) - LEAD_MS);
    const target = by > 0 ? starts.find((start) => start > at + 1_000) : starts.findLast((start) => start < at - 2_000);
    if (target !== undefined) this.go(target);
  }

  /** Sets an end of the range to the moment that is shown, or to `at`. */
  mark(end: 'from' | 'to', at: number | null = this.player.at): void {
    this.range = { ...this.range, [end]: at };
    this.#note('replace');
  }

  clearRange(): void {
    this.range = { from: null, to: null };
    this.#note('replace');
  }

  /** The link to what is shown now. */
  link(): string {
    const query = new URLSearchParams({ view: 'playback' });
    for (const [key, value] of this.#query(this.player.at)) query.set(key, value);
    return `${location.origin}${location.pathname}?${query}`;
  }

  async #begin(): Promise<void> {
    if (this.#asked === null || !this.camera) {
      const storage = await readStorage().catch(() => null);
      this.storage = storage ?? this.storage;
      this.#chooseNewest();
    }
    const at = this.#asked ?? Date.now() - NEWEST_MS;
    this.#setDay(at);
    this.player.open(this.camera, at);
    this.#note('replace', at);
    await this.#readDay();
  }

  /** The chosen camera, else the first that has a recording; its newest minute. */
  #chooseNewest(): void {
    const recorded = this.storage?.cameras.filter(({ recordings }) => recordings) ?? [];
    const newest = recorded.find(({ camera }) => camera === this.camera) ?? (this.camera ? undefined : recorded[0]);
    this.camera ||= newest?.camera ?? desk.cameras[0]?.id ?? '';
    const end = newest?.recordings ? Math.min(Date.parse(newest.recordings.to), Date.now()) : Date.now();
    this.#asked ??= end - NEWEST_MS;
  }

  #setDay(at: number): void {
    const day = { from: midnight(new Date(at), this.zone).getTime(), to: midnight(new Date(at), this.zone, 1).getTime() };
    if (day.from === this.day.from && day.to === this.day.to) return;
    this.day = day;
    this.coverage = {};
    this.completeness = null;
    this.marks = [];
  }

  #isToday(): boolean {
    return this.day.from <= Date.now() && Date.now() < this.day.to;
  }

  async #readDay(): Promise<void> {
    this.#request.abort();
    const request = new AbortController();
    this.#request = request;
    const [from, to] = [new Date(this.day.from), new Date(this.day.to)];
    const { camera } = this;
    const quiet = <T>(answer: Promise<T>, take: (value: T) => void) =>
      answer.then(
        (value) => void (request.signal.aborted || take(value)),
        () => undefined,
      );
    const own = readCompleteness(camera, from, to, request.signal).then(
      (answer) => {
        this.completeness = answer;
        this.problem = null;
      },
      (cause) => {
        if (!request.signal.aborted) this.problem = cause instanceof Problem ? cause : new Problem(null, String(cause));
      },
    );
    const take = (answer: Coverage) => (this.coverage = { ...this.coverage, [answer.camera]: answer });
    const first = quiet(readCoverage(camera, from, to, request.signal), take);
    void quiet(readStorage(request.signal), (storage) => (this.storage = storage));
    void quiet(this.#readMarks(from, to, request.signal), (marks) => (this.marks = marks));
    await Promise.all([own, first]);
    const others = desk.cameras.map(({ id }) => id).filter((id) => id !== camera);
    const next = async (): Promise<void> => {
      const id = others.shift();
      if (!id || request.signal.aborted) return;
      await quiet(readCoverage(id, from, to, request.signal), take);
      return next();
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, next));
  }

  async #readMarks(from: Date, to: Date, signal: AbortSignal): Promise<Violation[]> {
    const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), limit: '200' });
    const marks: Violation[] = [];
    for (let page = 0; page < MARK_PAGES; page += 1) {
      const answer = await get<Page>('/api/v1/violations', query, signal);
      marks.push(...answer.items);
      if (!answer.next_cursor) break;
      query.set('cursor', answer.next_cursor);
    }
    return marks.reverse();
  }

  #query(at: number | null): URLSearchParams {
    const query = new URLSearchParams({ camera: this.camera });
    const iso = (moment: number) => new Date(moment).toISOString();
    if (at !== null) query.set('at', iso(at));
    if (this.range.from !== null) query.set('from', iso(this.range.from));
    if (this.range.to !== null) query.set('to', iso(this.range.to));
    return query;
  }

  #note(how: 'push' | 'replace', at = this.player.at): void {
    if (address.view === 'playback') address.write('playback', this.#query(at), how);
  }

  /** The report ends with the day or with the present; a gap that reaches there leads nowhere. */
  knownTo(): number {
    return this.completeness ? Date.parse(this.completeness.to) : this.day.to;
  }

  /** The gap that holds a moment, of the chosen camera. */
  gapAt(at: number) {
    return spanAt(this.gaps, at);
  }
}

export const playback = new Playback();

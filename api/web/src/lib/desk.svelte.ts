// What the page knows: the filters and their address, the list, the cameras, the chosen violation.

import { get, type BehaviourSpec, type Camera, type Counts, type Site, type Violation } from './api';
import { address } from './address.svelte';
import { behaviours } from './behaviours.svelte';
import type { CaseRow } from './cases';
import { boundsOf, countQuery, isNarrowed, listQuery, matches, noFilters, readAddress, readInboxAddress, writeAddress, writeInboxAddress } from './filters';
import type { Bounds, Filters } from './filters';
import { language } from './language.svelte';
import { ViolationList } from './list.svelte';
import { session } from './session.svelte';
import { listen, type Connection } from './stream';
import { HOUR_MS } from './time';
import { verdicts } from './verdicts.svelte';

const COUNTS_DELAY_MS = 1_500;
const CHART_HOURS_MS = 50 * HOUR_MS;
const FALLBACK_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** The zone that every camera has. */
const WHOLE_PICTURE = 'picture';

/** The views that show the list: each with filters of its own. */
type ListView = 'violations' | 'inbox';
const isListView = (view: string): view is ListView => view === 'violations' || view === 'inbox';

class Desk {
  filters = $state<Filters>(noFilters());
  /** The id of the violation whose details are shown. */
  chosen = $state<string | null>(null);
  list = $state(new ViolationList());
  sites = $state<Site[]>([]);
  cameras = $state<Camera[]>([]);
  /** Sites name their cameras: not everybody who sees a violation may see what cameras are doing. */
  #names = $derived(new Map(this.sites.flatMap(({ cameras }) => cameras).map((camera) => [camera.id, camera])));
  /** Whether the list of cameras has arrived: until then an empty one says nothing. */
  hasCameras = $state(false);
  counts = $state<Counts>({});
  connection = $state<Connection>('connecting');
  bounds = $state<Bounds>({ from: null, to: null });

  /** Details have changed on the server: whoever shows them reads them again. */
  changed = $state<Violation | null>(null);
  /** A case went on: what shows it, or lists of cases, reads again. */
  changedCase = $state.raw<CaseRow | null>(null);

  /** Which view's filters these are. */
  #view = $state<ListView>('violations');
  /** Those of the other view, as they were left. */
  #left: Partial<Record<ListView, Filters>> = {};
  #countsTimer: ReturnType<typeof setTimeout> | undefined;
  /** Cameras that changed since their list was asked for: the answer may be older. */
  #changedCameras = new Map<string, Camera>();

  /** The zone of the site in view; of the first when several are. */
  zone = $derived(
    (this.sites.find((site) => this.filters.sites.includes(site.id)) ?? this.sites[0])?.time_zone ?? FALLBACK_ZONE,
  );
  /** Hours while a view is short enough to show them. */
  chartUnit = $derived.by((): 'hour' | 'day' => {
    const { from, to } = this.bounds;
    return from && (to?.getTime() ?? Date.now()) - from.getTime() <= CHART_HOURS_MS ? 'hour' : 'day';
  });
  /** Violations in the view; null while that is not known. */
  total = $derived(
    (this.counts.by_hour ?? this.counts.by_day)?.reduce((sum, { count }) => sum + count, 0) ?? null,
  );

  /** The filters with which the view begins. */
  usual = $derived<Filters>(this.#view === 'inbox' ? readInboxAddress(new URLSearchParams()) : noFilters());
  /** Whether anything beyond time is asked for that the view does not begin with. */
  isNarrowed = $derived(isNarrowed({ ...this.filters, verdict: '' }) || this.filters.verdict !== this.usual.verdict);

  start(): () => void {
    this.#read();
    const onPop = () => {
      this.#read();
      if (isListView(address.view)) void this.load();
    };
    addEventListener('popstate', onPop);
    const stop = listen({
      violation: (violation) => this.#take(violation),
      camera: (camera) => this.#takeCamera(camera),
      casefile: (row) => (this.changedCase = row),
      connection: (state) => (this.connection = state),
      fresh: () => {
        verdicts.reconcile();
        void this.readAll('catch up');
      },
      confirm: () => session.confirm(),
    });
    void this.readAll();
    return () => {
      stop();
      removeEventListener('popstate', onPop);
    };
  }

  /** What the account may not see is not asked for. Sites first: "today" depends on their zone. Behaviours too: the list names them. */
  async readAll(how: 'anew' | 'catch up' = 'anew'): Promise<void> {
    const items = async <T>(path: string) => (await get<{ items: T[] }>(path)).items;
    const failed = () => null; // The list shows the problem, with a way to try again.
    const known = items<BehaviourSpec>('/api/v1/behaviours').catch(failed);
    const [, specs] = await Promise.all([this.readSites(), known]);
    if (specs) behaviours.items = specs;
    void this.#readCameras();
    await this.load(how);
  }

  /** Other views ask for them too. */
  async readSites(): Promise<void> {
    if (!session.may('see_sites')) return;
    const answer = await get<{ items: Site[] }>('/api/v1/sites').catch(() => null);
    if (answer) this.sites = answer.items;
  }

  async #readCameras(): Promise<void> {
    if (!session.may('see_cameras')) return;
    this.#changedCameras.clear();
    const answer = await get<{ items: Camera[] }>('/api/v1/cameras').catch(() => null);
    if (!answer) return;
    this.cameras = replaced(answer.items, this.#changedCameras);
    this.hasCameras = true;
  }

  async load(how: 'anew' | 'catch up' = 'anew'): Promise<void> {
    const now = new Date();
    this.bounds = boundsOf(this.filters, this.zone, now);
    void this.#count(now);
    const query = listQuery(this.filters, this.bounds);
    await (how === 'anew' ? this.list.load(query) : this.list.catchUp(query));
  }

  /** Changes the view. Each view is one step for the browser's back button. */
  filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.#write('push');
    void this.load();
  }

  choose(id: string | null): void {
    const wasOpen = this.chosen !== null;
    this.chosen = id;
    // Walking through the list leaves one step, not fifty.
    this.#write(wasOpen && id !== null ? 'replace' : 'push');
  }

  /** Chooses the violation `by` places further down; loads more near the end. */
  step(by: 1 | -1): void {
    const { items } = this.list;
    const index = items.findIndex((item) => item.id === this.chosen);
    const next = items[index < 0 ? 0 : index + by];
    if (next) this.choose(next.id);
    if (index + by >= items.length - 5) void this.list.more();
  }

  siteName(id: string): string {
    return this.sites.find((site) => site.id === id)?.name ?? id;
  }

  cameraName(id: string): string {
    return this.#names.get(id)?.name || id;
  }

  /** A zone has its name in its camera; one that has gone from the configuration stands with its id. */
  zoneName({ camera, zone }: Violation): string {
    if (zone === WHOLE_PICTURE) return language.words.wholePicture;
    return this.#names.get(camera)?.zones[zone] || zone;
  }


  zoneOf(site: string): string {
    return this.sites.find((other) => other.id === site)?.time_zone ?? this.zone;
  }

  #take(violation: Violation): void {
    verdicts.heard(violation);
    this.list.take(violation, matches(violation, this.filters, this.bounds));
    if (violation.id === this.chosen) this.changed = violation;
    clearTimeout(this.#countsTimer);
    this.#countsTimer = setTimeout(() => void this.#count(new Date()), COUNTS_DELAY_MS);
  }

  #takeCamera(camera: Camera): void {
    this.#changedCameras.set(camera.id, camera);
    this.cameras = replaced(this.cameras, new Map([[camera.id, camera]]));
  }

  /** Each kind of choice is counted without itself: the counts say what choosing another one would show. */
  async #count(now: Date): Promise<void> {
    const asked = this.filters;
    const ask = (change: Partial<Filters>, group: string) => {
      const query = countQuery({ ...asked, ...change }, this.bounds, now);
      query.set('group_by', group);
      query.set('time_zone', this.zone);
      // Without counts the page shows none, rather than noughts; the list tells what is wrong.
      return get<Counts>('/api/v1/violations/counts', query).catch((): Counts => ({}));
    };
    const groups = [ask({ behaviours: [] }, 'behaviour'), ...(session.may('see_cameras') ? [ask({ cameras: [] }, 'camera')] : []), ask({}, this.chartUnit)];
    const answers = await Promise.all(groups);
    if (this.filters === asked) this.counts = Object.assign({}, ...answers) as Counts;
  }

  /** Other views have keys of their own; the list stays as it was left. */
  #read(): void {
    const query = address.read();
    if (!isListView(address.view)) return;
    this.#enter(address.view);
    this.filters = address.view === 'inbox' ? readInboxAddress(query) : readAddress(query);
    this.chosen = address.view === 'inbox' ? null : query.get('violation');
  }

  /** Nothing of one view's list is shown in the other. Answers whether it was left. */
  #enter(view: ListView): boolean {
    if (this.#view === view) return false;
    this.#left[this.#view] = this.filters;
    this.#view = view;
    this.list = new ViolationList();
    this.counts = {};
    return true;
  }

  /** Shows the list again, as it was left. */
  showList(): void {
    this.#show('violations');
  }

  showInbox(): void {
    this.#show('inbox');
  }

  /** Shows one violation, from another view. */
  showViolation(id: string): void {
    this.#show('violations', id);
  }

  #show(view: ListView, id: string | null = view === 'inbox' ? null : this.chosen): void {
    const isAnother = this.#enter(view);
    if (isAnother) this.filters = this.#left[view] ?? this.usual;
    this.chosen = id;
    this.#write('push');
    if (isAnother) void this.load();
  }

  #write(how: 'push' | 'replace'): void {
    const query = (this.#view === 'inbox' ? writeInboxAddress : writeAddress)(this.filters);
    if (this.chosen) query.set('violation', this.chosen);
    address.write(this.#view, query, how);
  }
}

/** The list with the cameras that changed in their places, and those that are new behind. */
export function replaced(list: Camera[], changed: Map<string, Camera>): Camera[] {
  const known = new Set(list.map((camera) => camera.id));
  const added = [...changed.values()].filter((camera) => !known.has(camera.id));
  return [...list.map((camera) => changed.get(camera.id) ?? camera), ...added];
}

export const desk = new Desk();

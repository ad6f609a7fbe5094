// Violations with pictures, clips and verdicts for `mock.mjs`, as the real server answers them. Tests change the state, hold
// answers back and let requests fail.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { Refusal } from './mock.mjs';

const CLIP = await readFile(fileURLToPath(new URL('../../../sample-videos/loading-bay-hat-off/clip.mp4', import.meta.url)));
const MINUTE_MS = 60_000;

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  sum.writeUInt32BE(crcOf(body));
  return Buffer.concat([size, body, sum]);
}

/** Node.js has one of its own since 22.2 only. */
function crcOf(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A picture whose width says whose it is: 640 and the number of the violation. */
function pictureOf(number, height = 360) {
  const width = 640 + number;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + width * 3);
  for (let x = 0; x < width; x += 1) row.set([(number * 37 + (x >> 3)) % 200, (number * 91) % 180, (number * 53) % 220], 1 + x * 3);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

export const idOf = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const numberOf = (id) => Number(id.slice(-12));
const FREE = { version: 0, standing: null, replaced: [] };

export class MockDesk {
  /** `count` violations, the newest first: numbers 1, 2, 3 … Each has a clip unless `hasClips` is false. */
  constructor({ count = 12, hasClips = true, page = 50 } = {}) {
    Object.assign(this, { hasClips, page, undo_ms: 30_000, second: 'not_asked', asked: [], gates: [], failures: [], states: new Map(), settled: new Map() });
    this.begun = Date.now();
    this.items = Array.from({ length: count }, (_, at) => this.violation(at + 1));
    this.streams = null;
    /** Whether a case holds a violation: `mock-cases.mjs` knows. */
    this.isHeld = () => false;
  }

  violation(number, opened_ms = this.begun - number * 4 * MINUTE_MS) {
    const id = idOf(number);
    const at = (ms) => new Date(opened_ms + ms).toISOString();
    const path = (file) => `/api/v1/violations/${id}/${file}`;
    return {
      id, behaviour: 'no_hard_hat', camera: number % 3 === 0 ? 'yard-2' : 'gate-1', site: 'plant', zone: 'floor', status: 'closed', verdict: 'none', opened_at: at(0), closed_at: at(40_000),
      recorded_at: at(0), score: 0.84, clip: this.hasClips ? path('clip.mp4') : null, snapshot: path('snapshot.jpg'), snapshot_annotated: path('snapshot-annotated.jpg'),
      model: 'head-helmet@1', rule_version: 'no_hard_hat@1', clock: { source: null, ahead_s: null },
    };
  }

  stateOf(id) {
    return this.states.get(id) ?? FREE;
  }

  #isUndoable({ standing }) {
    return standing !== null && Date.now() - Date.parse(standing.at) < this.undo_ms;
  }

  view(id) {
    const state = this.stateOf(id);
    const isUndoable = this.#isUndoable(state);
    const verdict = state.standing?.verdict ?? 'none';
    const counts = isUndoable || state.standing?.second === 'awaited' ? (state.replaced.at(-1)?.verdict ?? 'none') : verdict;
    return { version: state.version, verdict, counts, undo_until: isUndoable ? new Date(Date.parse(state.standing.at) + this.undo_ms).toISOString() : null, standing: state.standing, replaced: state.replaced };
  }

  listed(item) {
    const { version, verdict, counts, undo_until } = this.view(item.id);
    const awaits_second = this.stateOf(item.id).standing?.second === 'awaited';
    return { ...item, verdict: counts, judged: version === 0 ? null : { version, verdict, undo_until, awaits_second } };
  }

  #fits(item, query) {
    const { verdict, judged } = this.listed(item);
    const { standing } = this.stateOf(item.id);
    const asks = (key, value) => !query.has(key) || query.getAll(key).includes(value);
    const isAwaited = !query.has('awaits_second') || judged?.awaits_second;
    const hasWords = !query.has('words') || standing?.words.includes(query.get('words'));
    const isFree = query.get('case') !== 'none' || (verdict === 'confirmed' && !this.isHeld(item.id));
    return isFree && asks('camera', item.camera) && asks('verdict', verdict) && asks('reason', standing?.reason) && isAwaited && hasWords;
  }

  detail(item) {
    const opened = Date.parse(item.opened_at);
    const at = (ms) => new Date(opened + ms).toISOString();
    return {
      ...this.listed(item), close_reason: 'ended', opened_s: 5, closed_s: 45, snapshot_at: at(1_000), pictures_expired: null, evidence: [],
      detections: [{ class: 'person', score: 0.9, box: [0.3, 0.3, 0.4, 0.8] }, { class: 'head', score: 0.8, box: [0.33, 0.3, 0.37, 0.38] }],
      track: { id: 7, path: Array.from({ length: 30 }, (_, step) => ({ at: at(step * 500), box: [0.3 + step * 0.01, 0.3, 0.4 + step * 0.01, 0.8] })) },
      clip_state: { state: 'recorded', from: at(-5_000), to: at(15_000), reason: null, expired: null },
      rule: { id: 'no_hard_hat-floor', version: item.rule_version, definition: { zone: { points: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.95], [0.1, 0.95]] } } },
      run: { id: 'run', kind: 'live', source: 'rtsp://camera', started_at: at(-100_000), ended_at: null, outcome: null, start_source: null, footage_sha256: null, settings: {}, flaws: [], superseded_by: null },
    };
  }

  #refuse(kind, detail, status = 409) {
    throw new Refusal(status, kind, detail);
  }

  judge(id, by, { version, finding, change_reason = '' }, isBulk = false) {
    const state = this.stateOf(id);
    if (version !== state.version) this.#refuse('changed', `the page shows version ${version}, the violation has ${state.version}`);
    if (isBulk && finding.verdict === 'confirmed') this.#refuse('verdict', 'one by one', 400);
    if (finding.reason === 'other' && !finding.words) this.#refuse('verdict', 'the reason other needs words', 400);
    if (state.standing) {
      if (this.#isUndoable(state)) this.#refuse('verdict', 'it can still be undone');
      if (state.standing.verdict === finding.verdict && state.standing.reason === (finding.reason ?? null)) this.#refuse('verdict', 'the same');
      if (!change_reason) this.#refuse('verdict', 'needs a reason', 400);
    }
    const standing = { verdict: finding.verdict, reason: finding.reason ?? null, words: finding.words ?? '', by, at: new Date().toISOString(), change_reason, second: this.second, second_by: null, second_at: null };
    return this.#keep(id, { version: state.version + 1, standing, replaced: state.standing ? [...state.replaced, state.standing] : state.replaced });
  }

  undo(id, by, version) {
    const state = this.stateOf(id);
    if (version !== state.version) this.#refuse('changed', 'changed');
    if (!state.standing) this.#refuse('verdict', 'there is no verdict');
    if (state.standing.by !== by) this.#refuse('verdict', 'not the giver');
    if (!this.#isUndoable(state)) this.#refuse('verdict', 'over');
    return this.#keep(id, { version: state.version + 1, standing: state.replaced.at(-1) ?? null, replaced: state.replaced.slice(0, -1) });
  }

  sign(id, by, version) {
    const state = this.stateOf(id);
    if (version !== state.version) this.#refuse('changed', 'changed');
    if (state.standing?.second !== 'awaited') this.#refuse('verdict', 'not asked');
    if (state.standing.by === by) this.#refuse('verdict', 'same officer');
    return this.#keep(id, { ...state, version: state.version + 1, standing: { ...state.standing, second: 'signed', second_by: by, second_at: new Date().toISOString() } });
  }

  #keep(id, state) {
    this.states.set(id, state);
    this.publish(id);
    return this.view(id);
  }

  /** The live stream; silent while `isMute`. */
  publish(id) {
    const item = this.items.find((one) => one.id === id);
    if (!item || this.isMute) return;
    for (const stream of this.streams ?? []) stream.write(`event: violation\ndata: ${JSON.stringify(this.listed(item))}\n\n`);
  }

  /** One more opens now. */
  open(number) {
    this.items.unshift(this.violation(number, Date.now()));
    this.publish(idOf(number));
  }

  /** Holds back what matches; answers how to let it go on. */
  hold(match) {
    let release;
    const gate = { match, until: new Promise((resume) => (release = resume)) };
    this.gates.push(gate);
    return () => {
      this.gates = this.gates.filter((one) => one !== gate);
      release();
    };
  }

  /** The next request that matches fails: `refused` with a status, or `lost` after the server took it. */
  fail(match, how = 'refused') {
    this.failures.push({ match, how });
  }

  /** An answer that is noted, held back and failed as tests ask. */
  guarded() {
    return (answer) => async (args) => {
      const what = `${args.request.method} ${args.path}`;
      this.asked.push({ what, body: args.body, query: args.query, by: args.name });
      for (const { match, until } of [...this.gates]) if (match.test(what)) await until;
      const failure = this.failures.find(({ match }) => match.test(what));
      this.failures = this.failures.filter((one) => one !== failure);
      if (failure?.how === 'refused') throw new Refusal(500, 'internal', 'made up');
      const result = await answer(args);
      if (failure) return args.request.socket.destroy(), null;
      return result;
    };
  }

  routes() {
    const guarded = this.guarded();
    const found = (id) => this.items.find((item) => item.id === id) ?? this.#refuse('not-found', 'unknown', 404);
    const image = (bytes) => [200, bytes, { 'content-type': 'image/png', 'cache-control': 'private, max-age=31536000, immutable' }];
    const V = '/api/v1/violations';
    return [
      ['GET', V, 'see_violations', guarded(({ query }) => {
        const fits = this.items.filter((item) => this.#fits(item, query)).map((item) => this.listed(item));
        // What was judged meanwhile moves no page: a cursor names the last one that was shown.
        const older = fits.filter(({ opened_at }) => !query.get('cursor') || opened_at < query.get('cursor'));
        const items = older.slice(0, Math.min(this.page, Number(query.get('limit') ?? 50)));
        return [200, { items, next_cursor: items.length < older.length ? items.at(-1).opened_at : null }];
      })],
      ['GET', `${V}/counts`, 'see_violations', ({ query }) => {
        const count = this.items.filter((item) => this.#fits(item, query)).length;
        return [200, { by_behaviour: [{ key: 'no_hard_hat', count }], by_camera: [{ key: 'gate-1', count }], by_hour: [], by_day: [{ key: new Date().toISOString().slice(0, 10), count }] }];
      }],
      ['GET', `${V}/:id/snapshot.jpg`, 'see_evidence', guarded(({ id }) => image(pictureOf(numberOf(id))))],
      ['GET', `${V}/:id/snapshot-annotated.jpg`, 'see_evidence', guarded(({ id }) => image(pictureOf(numberOf(id))))],
      ['GET', `${V}/:id/thumbnail.jpg`, 'see_evidence', ({ id }) => image(pictureOf(numberOf(id), 90))],
      ['GET', `${V}/:id/clip.mp4`, 'play_clips', guarded(({ request }) => {
        const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
        const [first, last] = [Number(from ?? 0), Math.min(CLIP.length - 1, to ? Number(to) : CLIP.length - 1)];
        const headers = { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'cache-control': 'private, max-age=31536000, immutable' };
        if (from === undefined) return [200, CLIP, headers];
        return [206, CLIP.subarray(first, last + 1), { ...headers, 'content-range': `bytes ${first}-${last}/${CLIP.length}` }];
      })],
      ['GET', `${V}/:id/verdict`, 'see_violations', guarded(({ id }) => [200, this.view(found(id).id)])],
      ['POST', `${V}/:id/verdict`, 'give_verdict', guarded(({ id, body, name }) => [200, this.judge(found(id).id, name, body)])],
      ['DELETE', `${V}/:id/verdict`, 'give_verdict', guarded(({ id, query, name }) => [200, this.undo(found(id).id, name, Number(query.get('version')))])],
      ['POST', `${V}/:id/verdict/second`, 'sign_second', guarded(({ id, body, name }) => [200, this.sign(found(id).id, name, body.version)])],
      ['POST', '/api/v1/verdicts', 'give_verdict', guarded(({ body, name }) => {
        const outcome = ({ id, version }) => {
          try {
            return { id, verdict: this.judge(id, name, { version, finding: body.finding }, true), problem: null };
          } catch ({ status, kind, detail }) {
            return { id, verdict: null, problem: { type: `urn:anjian:problem:${kind}`, title: kind, status, detail } };
          }
        };
        return [200, { items: body.members.map(outcome) }];
      })],
      ['GET', `${V}/:id`, 'see_violations', guarded(({ id }) => [200, this.detail(found(id))])],
    ];
  }
}

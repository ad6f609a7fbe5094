// Disposals for `mock.mjs`, as the real server answers them: due after five years, two signatures by different officers, refusals.
// Tests sign behind the page's back.

import { createHash } from 'node:crypto';
import { dayIn } from './mock-cases.mjs';
import { MAY, Refusal } from './mock.mjs';

for (const role of ['admin', 'inspector']) MAY[role].push('see_disposals', 'sign_disposal');
for (const role of ['auditor', 'local']) MAY[role].push('see_disposals');

const KEEP_YEARS = 5;
const YEAR_MS = 365.25 * 86_400_000;
const now = () => new Date().toISOString();
const digest = (text) => createHash('sha256').update(text).digest('hex');
const refuse = (key, status = 409, kind = 'disposal') => {
  throw new Refusal(status, kind, `refused: ${key}`, { key });
};

export class MockDisposals {
  constructor({ cases, world }) {
    Object.assign(this, { cases, world, held: new Set(), more: new Map(), signatures: new Map(), went: new Map() });
    world.routes.unshift(...this.#routes());
  }

  /** A case that ended so many years ago. `attachments` more files. */
  add({ years = 6, attachments = 0, held = false, stage = 'closed', ...more } = {}) {
    const one = this.cases.add(stage, { age_ms: years * YEAR_MS, ...more });
    this.more.set(one.id, attachments);
    if (held) this.held.add(one.id);
    return one;
  }

  #due(one) {
    if (!['closed', 'withdrawn'].includes(one.stage)) return null;
    const day = new Date(Date.parse(one.changed_at) + 8 * 3_600_000).toISOString().slice(0, 10);
    return `${Number(day.slice(0, 4)) + KEEP_YEARS}${day.slice(4)}`;
  }

  #holds(one) {
    const file = (path, size_bytes) => ({ path, size_bytes, sha256: digest(path) });
    const evidence = one.members.flatMap((id) => [['snapshot.jpg', 412_000], ['snapshot-annotated.jpg', 431_000], ['clip.mp4', 6_300_000]].map(([name, size]) => file(`plant/gate-1/2020/11/${id}/${name}`, size)));
    const attachments = Array.from({ length: this.more.get(one.id) ?? 0 }, (_, at) => file(`attachments/${one.id.slice(0, 8)}/${String(at + 1).padStart(3, '0')}.pdf`, 180_000));
    return { violations: one.members, findings: one.found, files: [...evidence, ...attachments] };
  }

  view(one) {
    const holdings = this.went.get(one.id) ?? this.#holds(one);
    const { files } = holdings;
    const size_bytes = files.reduce((sum, file) => sum + file.size_bytes, 0);
    const signatures = this.signatures.get(one.id) ?? [];
    const version = digest(JSON.stringify([signatures, holdings]));
    const listed = { case: this.cases.row(one), due: this.#due(one), signatures, held: this.held.has(one.id), files: files.length, size_bytes, version };
    return { listed, detail: { ...listed, violations: holdings.violations, findings: holdings.findings, holds: files } };
  }

  /** Signs as an account would; `seen` is the version that it saw. */
  sign(one, by, seen = this.view(one).listed.version) {
    const { listed, detail } = this.view(one);
    if (listed.due === null) refuse('not-over');
    if (one.disposed_at) refuse('disposed');
    if (dayIn(0) < listed.due) refuse('kept');
    if (listed.held) refuse('held');
    if (this.cases.recusals.some(({ account, site }) => account === by && site === one.site)) refuse('recused');
    if (listed.signatures.some(({ account }) => account === by)) refuse('signed-already');
    if (seen !== listed.version) refuse('changed');
    const { certificate, role } = this.world.find(by);
    this.signatures.set(one.id, [...listed.signatures, { account: by, certificate, at: now() }]);
    const is_disposed = listed.signatures.length === 1;
    const seq = Math.max(0, ...this.world.audit.map((entry) => entry.seq)) + 1;
    const after = { is_disposed, holdings: { violations: detail.violations, findings: detail.findings, files: detail.holds } };
    this.world.audit.unshift({ seq, at: now(), account: by, role, address: '', action: 'sign_disposal', object_kind: 'case', object: one.id, why: '', before: null, after, link: digest(String(seq)) });
    if (is_disposed) this.#dispose(one, after.holdings);
  }

  #dispose(one, holdings) {
    this.went.set(one.id, holdings);
    this.cases.dispose(one);
    for (const stream of this.world.streams) stream.write(`event: case\ndata: ${JSON.stringify(this.cases.row(one))}\n\n`);
  }

  #find(id) {
    return this.cases.items.find((one) => one.id === id) ?? refuse('unknown', 404, 'not-found');
  }

  #page(query) {
    const isDue = (one) => !one.disposed_at && this.#due(one) !== null && this.#due(one) <= dayIn(0);
    const all = this.cases.items.filter(isDue).toSorted((a, b) => a.changed_at.localeCompare(b.changed_at));
    const from = Number(query.get('cursor') ?? 0);
    const items = all.slice(from, from + Number(query.get('limit') ?? 50)).map((one) => this.view(one).listed);
    return [200, { items, next_cursor: from + items.length < all.length ? String(from + items.length) : null }];
  }

  #routes() {
    const guarded = this.cases.desk.guarded();
    const D = '/api/v1/disposals';
    return [
      ['GET', D, 'see_disposals', guarded(({ query }) => this.#page(query))],
      ['GET', `${D}/:id`, 'see_disposals', guarded(({ id }) => [200, this.view(this.#find(id)).detail])],
      ['POST', `${D}/:id/signatures`, 'sign_disposal', guarded(({ id, name, body }) => {
        const one = this.#find(id);
        this.sign(one, name, body.seen);
        return [200, this.view(one).detail];
      })],
    ];
  }
}

// Attachments for the mock, as the real server takes them: checked by type and size, kept once for the same bytes, visible to the
// sender until something takes them.

import { createHash } from 'node:crypto';
import { MAY, Refusal } from './mock.mjs';

MAY.enterprise.push('send_attachments');
MAY.inspector.push('send_attachments');
MAY.admin.push('send_attachments');

const MIB = 1024 * 1024;
const MOST_UNTAKEN = 20;
const BEGINS = { 'image/jpeg': 'ffd8ff', 'image/png': '89504e47', 'image/webp': '52494646', 'application/pdf': '25504446', 'video/mp4': '' };
const refuse = (status, kind) => {
  throw new Refusal(status, kind, `refused: ${kind}`);
};

export class MockAttachments {
  items = [];

  /** `to` is `cases/ID` or `sites/ID`. */
  send(to, { body, name: by, account, query, request }) {
    const type = request.headers['content-type'];
    const waiting = this.items.filter((one) => one.to === to && one.by === by && one.taken === null);
    if (waiting.length >= MOST_UNTAKEN) refuse(409, 'too-many-attachments');
    if (!(type in BEGINS)) refuse(415, 'media-type');
    if (body.length > (type === 'video/mp4' ? 50 : 10) * MIB) refuse(413, 'too-large');
    if (!body.toString('hex', 0, 12).startsWith(BEGINS[type])) refuse(415, 'media-type');
    if (body.includes('damaged')) refuse(422, 'damaged');
    const sha256 = createHash('sha256').update(body).digest('hex');
    const known = waiting.find((one) => one.sha256 === sha256);
    if (known) return [201, this.view(known)];
    const item = { id: `a77a0000-0000-4000-8000-${String(this.items.length + 1).padStart(12, '0')}`, to, by, role: account.role, name: query.get('name'), type, bytes: body, sha256, at: new Date().toISOString(), taken: null, version: null };
    this.items.push(item);
    return [201, this.view(item)];
  }

  view({ id, name, type, bytes, sha256, by, role, at, version }) {
    return { id, name, type, size_bytes: bytes.length, sha256, by, role, at, version, disposed_at: null };
  }

  /** Something takes what its maker sent to `to`; `onto` names it. Answers false when one of them is not there. */
  take(ids, to, by, onto, version = null) {
    const found = ids.map((id) => this.items.find((one) => one.id === id && one.to === to && one.by === by && one.taken === null));
    if (found.some((one) => !one)) return false;
    for (const one of found) Object.assign(one, { taken: onto, version });
    return true;
  }

  of(onto) {
    return this.items.filter(({ taken }) => taken === onto).map((one) => this.view(one));
  }

  /** What a case shows: what steps took, and what the viewer sent. */
  seen(to, by) {
    return this.items.filter((one) => one.to === to && (one.taken !== null || one.by === by)).map((one) => this.view(one));
  }

  give(id) {
    const one = this.items.find((item) => item.id === id) ?? refuse(404, 'not-found');
    const how = one.type.startsWith('image/') ? 'inline' : 'attachment';
    return [200, one.bytes, { 'content-type': one.type, 'content-disposition': how }];
  }
}

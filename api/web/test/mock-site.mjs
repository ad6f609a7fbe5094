// Findings on site and records of sites for the mock, as the real server answers them: a finding with an id that the same account
// used before is recorded once; its photos are sent to the site first.

import { MAY, Refusal } from './mock.mjs';

for (const role of ['admin', 'inspector']) MAY[role].push('see_findings', 'find_on_site');
MAY.admin.push('write_sites');
MAY.auditor.push('see_findings');
MAY.enterprise.push('see_findings');

const now = () => new Date().toISOString();
const refuse = (status, kind, detail = `refused: ${kind}`) => {
  throw new Refusal(status, kind, detail);
};

export class MockSites {
  constructor(cases) {
    Object.assign(this, { cases, findings: [], records: new Map(), recused: [], risk: { score: 0, lines: [] } });
  }

  #record({ body, name: by, account }) {
    const { attachments, ...said } = body;
    const known = this.findings.find(({ id }) => id === body.id);
    if (known && known.by !== by) refuse(409, 'known');
    if (known) return [201, this.view(known)];
    if (this.recused.includes(by)) refuse(409, 'recused');
    if (attachments.length < 1 || attachments.length > 5 || !body.words || !body.place) refuse(400, 'finding');
    if (!this.cases.attachments.take(attachments, `sites/${body.site}`, by, body.id)) refuse(400, 'finding', 'attachment cannot belong to this finding');
    const finding = { camera: null, behaviour: null, ...said, arrived_at: now(), by, role: account.role, dismissed: false };
    this.findings.unshift(finding);
    return [201, this.view(finding)];
  }

  view(finding) {
    const holding = this.cases.items.find(({ found }) => found.includes(finding.id));
    return { ...finding, case: holding?.id ?? null, attachments: this.cases.attachments.of(finding.id) };
  }

  find(id) {
    return this.view(this.findings.find((one) => one.id === id) ?? refuse(404, 'not-found'));
  }

  overview(id, account, world) {
    const may = (action) => account.actions.includes(action);
    const open = this.cases.items.filter(({ site, stage }) => site === id && !['closed', 'withdrawn'].includes(stage));
    return {
      site: world.sites.find((site) => site.id === id) ?? refuse(404, 'not-found'), record: this.records.get(id) ?? null, risk: may('see_statistics') ? this.risk : null,
      cameras: may('see_cameras') ? world.cameras.filter(({ site }) => site === id) : [], open_cases: may('see_cases') ? open.length : null,
      findings: may('see_findings') ? this.findings.filter(({ site }) => site === id).slice(0, 5).map((one) => this.view(one)) : [],
    };
  }

  #write({ id, body, name, account, world }) {
    const { version = 0 } = this.records.get(id) ?? {};
    if (body.version !== version) refuse(409, 'changed');
    this.records.set(id, { ...body.record, version: version + 1, by: name, at: now() });
    return [200, this.overview(id, account, world)];
  }

  routes() {
    const guarded = this.cases.desk.guarded();
    return [
      ['GET', '/api/v1/findings', 'see_findings', guarded(({ query }) => {
        const items = this.findings.filter(({ site }) => !query.has('site') || query.getAll('site').includes(site));
        return [200, { items: items.map((one) => this.view(one)), next_cursor: null }];
      })],
      ['POST', '/api/v1/findings', 'find_on_site', guarded((args) => this.#record(args))],
      ['GET', '/api/v1/findings/:id', 'see_findings', guarded(({ id }) => [200, this.find(id)])],
      ['GET', '/api/v1/findings/:id/attachments/[^/]+', 'see_findings', guarded(({ path }) => this.cases.attachments.give(path.split('/').at(-1)))],
      ['POST', '/api/v1/sites/:id/attachments', 'send_attachments', guarded((args) => this.cases.attachments.send(`sites/${args.id}`, args))],
      ['GET', '/api/v1/sites/:id/record', 'see_sites', guarded(({ id, account, world }) => [200, this.overview(id, account, world)])],
      ['PUT', '/api/v1/sites/:id/record', 'write_sites', guarded((args) => this.#write(args))],
    ];
  }
}

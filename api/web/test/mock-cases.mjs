// Cases for `mock.mjs`, as the real server answers them: arrows, versions, refusals, who may what. Tests put cases where they need
// them, take steps behind the page's back, and let requests fail.

import { MockAttachments } from './mock-attachments.mjs';
import { idOf } from './mock-desk.mjs';
import { MockSites } from './mock-site.mjs';
import { MAY, Refusal } from './mock.mjs';

const DAY_MS = 86_400_000;
const OFFICER = ['see_cases', 'manage_cases', 'issue_notices', 'record_service', 'answer_pleas', 'review_rectifications', 'recheck', 'close_cases', 'see_deliveries', 'see_reviews', 'see_legal_cards'];
MAY.admin.push(...OFFICER, 'write_reviews', 'manage_recusals');
MAY.inspector.push(...OFFICER);
MAY.auditor.push('see_cases', 'see_deliveries', 'see_reviews', 'see_legal_cards');
MAY.enterprise.push('see_cases', 'acknowledge', 'plead', 'rectify');

/** The steps of each state, and the action that each asks for. */
const STEPS = {
  draft: ['propose', 'sign', 'issue', 'withdraw', 'drop_member'],
  noticed: ['record_service', 'acknowledge', 'plead', 'rectify', 'hand_over', 'record_receipt', 'close', 'withdraw', 'drop_member'],
  pleaded: ['record_service', 'acknowledge', 'answer', 'withdraw', 'drop_member'],
  answered: ['record_service', 'acknowledge', 'rectify', 'hand_over', 'record_receipt', 'close', 'withdraw', 'drop_member'],
  rectified: ['record_service', 'return', 'recheck', 'withdraw', 'drop_member'],
  returned: ['record_service', 'rectify', 'withdraw', 'drop_member'],
  rechecked: ['close'], closed: [], withdrawn: [],
};
const ACTION = {
  propose: 'manage_cases', withdraw: 'manage_cases', drop_member: 'manage_cases', sign: 'issue_notices', issue: 'issue_notices', record_service: 'record_service',
  acknowledge: 'acknowledge', plead: 'plead', answer: 'answer_pleas', rectify: 'rectify', return: 'review_rectifications', recheck: 'recheck',
  hand_over: 'close_cases', record_receipt: 'close_cases', close: 'close_cases',
};
const OVER = ['closed', 'withdrawn'];
const DEMANDS = [
  ['review_number', '设备审核编号', 'Number of the review record'], ['sign', '设置明显标志', 'Sign at the camera'], ['published', '设置地点已公布', 'Place published'],
  ['clip_whole', '视频连续完整', 'Clip without gaps'], ['confirmed', '执法人员已确认', 'Confirmed by an inspector'], ['two_officers', '两名持证执法人员', 'Two officers with certificates'],
];
const basis = (wording, provisions = []) => ({ wording, provisions });
const CARDS = [{
  behaviour: 'no_hard_hat', version: 1, is_example: true, checked_by: null, checked_on: null, breach: basis('【示例】未佩戴安全帽。'),
  measure: basis('【示例】责令立即佩戴。', ['《应急管理部令第18号》']), penalty: basis('【示例】首次发生并已改正的，不予处罚。', ['《中华人民共和国行政处罚法》第三十三条']),
}, {
  behaviour: 'no_hard_hat', version: 2, is_example: false, checked_by: '周律师', checked_on: '2026-10-08', breach: basis('作业人员在应当佩戴安全帽的区域内未佩戴安全帽。'),
  measure: basis('责令立即改正，出具《责令限期整改指令书》。', ['《应急管理部令第18号》第三十条']), penalty: basis('首次发生、情节轻微并已改正的，不予处罚。', ['《中华人民共和国行政处罚法》第三十三条']),
}];

/** Here the site's day; the mock's sites are all in Shanghai. */
export const dayIn = (days) => new Date(Date.now() + 8 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10);
const now = () => new Date().toISOString();
const refuse = (key, status = 409, kind = 'case') => {
  throw new Refusal(status, kind, `refused: ${key}`, { key });
};

export class MockCases {
  constructor(desk) {
    Object.assign(this, { desk, items: [], reviews: [], recusals: [], proven: false, brokenAt: null, lacks: [], count: 0, page: 20, attachments: new MockAttachments() });
    this.sites = new MockSites(this);
    desk.isHeld = (id) => this.holds(id);
  }

  /** A case about these violations, taken to a state. `due` in days from today. */
  add(stage, { violations = [1], outcome = 'order_to_rectify', due = 5, site = 'plant', by = 'li.na', age_ms = 0 } = {}) {
    const one = this.#draft({ violations: violations.map(idOf), outcome, term_days: 7, cards: [{ behaviour: 'no_hard_hat', version: 2 }] }, by, site);
    const wants = {
      draft: [], noticed: ['issue'], pleaded: ['issue', 'plead'], answered: ['issue', 'plead', 'answer'], rectified: ['issue', 'rectify'], returned: ['issue', 'rectify', 'return'],
      rechecked: ['issue', 'rectify', 'recheck'], closed: ['issue', 'rectify', 'recheck', 'close'], withdrawn: ['withdraw'],
    }[stage];
    if (wants.includes('issue')) one.signatures = ['li.na', 'zhang.wei'].map((account) => ({ account, certificate: '浙A20260117', at: now() }));
    for (const step of wants) this.take(one, ['plead', 'rectify'].includes(step) ? 'plant-safety' : by, ACTS[step]);
    if (one.notice) one.notice.due = dayIn(due);
    one.changed_at = new Date(Date.now() - age_ms).toISOString();
    return one;
  }

  #draft(proposal, by, site) {
    this.count += 1;
    const { violations, findings = [], ...said } = proposal;
    const id = `ca5e${String(this.count).padStart(4, '0')}-0000-4000-8000-000000000000`;
    const one = {
      id, site, version: 0, stage: 'draft', assignee: by, opened_at: now(), changed_at: now(), members: violations, found: findings, left: [], proposal: said, signatures: [], notice: null,
      answer: null, rectifications: [], proofs: [], handed_over: null, ended: null, steps: [], deliveries: [],
    };
    this.items.unshift(one);
    this.#note(one, by, 'propose', '');
    return one;
  }

  #note(one, by, step, words) {
    one.version += 1;
    one.changed_at = now();
    const role = by === 'plant-safety' ? 'enterprise' : by === 'admin' ? 'admin' : 'inspector';
    one.steps.push({ version: one.version, step, account: by, role, at: now(), stage: one.stage, words });
    if (one.stage !== 'draft') one.deliveries.push({ audience: role === 'enterprise' ? 'officers' : 'enterprise', cause: step, at: now() });
  }

  /** Takes a step; `act` as it is sent. */
  take(one, by, act) {
    if (!STEPS[one.stage].includes(act.step)) refuse('not-now');
    const words = DEEDS[act.step](one, act, by, this) ?? '';
    const attached = act.attachments ?? act.on_site?.attachments ?? [];
    if (!this.attachments.take(attached, `cases/${one.id}`, by, one.id, one.version + 1)) refuse('no-attachment', 400);
    this.#note(one, by, act.step, words);
    this.#publish(one);
    return one;
  }

  /** The live stream; the mock has one site and sends to everybody. */
  #publish(one) {
    if (one.stage === 'draft' || this.desk.isMute) return;
    for (const stream of this.desk.streams ?? []) stream.write(`event: case\ndata: ${JSON.stringify(this.row(one))}\n\n`);
  }

  /** Two officers signed after its term. */
  dispose(one) {
    one.disposed_at = now();
    for (const step of one.steps) step.words = '';
    for (const proof of one.proofs) proof.words &&= '';
  }

  /** Whether a violation is in a case that is not over. */
  holds(id) {
    return this.items.some((one) => !OVER.includes(one.stage) && one.members.includes(id));
  }

  outcomeOf(one) {
    return one.notice?.outcome ?? one.proposal.outcome;
  }

  row(one) {
    const { id, site, version, stage, assignee, opened_at, changed_at, notice, members } = one;
    return { id, site, version, stage, outcome: this.outcomeOf(one), due: notice?.due ?? null, assignee, opened_at, changed_at, noticed_at: notice?.at ?? null, disposed_at: one.disposed_at ?? null, violations: members.length, findings: one.found.length };
  }

  detail(one, account) {
    const isEnterprise = account.role === 'enterprise';
    const found = (id) => this.desk.items.find((item) => item.id === id);
    const member = (is_in) => (id) => ({ violation: this.desk.listed(found(id)), is_in });
    const { proposal, signatures, notice, answer, rectifications, proofs, handed_over, ended } = one;
    return {
      ...this.row(one), proposal, signatures, notice, answer, rectifications, proofs, handed_over, ended,
      steps: one.steps.filter(({ stage }) => !isEnterprise || stage !== 'draft'), violations: [...one.members.map(member(true)), ...one.left.map(member(false))],
      attachments: this.attachments.seen(`cases/${one.id}`, account.name), findings: one.found.map((id) => ({ finding: this.sites.find(id), is_in: true })), deliveries: isEnterprise ? [] : one.deliveries, possible: STEPS[one.stage].filter((step) => account.actions.includes(ACTION[step])),
    };
  }

  grade(id) {
    const finding = (item) => (this.lacks.includes(item) || item === 'two_officers' || (item === 'confirmed' && this.desk.view(id).counts !== 'confirmed') ? 'missing' : 'present');
    return { level: 'lead', checks: DEMANDS.map(([item, zh, en]) => ({ item, zh, en, finding: finding(item) })), allowed: ['remind'] };
  }

  #seen(account, query = new URLSearchParams()) {
    const [sites, stages] = [query.getAll('site'), query.getAll('stage')];
    const before = query.get('due_before');
    return this.items
      .filter((one) => (account.role !== 'enterprise' || (one.notice && account.scope.sites.includes(one.site))))
      .filter((one) => (sites.length === 0 || sites.includes(one.site)) && (stages.length === 0 || stages.includes(one.stage)))
      .filter((one) => (query.get('open') !== 'true' && !before) || !OVER.includes(one.stage))
      .filter((one) => !before || (one.notice && one.notice.due < before))
      .filter((one) => !query.get('words') || one.steps.some(({ words }) => words.includes(query.get('words'))))
      .filter((one) => !query.get('violation') || [...one.members, ...one.left].includes(query.get('violation')))
      .toSorted((a, b) => b.changed_at.localeCompare(a.changed_at));
  }

  #page(account, query) {
    const from = Number(query.get('cursor') ?? 0);
    const all = this.#seen(account, query);
    const items = all.slice(from, from + Math.min(this.page, Number(query.get('limit') ?? 50))).map((one) => this.row(one));
    return [200, { items, next_cursor: from + items.length < all.length ? String(from + items.length) : null }];
  }

  #find(id, account) {
    return this.#seen(account).find((one) => one.id === id) ?? refuse('unknown', 404, 'not-found');
  }

  #step({ id, body, name, account }) {
    const one = this.#find(id, account);
    if (!account.actions.includes(ACTION[body.act.step])) throw new Refusal(403, 'forbidden', 'not yours');
    if (this.recusals.some((recusal) => recusal.account === name && recusal.site === one.site)) refuse('recused');
    if (body.version !== one.version) refuse('changed', 409, 'changed');
    this.take(one, name, body.act);
    return [200, this.detail(one, account)];
  }

  #open({ body, name, account }) {
    const taken = body.violations.find((id) => this.holds(id));
    if (taken) refuse('bound');
    const site = body.findings?.length > 0 ? this.sites.find(body.findings[0]).site : 'plant';
    return [201, this.detail(this.#draft(body, name, site), account)];
  }

  #proofs({ id, account }) {
    const one = this.#find(id, account);
    const proof = (violation) => ({ violation, proven: this.proven, asked_s: 14_400, watched_s: this.proven ? 14_400 : 5_400, empty_s: 7_200, blind_s: 60, broken_at: this.brokenAt });
    return [200, { items: one.rectifications.length > 0 ? one.members.map(proof) : [] }];
  }

  routes() {
    const guarded = this.desk.guarded();
    const C = '/api/v1/cases';
    return [
      ['GET', C, 'see_cases', guarded(({ account, query }) => this.#page(account, query))],
      ['POST', C, 'manage_cases', guarded((args) => this.#open(args))],
      ['GET', `${C}/counts`, 'see_cases', guarded(({ account, query }) => {
        const stages = {};
        for (const { stage } of this.#seen(account, query)) stages[stage] = (stages[stage] ?? 0) + 1;
        return [200, { stages }];
      })],
      ['GET', `${C}/:id`, 'see_cases', guarded(({ id, account }) => [200, this.detail(this.#find(id, account), account)])],
      ['POST', `${C}/:id/steps`, 'see_cases', guarded((args) => this.#step(args))],
      ['POST', `${C}/:id/attachments`, 'send_attachments', guarded((args) => this.attachments.send(`cases/${this.#find(args.id, args.account).id}`, args))],
      ['GET', `${C}/:id/attachments/[^/]+`, 'see_cases', guarded(({ path }) => this.attachments.give(path.split('/').at(-1)))],
      ['GET', `${C}/:id/proofs`, 'see_cases', guarded((args) => this.#proofs(args))],
      ['GET', '/api/v1/violations/:id/grade', 'see_cases', guarded(({ id }) => [200, this.grade(id)])],
      ['GET', '/api/v1/legal-cards', 'see_cases', guarded(() => [200, { items: CARDS }])],
      ['GET', '/api/v1/reviews', 'see_reviews', guarded(() => [200, { items: this.reviews }])],
      ['POST', '/api/v1/cameras/:id/reviews', 'write_reviews', guarded(({ id, body, name }) => {
        this.reviews.unshift({ camera: id, version: this.reviews.filter(({ camera }) => camera === id).length + 1, review: body, is_example: false, account: name, at: now() });
        return [204];
      })],
      ['GET', '/api/v1/recusals', null, guarded(() => [200, { items: this.recusals }])],
      ['PUT', '/api/v1/sites/[^/]+/recusals/:id', 'manage_recusals', guarded(({ id, path, body }) => {
        this.recusals.push({ site: path.split('/')[4], account: id, reason: body.reason, noted_at: now() });
        return [204];
      })],
      ['DELETE', '/api/v1/sites/[^/]+/recusals/:id', 'manage_recusals', guarded(({ id }) => ((this.recusals = this.recusals.filter(({ account }) => account !== id)), [204]))],
    ];
  }
}

/** What `add` takes a case on with. */
const ACTS = {
  issue: { step: 'issue' }, plead: { step: 'plead', words: '当时工人正在更换安全帽内衬。' }, answer: { step: 'answer', upheld: [], reasons: '更换内衬应当先离开作业区。', outcome: 'order_to_rectify' },
  rectify: { step: 'rectify', words: '已组织培训，并在入口设置安全帽检查点。' }, return: { step: 'return', reasons: '没有培训记录。' },
  recheck: { step: 'recheck', on_site: { on: dayIn(0), words: '现场人员均佩戴安全帽。' } }, close: { step: 'close' }, withdraw: { step: 'withdraw', reason: 'discarded' },
};

function end(one, stage, reason, by) {
  one.stage = stage;
  one.ended = { reason, by, at: now() };
}

/** What each step does; answers the words that stand with it. */
const DEEDS = {
  propose(one, { step: _, violations, ...said }) {
    Object.assign(one, { members: violations, proposal: said, signatures: [] });
  },
  sign(one, _, by) {
    if (one.signatures.some(({ account }) => account === by)) refuse('signed-already');
    one.signatures.push({ account: by, certificate: '浙A20260117', at: now() });
  },
  issue(one, _, __, { lacks }) {
    const { outcome, term_days } = one.proposal;
    if (one.signatures.length < (outcome === 'remind' ? 1 : 2)) refuse('signatures-missing');
    if (outcome !== 'remind' && lacks.length > 0) refuse('grade-too-low');
    one.notice = { outcome, at: now(), due: dayIn(term_days), due_is_certain: true, service: null, acknowledged_at: null };
    one.stage = 'noticed';
  },
  record_service(one, { way, consent, on }) {
    if (way === 'electronic' && !consent) refuse('no-consent', 400);
    if (on > dayIn(0)) refuse('impossible-day', 400);
    one.notice.service = { way, consent: consent ?? null, on };
  },
  acknowledge(one) {
    if (one.notice.acknowledged_at) refuse('on-record');
    one.notice.acknowledged_at = now();
  },
  plead(one, { words }) {
    if (!words.trim()) refuse('words', 400);
    one.stage = 'pleaded';
    return words;
  },
  answer(one, { upheld, reasons, outcome }, by) {
    one.answer = { by, at: now(), upheld, reasons };
    one.left.push(...upheld);
    one.members = one.members.filter((id) => !upheld.includes(id));
    one.notice.outcome = outcome;
    if (one.members.length === 0) end(one, 'withdrawn', 'plea_upheld', by);
    else one.stage = 'answered';
    return reasons;
  },
  rectify(one, { words }, by) {
    if (one.notice.outcome !== 'order_to_rectify') refuse('not-for-outcome');
    one.rectifications.push({ by, at: now(), returned: null });
    one.stage = 'rectified';
    return words;
  },
  return(one, { reasons }) {
    one.rectifications.at(-1).returned = reasons;
    one.stage = 'returned';
    return reasons;
  },
  recheck(one, { on_site }, _, { proven }) {
    if (!on_site && !proven) refuse('unproven', 409, 'unproven');
    const proof = on_site ? { by: 'on_site', watched_s: null, on: on_site.on, words: on_site.words } : { by: 'camera', watched_s: 14_400, on: null, words: null };
    one.proofs = one.members.map((violation) => ({ violation, ...proof }));
    one.stage = 'rechecked';
  },
  hand_over(one, { to }) {
    one.handed_over = { to, at: now(), receipt_at: null };
    return to;
  },
  record_receipt(one) {
    one.handed_over.receipt_at = now();
  },
  close(one, _, by) {
    if (one.notice.outcome === 'remind' && !one.notice.acknowledged_at) refuse('not-read');
    end(one, 'closed', { remind: 'read', order_to_rectify: 'rechecked', hand_over: 'handed_over' }[one.notice.outcome], by);
  },
  withdraw(one, { reason }, by) {
    end(one, 'withdrawn', reason, by);
  },
  drop_member(one, { violation }) {
    one.left.push(violation);
    one.members = one.members.filter((id) => id !== violation);
  },
};

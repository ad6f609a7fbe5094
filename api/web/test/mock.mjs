// A server of accounts that keeps everything in memory and serves the built page with the policy of the real server. It
// knows enough of the rest for the list of violations.

import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const POLICY = "default-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const PROBLEM = 'urn:anjian:problem:';
const CODE = '123456';
const DAY_MS = 86_400_000;
const ago = (ms) => new Date(Date.now() - ms).toISOString();

const WORDS = {
  see_violations: ['查看违规', 'See violations'], see_evidence: ['查看证据图片', 'See evidence pictures'], play_clips: ['播放证据视频', 'Play evidence clips'],
  see_coverage: ['查看录像完整性', 'See recordings and coverage'], play_recordings: ['回放录像', 'Play recordings'],
  export_recordings: ['导出录像', 'Export recordings'], hold_evidence: ['保全录像和证据', 'Put and lift holds'], see_sites: ['查看企业档案', 'See site records'],
  see_cameras: ['查看摄像机', 'See cameras'], see_statistics: ['查看统计', 'See statistics'], run_jobs: ['发起重新分析', 'Run re-analysis jobs'],
  see_accounts: ['查看账号', 'See accounts'], write_accounts: ['管理账号', 'Write accounts'], end_sessions: ['结束他人会话', 'End sessions of others'],
  manage_own_account: ['管理本人账号', 'Manage the own account'], manage_own_tokens: ['管理本人令牌', 'Manage own tokens'],
  see_tokens: ['查看服务令牌', 'See service tokens'], write_tokens: ['管理服务令牌', 'Write service tokens'],
  read_own_audit: ['查看本人操作记录', 'Read the own audit entries'], read_audit: ['查看审计日志', 'Read the audit'],
  export_audit: ['导出审计日志', 'Export the audit'], take_checkpoints: ['下载审计检查点', 'Take checkpoints'], see_health: ['查看运行状态', 'See health and metrics'],
  see_storage: ['查看存储', 'See storage and holds'], give_verdict: ['判定违规', 'Give verdicts'], sign_second: ['复核签认', 'Sign verdicts second'],
};
const ALL = Object.keys(WORDS);
const without = (...names) => ALL.filter((action) => !names.includes(action));
const WRITING = ['write_accounts', 'end_sessions', 'write_tokens'];
export const MAY = {
  admin: without('export_audit', 'take_checkpoints'),
  inspector: without('see_accounts', 'see_tokens', 'read_audit', 'export_audit', 'take_checkpoints', ...WRITING),
  enterprise: ['see_violations', 'see_evidence', 'play_clips', 'see_sites', 'see_accounts', 'manage_own_account'],
  operator: ['see_violations', 'see_coverage', 'see_sites', 'see_cameras', 'manage_own_account', 'manage_own_tokens', 'see_health', 'see_storage'],
  auditor: without('hold_evidence', 'run_jobs', 'give_verdict', 'sign_second', ...WRITING),
  local: without('manage_own_account', 'manage_own_tokens', 'read_own_audit'),
};
const SCOPES = { admin: ['everything'], auditor: ['everything'], enterprise: ['sites'] };
const ROLES = [
  ['admin', '监管管理员', 'Administrator'], ['inspector', '执法人员', 'Inspector'], ['enterprise', '企业', 'Enterprise'], ['operator', '运维人员', 'Operator'],
  ['analyst', '分析人员', 'Analyst'], ['auditor', '审计人员', 'Auditor'], ['service', '服务接口', 'Service'], ['local', '本机', 'Local'],
].map(([role, zh, en]) => ({
  role, zh, en,
  scopes: SCOPES[role] ?? ['everything', 'region', 'sites'],
  grantable: role === 'operator' ? ['see_evidence', 'play_clips'] : role === 'service' ? ['see_violations', 'see_evidence', 'play_clips', 'see_sites', 'see_cameras', 'run_jobs'] : [],
}));

const person = (name, shown_name, role, scope = { kind: 'everything' }, more = {}) => ({
  name, shown_name, role, scope, grants: [], certificate: '', is_active: true, has_totp: false, must_change_password: false,
  made_at: ago(90 * DAY_MS), last_login_at: ago(3 * 3_600_000), sessions: 1, password: 'correct horse', ...more,
});

function people() {
  return [
    person('admin', '王建国', 'admin', undefined, { certificate: '浙A20260001', has_totp: false }),
    person('li.na', '李娜', 'inspector', { kind: 'region', region: '3301' }, { certificate: '浙A20260117', has_totp: true, sessions: 2 }),
    person('zhang.wei', '张伟', 'inspector', { kind: 'sites', sites: ['plant', 'mill'] }, { certificate: '浙A20260118' }),
    person('plant-safety', '陈安全', 'enterprise', { kind: 'sites', sites: ['plant'] }),
    person('ops', '赵运维', 'operator', undefined, { grants: ['see_evidence'] }),
    person('audit', '孙审计', 'auditor'),
    person('new', '新同事', 'inspector', { kind: 'sites', sites: ['mill'] }, { must_change_password: true, last_login_at: null, sessions: 0, password: 'one time 1' }),
    person('old', '钱离职', 'inspector', undefined, { is_active: false, sessions: 0, last_login_at: ago(200 * DAY_MS) }),
  ];
}

const entry = (seq, at, account, role, action, object_kind, object, why = '', before = null, after = null, address = '10.20.3.14') => ({
  seq, at, account, role, address, action, object_kind, object, why, before, after, link: createHash('sha256').update(String(seq)).digest('hex'),
});

function deeds() {
  const of = [
    (seq, at) => entry(seq, at, 'admin', 'admin', 'write_accounts', 'account', 'zhang.wei', '调任第二车间',
      { shown_name: '张伟', role: 'inspector', scope: { kind: 'sites', sites: ['plant'] }, grants: [], certificate: '浙A20260118', is_active: true },
      { shown_name: '张伟', role: 'inspector', scope: { kind: 'sites', sites: ['plant', 'mill'] }, grants: [], certificate: '浙A20260118', is_active: true }),
    (seq, at) => entry(seq, at, 'li.na', 'inspector', 'log_in', 'session', '4f1c'),
    (seq, at) => entry(seq, at, 'li.na', 'inspector', 'log_in_failed', 'account', 'li.na', '', null, null, '203.0.113.9'),
    (seq, at) => entry(seq, at, 'zhang.wei', 'inspector', 'play_recordings', 'camera', 'gate-1', '', null, null),
    (seq, at) => entry(seq, at, 'li.na', 'inspector', 'hold_evidence', 'hold', '17', '案件 2026-031', null,
      { camera: 'gate-1', from: '2026-03-01T00:00:00Z', to: '2026-03-01T02:00:00Z', who: '李娜', why: '案件 2026-031' }),
  ];
  return Array.from({ length: 130 }, (_, at) => of[at % of.length](130 - at, ago(at * 1_900_000)));
}

const words = (zh, en) => ({ zh, en });
const BEHAVIOURS = [{
  name: 'no_hard_hat', title: words('未佩戴安全帽', 'No hard hat'), help: words('作业区域内人员未佩戴安全帽', 'A person without a hard hat'), colour: '#b3261e',
  icon: 'M4 16h16M6 16v-2a6 6 0 0 1 12 0v2', keys: [], classes: ['person', 'head'], frames: 'every', looks: [],
}];

const violation = (at) => ({
  id: `00000000-0000-4000-8000-0000000000${10 + at}`, behaviour: 'no_hard_hat', camera: 'gate-1', site: 'plant', zone: 'floor', status: 'closed', verdict: 'none',
  opened_at: ago(at * 4_000_000 + 600_000), closed_at: ago(at * 4_000_000 + 560_000), recorded_at: ago(at * 4_000_000 + 600_000), score: 0.84, clip: null, snapshot: null,
  snapshot_annotated: null, model: 'head-helmet@1', rule_version: 'no_hard_hat@1', clock: { ahead_s: null },
});

const CAMERAS = [{
  id: 'gate-1', name: '一号门', site: 'plant', configured: true, state: 'live', since: ago(DAY_MS), last_frame: ago(500), reason: null, zones: { floor: '作业区' },
}, {
  id: 'yard-2', name: '堆场', site: 'plant', configured: true, state: 'live', since: ago(DAY_MS), last_frame: ago(500), reason: null, zones: { floor: '作业区' },
}];

const SITES = [['plant', '红星机械制造有限公司'], ['mill', '东江轧钢厂'], ['depot', '城北危化品仓库']].map(([id, name]) => ({
  id, name, time_zone: 'Asia/Shanghai', configured: true, credit_code: '', risk_level: '',
  cameras: CAMERAS.filter((camera) => camera.site === id).map((camera) => ({ id: camera.id, name: camera.name, zones: camera.zones })),
}));

/** A pattern that looks like a code for authenticator apps; nothing reads it. */
function qr() {
  const size = 33;
  const isFinder = (x, y) => [[0, 0], [size - 7, 0], [0, size - 7]].some(([left, top]) => {
    const [dx, dy] = [x - left, y - top];
    if (dx < 0 || dy < 0 || dx > 6 || dy > 6) return false;
    return dx === 0 || dy === 0 || dx === 6 || dy === 6 || (dx > 1 && dx < 5 && dy > 1 && dy < 5);
  });
  const isNear = (x, y) => (x < 8 && y < 8) || (x > size - 9 && y < 8) || (x < 8 && y > size - 9);
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (__, x) => (isFinder(x, y) || (!isNear(x, y) && (x * 7 + y * 13 + x * y) % 3 === 0) ? '1' : '0')).join(''));
}

export class Refusal extends Error {
  constructor(status, kind, detail, more = {}) {
    super(detail);
    Object.assign(this, { status, kind, detail, more });
  }
}

/** The state of one server. Tests read and change it. */
class World {
  constructor({ login = 'required', demo = false, singleSignOn = null, routes = [] } = {}) {
    Object.assign(this, { sites: SITES, cameras: CAMERAS, login, singleSignOn, routes, accounts: people(), audit: deeds(), sessions: new Map(), asked: [], streams: new Set(), files: new Map() });
    this.tokens = { own: [token('日报脚本', 'admin', ['see_violations'])], service: [token('市监管平台对接', null, ['see_violations', 'see_sites', 'see_cameras'])] };
    const shown = ['admin', 'li.na', 'plant-safety', 'audit'];
    this.demo = demo ? this.accounts.filter(({ name }) => shown.includes(name)).map(({ name, role, password }) => ({ name, role, password })) : [];
    this.failures = 0;
    this.openSessions = [
      { id: 's1', address: '10.20.3.14', agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36', made_at: ago(3_600_000), seen_at: ago(5_000), ends_at: ago(-8 * 3_600_000), is_this: true },
      { id: 's2', address: '10.20.7.2', agent: 'Mozilla/5.0 (Linux; Android 15; HarmonyOS) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36', made_at: ago(2 * DAY_MS), seen_at: ago(DAY_MS), ends_at: ago(-DAY_MS), is_this: false },
    ];
  }

  /** Ends every session, as a restart or the passing of time does. */
  expire() {
    this.sessions.clear();
    for (const stream of this.streams) stream.end();
  }

  find(name) {
    return this.accounts.find((account) => account.name === name);
  }
}

function token(name, owner, actions) {
  return { id: randomBytes(4).toString('hex'), name, owner, actions, scope: { kind: 'everything' }, made_by: 'admin', made_at: ago(9 * DAY_MS), ends_at: ago(-81 * DAY_MS), used_at: ago(7_200_000) };
}

const shownOf = ({ password: _, ...account }) => account;

function ownView(account) {
  const { name, shown_name, role, scope, must_change_password, has_totp, certificate } = account;
  return { name, shown_name, role, scope, must_change_password, has_totp, certificate, actions: [...MAY[role] ?? MAY.inspector, ...(account.grants ?? [])], session_ends_at: ago(-8 * 3_600_000) };
}

function sessionView(world, account) {
  const local = { name: 'local', shown_name: '', role: 'local', scope: { kind: 'everything' }, certificate: '' };
  const own = world.login === 'none' ? ownView(local) : account ? ownView(account) : null;
  return { login: world.login, account: own, demo: world.demo, single_sign_on: world.singleSignOn };
}

function signIn(world, body, setCookie) {
  const account = world.find(body.account);
  if (world.failures >= 3) throw new Refusal(429, 'too-many', 'too many attempts', { retryAfter: 5 });
  if (!account || account.password !== body.password || !account.is_active) {
    world.failures += 1;
    throw new Refusal(401, 'login', 'account or password wrong');
  }
  if (account.has_totp && !body.code) throw new Refusal(401, 'code-needed', 'send the code too');
  if (account.has_totp && body.code !== CODE) throw new Refusal(401, 'code', 'wrong or used code');
  world.failures = 0;
  const id = randomBytes(8).toString('hex');
  world.sessions.set(id, account.name);
  setCookie(id);
  return [201, sessionView(world, account)];
}

function auditPage(world, query) {
  const limit = Number(query.get('limit') ?? 100);
  const before = Number(query.get('before') ?? Infinity);
  const fits = (item) => ['account', 'action', 'object_kind', 'object'].every((key) => !query.get(key) || item[key] === query.get(key)) && item.seq < before;
  const items = world.audit.filter(fits).slice(0, limit);
  return [200, { items, next_before: items.length === limit ? items.at(-1).seq : null }];
}

function makeToken(list, body, owner) {
  const item = { ...token(body.name, owner, body.actions), scope: body.scope ?? { kind: 'everything' }, ends_at: ago(-body.days * DAY_MS), used_at: null };
  list.push(item);
  return [201, { token: `anj_${randomBytes(20).toString('hex')}`, item }];
}

const ONE_TIME = 'kiwi-lamp-4821-rose';
const need = (account, action) => {
  if (!account.actions.includes(action)) throw new Refusal(403, 'forbidden', `this needs ${action}`);
};

/** [method, path, action or null, answer]. */
const ROUTES = [
  ['GET', '/api/v1/behaviours', null, () => [200, { items: BEHAVIOURS }]],
  ['GET', '/api/v1/sites', 'see_sites', () => [200, { items: SITES }]],
  ['GET', '/api/v1/cameras', 'see_cameras', () => [200, { items: CAMERAS }]],
  ['GET', '/api/v1/violations', 'see_violations', () => [200, { items: [0, 1, 2, 3, 4].map(violation), next_cursor: null }]],
  ['GET', '/api/v1/violations/counts', 'see_violations', () => [200, { by_behaviour: [{ key: 'no_hard_hat', count: 5 }], by_camera: [{ key: 'gate-1', count: 5 }], by_hour: [], by_day: [] }]],
  ['GET', '/api/v1/roles', null, () => [200, { roles: ROLES, actions: [...ALL.map((action) => ({ action, zh: WORDS[action][0], en: WORDS[action][1] })), { action: 'log_in', zh: '登录', en: 'Signed in' }, { action: 'log_in_failed', zh: '登录失败', en: 'Failed to sign in' }] }]],
  ['PUT', '/api/v1/account/password', 'manage_own_account', ({ body, world, name }) => {
    const account = world.find(name);
    if (body.current !== account.password) throw new Refusal(401, 'login', 'the present password is wrong');
    if (body.new.length < 12) throw new Refusal(400, 'password', 'a password has at least 12 characters', { key: 'short' });
    Object.assign(account, { password: body.new, must_change_password: false });
    return [204];
  }],
  ['POST', '/api/v1/account/totp', 'manage_own_account', ({ body, world, name }) => {
    if (body.password !== world.find(name).password) throw new Refusal(401, 'login', 'the password is wrong');
    return [200, { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Anjian', qr: qr() }];
  }],
  ['PUT', '/api/v1/account/totp', 'manage_own_account', ({ body, world, name }) => {
    if (body.code !== CODE) throw new Refusal(401, 'code', 'wrong code');
    world.find(name).has_totp = true;
    return [204];
  }],
  ['DELETE', '/api/v1/account/totp', 'manage_own_account', ({ world, name }) => ((world.find(name).has_totp = false), [204])],
  ['GET', '/api/v1/account/sessions', 'manage_own_account', ({ world }) => [200, { items: world.openSessions }]],
  ['DELETE', '/api/v1/account/sessions/:id', 'manage_own_account', ({ world, id }) => ((world.openSessions = world.openSessions.filter((one) => one.id !== id)), [204])],
  ['GET', '/api/v1/account/tokens', 'manage_own_tokens', ({ world }) => [200, { items: world.tokens.own }]],
  ['POST', '/api/v1/account/tokens', 'manage_own_tokens', ({ world, body, name }) => makeToken(world.tokens.own, body, name)],
  ['DELETE', '/api/v1/account/tokens/:id', 'manage_own_tokens', ({ world, id }) => ((world.tokens.own = world.tokens.own.filter((one) => one.id !== id)), [204])],
  ['GET', '/api/v1/tokens', 'see_tokens', ({ world }) => [200, { items: world.tokens.service }]],
  ['POST', '/api/v1/tokens', 'write_tokens', ({ world, body }) => makeToken(world.tokens.service, body, null)],
  ['DELETE', '/api/v1/tokens/:id', 'write_tokens', ({ world, id }) => ((world.tokens.service = world.tokens.service.filter((one) => one.id !== id)), [204])],
  ['GET', '/api/v1/accounts', 'see_accounts', ({ world }) => [200, { items: world.accounts.map(shownOf) }]],
  ['POST', '/api/v1/accounts', 'write_accounts', ({ world, body }) => {
    if (world.find(body.name)) throw new Refusal(409, 'known', 'there is such an account');
    const account = person(body.name, body.shown_name, body.role, body.scope, { ...body, must_change_password: true, last_login_at: null, sessions: 0 });
    world.accounts.push(account);
    return [201, { account: shownOf(account), one_time_password: ONE_TIME }];
  }],
  ['PUT', '/api/v1/accounts/:id', 'write_accounts', ({ world, body: { why: _, ...body }, id }) => {
    if (id === 'admin' && (!body.is_active || body.role !== 'admin')) throw new Refusal(409, 'last-admin', 'the last administrator');
    return [200, shownOf(Object.assign(world.find(id), body))];
  }],
  ['POST', '/api/v1/accounts/:id/reset', 'write_accounts', ({ world, id, body }) => {
    Object.assign(world.find(id), { must_change_password: true, sessions: 0, ...(body.also_totp ? { has_totp: false } : {}) });
    return [200, { one_time_password: ONE_TIME }];
  }],
  ['GET', '/api/v1/accounts/:id/sessions', 'see_accounts', ({ world, id }) => [200, { items: world.find(id).sessions ? world.openSessions.map((one) => ({ ...one, is_this: false })) : [] }]],
  ['DELETE', '/api/v1/accounts/:id/sessions', 'end_sessions', ({ world, id }) => ((world.find(id).sessions = 0), [204])],
  ['GET', '/api/v1/audit', null, ({ world, query, account }) => {
    if (!account.actions.includes('read_audit')) query.set('account', account.name);
    return auditPage(world, query);
  }],
  ['GET', '/api/v1/audit/export.csv', 'export_audit', () => [200, 'seq,at\n1,2026\n', { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="anjian-audit.csv"' }]],
  ['POST', '/api/v1/audit/checkpoint', 'take_checkpoints', () => [200, { payload: '…' }]],
];

function find(world, method, path) {
  for (const [verb, pattern, action, answer] of [...world.routes, ...ROUTES]) {
    const found = new RegExp(`^${pattern.replace(':id', '([^/]+)')}$`).exec(path);
    if (verb === method && found) return { action, answer, id: found[1] && decodeURIComponent(found[1]) };
  }
  throw new Refusal(404, 'not-found', `nothing at ${path}`);
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (!/json/.test(request.headers['content-type'] ?? 'json')) return bytes;
  return bytes.length > 0 ? JSON.parse(bytes) : {};
}

function stream(world, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': here\n\n');
  world.streams.add(response);
  response.on('close', () => world.streams.delete(response));
  return null;
}

async function answerApi(world, request, url, response) {
  const [cookieName, value] = (request.headers.cookie ?? '').split('=');
  const name = cookieName === 'session' ? world.sessions.get(value) : undefined;
  const setCookie = (id) => response.setHeader('set-cookie', `session=${id}; HttpOnly; SameSite=Strict; Path=/`);
  const body = await bodyOf(request);
  const account = sessionView(world, name && world.find(name)).account;
  if (url.pathname === '/api/v1/session') {
    if (request.method === 'POST') return signIn(world, body, setCookie);
    if (request.method === 'DELETE') return world.sessions.delete(value), [204];
    return [200, sessionView(world, name && world.find(name))];
  }
  if (!account) throw new Refusal(401, 'signed-out', 'sign in');
  if (account.must_change_password && url.pathname !== '/api/v1/account/password') throw new Refusal(403, 'password-change', 'change the password');
  if (url.pathname === '/api/v1/live') return stream(world, response);
  const { action, answer, id } = find(world, request.method, url.pathname);
  if (action) need(account, action);
  return answer({ world, body, id, name, account, query: url.searchParams, request, path: url.pathname });
}

async function answerFile(world, path, response) {
  const file = normalize(path === '/' ? '/index.html' : path);
  const bytes = world.files.get(file) ?? (await readFile(join(DIST, file)));
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(bytes);
}

function refuse(response, cause) {
  const { status = 500, kind = 'internal', detail = String(cause.message), more = {} } = cause;
  if (more.retryAfter) response.setHeader('retry-after', more.retryAfter);
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: PROBLEM + kind, title: kind, status, detail, ...(more.key ? { key: more.key } : {}) }));
}

/** Starts a server. Answers its address and its world. */
export async function startMock(options) {
  const world = new World(options);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1');
    response.setHeader('content-security-policy', POLICY);
    world.asked.push(`${request.method} ${url.pathname}`);
    try {
      if (url.pathname === '/healthz') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      if (!url.pathname.startsWith('/api/')) return await answerFile(world, url.pathname, response);
      const answer = await answerApi(world, request, url, response);
      if (!answer) return undefined;
      const [status, body, headers = { 'content-type': 'application/json' }] = answer;
      response.writeHead(status, headers).end(body === undefined ? '' : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
    } catch (cause) {
      refuse(response, cause);
    }
    return undefined;
  });
  await new Promise((resume) => server.listen(0, '127.0.0.1', resume));
  return { address: `http://127.0.0.1:${server.address().port}`, world, close: () => (server.closeAllConnections(), server.close()) };
}

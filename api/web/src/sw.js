// The service worker: the page opens without a connection. It keeps the built files of this build and nothing else; what the
// server answers under /api passes it by. `vite.config.ts` writes the two constants, so that another build is another worker.

const FILES = __FILES__;
const PREFIX = 'anjian-';
const CACHE = PREFIX + __VERSION__;
const PAGE = '/';
/** A network that answers nothing for so long is none. */
const PATIENCE_MS = 4_000;

self.addEventListener('install', (event) => {
  // At once: the page asks for an address anew with every visit, and files of other builds are asked of the server.
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(page(request));
  else if (FILES.includes(pathname) && pathname !== PAGE) event.respondWith(file(request));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((path) => new Request(path, { cache: 'no-cache' })));
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

/** The server's page where it answers: it may be newer. */
async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // The one that was kept, below.
  }
  return (await caches.match(PAGE, { cacheName: CACHE })) ?? fetch(request);
}

/** Built files are named by their content: the one that was kept is the one that is asked for. */
async function file(request) {
  return (await caches.match(new URL(request.url).pathname, { cacheName: CACHE })) ?? fetch(request);
}

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** Tells the service worker what was built. It stands beside the page: from a folder it would serve that folder only. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const [page, worker] = [bundle['index.html'], bundle['sw.js']];
      if (page?.type !== 'asset' || worker?.type !== 'chunk') throw new Error('the page or its service worker is not built');
      const files = ['/', '/favicon.svg', ...Object.keys(bundle).filter((name) => name.startsWith('assets/')).toSorted().map((name) => `/${name}`)];
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${files}${page.source}`));
      const version = [...new Uint8Array(digest.slice(0, 6))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      worker.code = worker.code.replace('__FILES__', JSON.stringify(files)).replace('__VERSION__', JSON.stringify(version));
    },
  };
}

export default defineConfig({
  plugins: [svelte(), serviceWorker()],
  build: {
    target: 'es2023',
    // The server sends a policy of 'self' only: nothing may be inlined as data: or as a script element.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ['index.html', 'src/sw.js'],
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  // `npm run dev` beside a running `anjian serve`.
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/healthz': 'http://127.0.0.1:8080' } },
});

// Files that the server makes. A link alone would save the server's refusal as a file.

import { ask, requestOf } from './api';
import { session } from './session.svelte';

/** Until then the browser has begun to save. */
const REVOKE_AFTER_MS = 10_000;

/** Lets the browser save what stands at an address, after making sure that somebody is signed in. */
export async function download(path: string): Promise<void> {
  await session.confirm();
  save(path, '');
}

/** Saves the answer to a POST. */
export async function downloadPosted(path: string, name: string): Promise<void> {
  const response = await ask(path, requestOf('POST'));
  const url = URL.createObjectURL(await response.blob());
  save(url, name);
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

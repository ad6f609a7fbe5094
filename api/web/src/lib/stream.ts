// The stream of server-sent events, kept open. The browser itself resumes after a short break and the server
// fills what was missed; where the browser gives up (a refused request), this starts anew.

import type { Camera, Violation } from './api';
import type { CaseRow } from './cases';

export type Connection = 'connecting' | 'live' | 'lost';

export interface Listener {
  violation(violation: Violation): void;
  camera(camera: Camera): void;
  /** A step was taken. */
  casefile(row: CaseRow): void;
  connection(state: Connection): void;
  /** Something may have been missed: read everything again. */
  fresh(): void;
  /** The server refused the stream: makes sure that somebody is signed in. Answers whether it took a new login. */
  confirm(): Promise<boolean>;
}

const RETRY_MS = 5_000;

export function listen(listener: Listener): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  function start(): void {
    let isFirst = true;
    source = new EventSource('/api/v1/live');
    source.addEventListener('violation', (event) => listener.violation(JSON.parse(event.data) as Violation));
    source.addEventListener('camera', (event) => listener.camera(JSON.parse(event.data) as Camera));
    source.addEventListener('case', (event) => listener.casefile(JSON.parse(event.data) as CaseRow));
    source.addEventListener('reset', () => listener.fresh());
    source.onopen = () => {
      listener.connection('live');
      if (isFirst) listener.fresh();
      isFirst = false;
    };
    source.onerror = () => {
      listener.connection('lost');
      if (source.readyState === EventSource.CLOSED) void refused();
    };
  }

  async function refused(): Promise<void> {
    const isRenewed = await listener.confirm();
    if (!isStopped) retry = setTimeout(start, isRenewed ? 0 : RETRY_MS);
  }

  listener.connection('connecting');
  start();
  return () => {
    isStopped = true;
    clearTimeout(retry);
    source.close();
  };
}

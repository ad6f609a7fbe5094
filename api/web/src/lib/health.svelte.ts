// Whether the server keeps what it should: asked now and then, so that a person sees a failure that no list shows.

import type { HealthView } from './openapi';

const ASK_EVERY_MS = 10_000;

/** What fails; null while all is well, or the server does not answer at all, which the top bar says. */
export type Failure = { recorders: NonNullable<HealthView['recorders']>; threads: NonNullable<HealthView['threads']>; detail: string | null };

class Health {
  failure = $state<Failure | null>(null);

  start(): () => void {
    void this.#ask();
    const timer = setInterval(() => {
      if (!document.hidden) void this.#ask();
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }

  async #ask(): Promise<void> {
    try {
      const response = await fetch('/healthz');
      this.failure = response.ok ? null : failureOf(await response.json());
    } catch {
      this.failure = null;
    }
  }
}

function failureOf(answer: Partial<HealthView> & { detail?: string }): Failure {
  return { recorders: answer.recorders ?? [], threads: answer.threads ?? [], detail: answer.detail ?? null };
}

export const health = new Health();

// How long a violation was on the screen and how much of its clip was played: what stands in the audit beside a verdict.

export class Exposure {
  #total_ms = 0;
  #since: number | null = null;
  #ranges: [number, number][] = [];

  /** It is in front, in a window that can be seen. */
  begin(now: number): void {
    this.#since ??= now;
  }

  end(now: number): void {
    if (this.#since !== null) this.#total_ms += now - this.#since;
    this.#since = null;
  }

  /** Stretches of the clip that were played, seconds; the same stretch counts once. */
  played(ranges: [number, number][]): void {
    this.#ranges = joined([...this.#ranges, ...ranges]);
  }

  for_ms(now: number): number {
    return Math.round(this.#total_ms + (this.#since === null ? 0 : now - this.#since));
  }

  /** Since it was last put in front. */
  inFront_ms(now: number): number {
    return this.#since === null ? 0 : now - this.#since;
  }

  clip_ms(): number {
    return Math.round(this.#ranges.reduce((sum, [from, to]) => sum + to - from, 0) * 1000);
  }
}

function joined(ranges: [number, number][]): [number, number][] {
  const list: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = list.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else list.push([from, to]);
  }
  return list;
}

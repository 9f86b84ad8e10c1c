const minuteMs = 60_000;

/**
 * A spend counts until a full hour has passed since the *end* of its minute, so that no window of sixty minutes ever
 * holds more than the budget; that takes one slot more than sixty.
 */
const slots = 61;

/** Milliseconds spent in one minute; the minute is counted from the epoch. */
export type MinuteSpend = readonly [minute: number, spentMs: number];

/** The blocked milliseconds of the last hour, by minute, in fixed memory. Times are milliseconds since the epoch. */
export interface PauseWindow {
  add(nowMs: number, spentMs: number): void;
  /** Gives back what was reserved at `atMs`, if that minute is still held. */
  refund(atMs: number, refundMs: number): void;
  spentMs(nowMs: number): number;
  /** Milliseconds until at least `freeMs` of what is spent has aged out; infinite when less than that is spent. */
  waitMs(nowMs: number, freeMs: number): number;
  entries(nowMs: number): MinuteSpend[];
}

export function createPauseWindow(): PauseWindow {
  const minutes = new Float64Array(slots).fill(-1);
  const spent = new Float64Array(slots);

  function entries(nowMs: number): MinuteSpend[] {
    const oldest = Math.floor(nowMs / minuteMs) - slots;
    const found: MinuteSpend[] = [];
    for (let slot = 0; slot < slots; slot++) {
      const minute = minutes[slot] ?? -1;
      const value = spent[slot] ?? 0;
      if (minute > oldest && value > 0) found.push([minute, value]);
    }
    return found.sort(([a], [b]) => a - b);
  }

  return {
    add(nowMs, spentMs) {
      const minute = Math.floor(nowMs / minuteMs);
      const slot = minute % slots;
      const held = minutes[slot] === minute ? (spent[slot] ?? 0) : 0;
      minutes[slot] = minute;
      spent[slot] = held + spentMs;
    },
    refund(atMs, refundMs) {
      const minute = Math.floor(atMs / minuteMs);
      const slot = minute % slots;
      if (minutes[slot] === minute) spent[slot] = Math.max(0, (spent[slot] ?? 0) - refundMs);
    },
    spentMs: (nowMs) => entries(nowMs).reduce((sum, [, value]) => sum + value, 0),
    waitMs(nowMs, freeMs) {
      let freed = 0;
      for (const [minute, value] of entries(nowMs)) {
        freed += value;
        if (freed >= freeMs) return (minute + slots) * minuteMs - nowMs;
      }
      return Infinity;
    },
    entries,
  };
}

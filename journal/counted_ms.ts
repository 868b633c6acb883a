/**
 * When a record counts as appended, in ms since 1970. A time that lies ahead of the clock counts as the moment when the
 * clock was last seen to have gone back: one message of a clock that was two days ahead would otherwise hold up the
 * removal of everything after it for two days.
 *
 * @param at What the clock said when the record was appended.
 * @param wentBackMs When the clock was last seen to have gone back. A store keeps it.
 */
export function countedMs(at: number, now: number, wentBackMs: number): number {
  return at <= now ? at : Math.min(wentBackMs, now);
}

/**
 * Whether a time has come that was `waitMs` ahead when it was set; times are in milliseconds since the epoch, and
 * infinity never comes. A clock that is set back must not put it off by more than one wait.
 */
export function isReached(at: number, now: number, waitMs: number): boolean {
  return now >= at || (at - now > waitMs && at !== Number.POSITIVE_INFINITY);
}

/** The page of so many that is meant by a number. */
export function bounded(page: number, count: number): number {
  return Math.min(Math.max(1, Math.round(page) || 1), count);
}

/** The same where the first page follows the last. */
export function wrapped(page: number, count: number): number {
  return ((((page - 1) % count) + count) % count) + 1;
}

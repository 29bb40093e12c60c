import type { Connection } from "../../protocol/data.ts";

/** How many different connections are remembered; repeats of one are counted, not listed. */
const remembered = 500;

export interface ConnectionLog {
  add(connection: Connection): void;
  /** In the order of the latest attempts. */
  list(): Connection[];
}

/** The connections that were tried, the latest last; repeats of one, by whichever process, are counted. */
export function createConnectionLog(): ConnectionLog {
  const log = new Map<string, { connection: Connection; times: number }>();
  return {
    add(connection) {
      const { time: _, process: __, ...same } = connection;
      const key = JSON.stringify(same);
      const times = (log.get(key)?.times ?? 0) + 1;
      // Put at the end again, so that the list stays in the order of the latest attempts.
      log.delete(key);
      log.set(key, { connection, times });
      const oldest = log.keys().next();
      if (log.size > remembered && !oldest.done) log.delete(oldest.value);
    },
    list: () =>
      [...log.values()].map(({ connection, times }) =>
        times === 1 ? connection : { ...connection, reason: `${connection.reason} (${times} times)` },
      ),
  };
}

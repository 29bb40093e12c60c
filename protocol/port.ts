import type { Port } from "./channel.ts";

/** The part of a forked child process, or of `process` inside it, that a port needs. */
export interface ProcessLike {
  send?(message: object, callback: (error: Error | null) => void): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
}

/** A port over the IPC channel of a forked process; both ends use it. */
export function processPort(peer: ProcessLike): Port {
  return {
    send(message) {
      // A failed send also ends the connection, which `disconnect` reports.
      peer.send?.(message as object, () => undefined);
    },
    listen(onMessage, onClose) {
      peer.on("message", onMessage);
      peer.on("disconnect", () => onClose("its connection closed"));
    },
  };
}

/** Two ends in one process, for tests. Messages are copied, as they are between processes. */
export function portPair(): [Port & { close(reason: string): void }, Port & { close(reason: string): void }] {
  const ends = [0, 1].map(() => ({
    message: (_: unknown): void => undefined,
    closed: (_: string): void => undefined,
  }));
  const port = (own: number): Port & { close(reason: string): void } => ({
    send(message) {
      const copy: unknown = JSON.parse(JSON.stringify(message));
      queueMicrotask(() => ends[1 - own]?.message(copy));
    },
    listen(onMessage, onClose) {
      const end = ends[own];
      if (!end) return;
      end.message = onMessage;
      end.closed = onClose;
    },
    close(reason) {
      for (const end of ends) end.closed(reason);
    },
  });
  return [port(0), port(1)];
}

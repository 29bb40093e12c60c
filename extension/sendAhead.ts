import type { Channel } from "../protocol/channel.ts";
import type { FileEnds, ReaderContract, ReaderHostContract } from "../protocol/reader.ts";

/** What drawing a PDF takes in any case. */
export interface SentAhead {
  /** The script of pdf.js's worker. */
  readonly worker: Promise<Uint8Array<ArrayBuffer>>;
  readonly ends: Promise<FileEnds>;
}

/**
 * Sends it while VS Code is still making the page, which gets it when it is there. The worker goes first: it takes time
 * to start. What can't be read the page will ask for, and be told why.
 */
export async function sendAhead(
  channel: Pick<Channel<ReaderContract, ReaderHostContract>, "notify">,
  { worker, ends }: SentAhead,
): Promise<void> {
  const isSent = worker.then((bytes) => channel.notify("worker", { bytes }));
  await Promise.allSettled([isSent, ends]);
  await ends.then((found) => channel.notify("ends", found)).catch(() => undefined);
}

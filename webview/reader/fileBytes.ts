import type { FileEnds } from "../../protocol/reader.ts";

/** Parts begin at multiples of this; no less than a part is asked for. */
export const partBytes = 128 << 10;
/** Messages of two megabytes: while one is taken in, the next one is packed. */
const partsInMessage = 16;
const messagesAtOnce = 2;
/** What is read ahead is held here until it is asked for. */
const maxPartsAhead = 64;

/** Reads bytes [begin, end) of the file. */
type ReadRange = (begin: number, end: number) => Promise<Uint8Array>;

/**
 * The bytes of a file for pdf.js, which asks for each part once. While the first page is on its way the file is read
 * ahead, from its end, where most producers put what all pages need. pdf.js learns late what a page takes, and that may
 * be nearly all of the file: what LibreOffice writes gives each page all pictures of the document.
 */
export class FileBytes {
  private readonly ends: FileEnds;
  private readonly range: ReadRange;
  /** What is read ahead or about to be, and has not been asked for. */
  private readonly ahead = new Map<number, Promise<Uint8Array>>();
  private readonly taken = new Set<number>();
  /** The parts that can be read ahead: those from `first` on, before `next`. */
  private readonly first: number;
  private next: number;
  /** Ends when nobody waits for what was not read ahead. */
  private asked: Promise<unknown> = Promise.resolve();

  constructor(ends: FileEnds, range: ReadRange) {
    this.ends = ends;
    this.range = range;
    this.next = Math.ceil(this.endFrom / partBytes);
    this.first = Math.max(Math.ceil(ends.start.length / partBytes), this.next - maxPartsAhead);
  }

  /** Begins to read ahead. What is asked for goes first. */
  readAhead(): void {
    for (let count = 0; count < messagesAtOnce; count++) void this.goAhead();
  }

  /** Reads ahead no more, and lets go of what nobody has asked for. */
  stop(): void {
    this.next = this.first;
    this.ahead.clear();
  }

  /** Bytes [begin, end), where begin is the beginning of a part. */
  async read(begin: number, end: number): Promise<Uint8Array> {
    const whole = new Uint8Array(end - begin);
    const put = async (at: number, bytes: Promise<Uint8Array>): Promise<void> =>
      whole.set(await bytes, at - begin);
    const coming: Promise<void>[] = [];
    const missing: number[] = [];
    for (let part = begin / partBytes; part * partBytes < end; part++) {
      const known = this.known(part);
      if (known) coming.push(put(part * partBytes, known));
      else missing.push(part);
      this.taken.add(part);
    }
    if (missing.length > 0) {
      const read = inTurn(runsOf(missing), ([from, until]) =>
        put(from * partBytes, this.rangeOf(from, until)),
      );
      this.asked = Promise.allSettled([this.asked, read]);
      coming.push(read);
    }
    await Promise.all(coming);
    return whole;
  }

  private get endFrom(): number {
    return this.ends.size - this.ends.end.length;
  }

  /** A part that lies at the file's end, or was read ahead. */
  private known(part: number): Promise<Uint8Array> | undefined {
    const begin = part * partBytes - this.endFrom;
    if (begin >= 0) return Promise.resolve(this.ends.end.subarray(begin, begin + partBytes));
    const bytes = this.ahead.get(part);
    this.ahead.delete(part);
    return bytes;
  }

  private async goAhead(): Promise<void> {
    for (;;) {
      await this.asked;
      while (this.next > this.first && this.taken.has(this.next - 1)) this.next--;
      const until = this.next;
      while (this.next > this.first && until - this.next < partsInMessage && !this.taken.has(this.next - 1)) {
        this.next--;
      }
      if (this.next === until) return;
      const from = this.next;
      const bytes = this.rangeOf(from, until);
      // Who asks for a part hears of the failure.
      const isRead = bytes.then(
        () => true,
        () => false,
      );
      for (let part = from; part < until; part++) {
        const at = (part - from) * partBytes;
        const own = bytes.then((all) => all.subarray(at, at + partBytes));
        own.catch(() => undefined);
        this.ahead.set(part, own);
      }
      if (!(await isRead)) return this.stop();
    }
  }

  private rangeOf(from: number, until: number): Promise<Uint8Array> {
    return this.range(from * partBytes, Math.min(until * partBytes, this.ends.size));
  }
}

type Run = readonly [from: number, until: number];

/** Parts that stand side by side, as far as they fit into a message. */
function runsOf(parts: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const part of parts) {
    const [from, until] = runs.at(-1) ?? [0, -1];
    if (until === part && part - from < partsInMessage) runs[runs.length - 1] = [from, part + 1];
    else runs.push([part, part + 1]);
  }
  return runs;
}

/** Does something for each, some at a time. */
async function inTurn<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const work = async (): Promise<void> => {
    for (const one of left) await act(one);
  };
  await Promise.all(Array.from({ length: messagesAtOnce }, work));
}

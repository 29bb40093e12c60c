import { CarrelError } from "../../protocol/channel.ts";

/** Why a request may fail with a sentence and a remedy: something was really wrong while it ran. */
export interface Excuse {
  /** The request was cancelled by its own asker. */
  readonly cancelled: boolean;
  /** Its engine was ended or killed. */
  readonly gone: boolean;
  /** A model or a folder was away, the engine paused, its index deleted, or another process writing. */
  readonly trouble: boolean;
}

/** No request of a soak takes longer, not even on a machine on which ending an engine takes half a minute. */
const endsWithinMs = 300_000;

/** Texts of libraries and of the system, which say nothing to a person. */
const raw = [
  /\blance(db)?\b|is closed|\bTable '|rust|tokio|os error|\bundefined\b|\bnull\b|not been told|napi/i,
  /\bENO[A-Z]+\b|\bE(ACCES|PERM|XIST|BADF|MFILE|BUSY)\b|\bat .*\.ts:\d/,
];

/** All requests of a sequence: which have not ended, and what went wrong with those that have. */
export class Requests {
  readonly problems: string[] = [];
  private readonly open = new Set<Promise<void>>();

  /**
   * Follows a request to its end.
   * @param verify Finds fault with its result.
   */
  follow<T>(
    name: string,
    request: Promise<T>,
    excuse: () => Excuse,
    verify: (value: T) => readonly string[] = () => [],
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), endsWithinMs);
    });
    const outcome = request.then(
      (value) => verify(value),
      (error: unknown) => judgeError(error, excuse()),
    );
    const followed = Promise.race([outcome, late]).then((result) => {
      clearTimeout(timer);
      this.open.delete(followed);
      const found = result === "late" ? ["has not ended"] : result;
      for (const problem of found) this.problems.push(`${name}: ${problem}`);
    });
    this.open.add(followed);
    return followed;
  }

  async allEnded(): Promise<void> {
    while (this.open.size > 0) await Promise.all(this.open);
  }
}

function judgeError(error: unknown, excuse: Excuse): string[] {
  if (!(error instanceof CarrelError)) return [`threw ${String(error)}`];
  const { code, message, remedy } = error;
  const said = `failed with “${message}” (remedy “${remedy}”, ${code})`;
  if (code === "cancelled") return excuse.cancelled || excuse.trouble ? [] : [said];
  if (code === "gone") return excuse.gone ? [] : [said];
  if (raw.some((one) => one.test(message))) return [`${said}: a raw text`];
  if (remedy === "") return [`${said}: no remedy`];
  return excuse.trouble ? [] : [`${said}: nothing was wrong`];
}

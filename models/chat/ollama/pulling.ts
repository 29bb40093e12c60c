import * as v from "valibot";
import { CarrelError, type RequestContext } from "../../../protocol/channel.ts";
import type { PullProgress } from "../../../protocol/data.ts";
import type { Fetch } from "../../egress/gate.ts";
import { boundedLines } from "../boundedLines.ts";
import { boundedText } from "../boundedText.ts";
import { ServerStateError } from "../errors.ts";
import { type answerLimits, whileAlive, withinTime } from "../patience.ts";
import type { Api } from "./api.ts";
import { endless, explain, garbled, stalled } from "./ollamaErrors.ts";
import { goneInPull, pullFailed } from "./pullErrors.ts";
import { pullLine, versionAnswer } from "./schemas.ts";

/** Large models on slow lines; people can stop it long before. */
const longestPullMs = 24 * 60 * 60_000;
/** The server's sums over a large model's files take minutes, in which it says nothing. */
const silentPullMs = 20 * 60_000;
const maxErrorBytes = 100_000;
/** Each thousandth is told, and no more: the server tells of each sixtieth of a second. */
const steps = 1000;

export interface PullParts {
  readonly api: Api;
  readonly fetch: Fetch;
  readonly limits: ReturnType<typeof answerLimits>;
}

interface Wanted {
  readonly model: string;
  /** The host that the server downloads it from. */
  readonly from: string;
}

/** Lets the server download a model. Ends when it says that it has it; leaving off closes the connection. */
export async function pullModel(
  wanted: Wanted,
  parts: PullParts,
  { signal, progress }: RequestContext<PullProgress>,
): Promise<void> {
  const { api, limits } = parts;
  // Nothing is asked for from what is not Ollama.
  const isAlive = () => api.ask("version", versionAnswer, { signal });
  await isAlive();
  const connection = new AbortController();
  try {
    await whileAlive(follow(wanted, parts, { signal, progress }, connection), {
      ...{ everyMs: limits.aliveMs, longestMs: longestPullMs, isAlive },
      giveUp: () => connection.abort(goneInPull(wanted.model)),
      late: () => connection.abort(endless()),
    });
  } catch (error) {
    if (signal.aborted || error instanceof CarrelError) throw error;
    const reason: unknown = connection.signal.reason;
    if (reason instanceof CarrelError) throw reason;
    // A server that is not there at all says so; one that was there has gone.
    const explained = explain(error, api.url);
    throw explained instanceof ServerStateError ? explained : goneInPull(wanted.model);
  } finally {
    connection.abort();
  }
}

async function follow(
  { model, from }: Wanted,
  { api, fetch, limits }: PullParts,
  { signal, progress }: RequestContext<PullProgress>,
  connection: AbortController,
): Promise<void> {
  const response = await fetch(`${api.url}/api/pull`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, stream: true }),
    signal: AbortSignal.any([signal, connection.signal]),
  });
  if (!response.ok || !response.body) {
    const error = boundedText(response, maxErrorBytes);
    throw pullFailed(await withinTime(error, limits.idleMs, () => stalled(limits.idleMs)), model, from);
  }
  const lines = boundedLines(response.body, {
    ...{ idleMs: silentPullMs, answerMs: longestPullMs, maxLines: Number.POSITIVE_INFINITY },
    close: () => connection.abort(),
    errors: { stalled, endless, garbled },
  });
  const sum = new PullSum();
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const told = parsed(line);
    if (told.error !== undefined) throw pullFailed(line, model, from);
    const changed = sum.add(told);
    if (changed) progress(changed);
    if (told.status === "success") return;
  }
  throw goneInPull(model);
}

type PullLine = v.InferOutput<typeof pullLine>;

function parsed(line: string): PullLine {
  try {
    return v.parse(pullLine, JSON.parse(line));
  } catch {
    throw garbled();
  }
}

/** The parts of a download, which are told of one after another, as one. */
class PullSum {
  private readonly parts = new Map<string, PullLine>();
  private last = "";

  /** How far all of it is, where that has changed enough to be told. */
  add(told: PullLine): PullProgress | undefined {
    if (told.digest !== "") this.parts.set(told.digest, told);
    const all = [...this.parts.values()];
    const totalBytes = all.reduce((sum, { total }) => sum + total, 0);
    const isDown = /verif|writing|removing|success/i.test(told.status);
    // The last bytes of a part are not told of.
    const doneBytes = isDown ? totalBytes : all.reduce((sum, { completed }) => sum + completed, 0);
    const stage = isDown ? "checking" : all.length === 0 ? "asking" : "downloading";
    const step = `${stage} ${totalBytes} ${Math.floor((steps * doneBytes) / Math.max(1, totalBytes))}`;
    if (step === this.last) return undefined;
    this.last = step;
    return { stage, doneBytes, totalBytes };
  }
}

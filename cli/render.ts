import { styleText } from "node:util";
import type { InferOutput } from "valibot";
import { counted } from "../protocol/counted.ts";
import type {
  Answer,
  Check,
  Connection,
  Hit,
  IndexStatus,
  IndexSummary,
  Range,
  Skipped,
} from "../protocol/data.ts";
import type { EngineContract } from "../protocol/engine.ts";
import { hitPlace } from "../protocol/places.ts";
import { checkedText } from "./renderChecked.ts";
import { styled } from "./styled.ts";

/** All that is given to these functions has gone through harmless.ts; colours are added here. */

/** More than this is a list to search in, not an answer; --json has all. */
const shownPassages = 5;

type SearchResult = InferOutput<EngineContract["requests"]["search"]["result"]>;

/** Lines of a passage: at most, and when nothing in it is marked. */
const shownLines = 14;
const unmarkedLines = 5;

export function summaryText({
  files,
  chunks,
  changed,
  removed,
  skipped,
  seconds,
  bytes,
  notice,
}: IndexSummary): string {
  const lines = [
    `${counted(files, "file")}, ${counted(chunks, "chunk")} in the index.`,
    `${counted(changed, "file")} (${(bytes / 1e6).toFixed(1)} MB) indexed and ${removed} removed in ${seconds.toFixed(1)} s.`,
  ];
  if (notice !== undefined) lines.push(notice);
  return [...lines, ...skippedLines(skipped)].join("\n");
}

/** How far an index that is being brought up to date is; undefined while there is nothing to tell. */
export function progressText({
  done,
  total,
  refined,
  chunks,
  scans,
}: Pick<IndexStatus, "done" | "total" | "refined" | "chunks" | "scans">): string | undefined {
  if (total > 0) return `Indexing ${done} of ${counted(total, "file")}`;
  if (scans && scans.read > 0 && scans.read < scans.pages)
    return `Read ${scans.read} of ${counted(scans.pages, "scanned page")}`;
  return refined > 0 ? `Refined ${refined} of ${counted(chunks, "chunk")}` : undefined;
}

export function statusText({
  status,
  skipped,
}: {
  readonly status: IndexStatus;
  readonly skipped: readonly Skipped[];
}): string {
  const lines = [
    `State: ${status.state}${status.writer ? "" : " (another process is writing)"}`,
    `Files: ${status.files}   Chunks: ${status.chunks}   Refined: ${status.refined}   Embedding model: ${status.embedding}`,
  ];
  if (status.scans) lines.push(`Scanned pages: ${status.scans.read} of ${status.scans.pages} read`);
  if (status.notice !== undefined) lines.push(status.notice);
  if (status.problem) lines.push(`${status.problem} ${status.remedy ?? ""}`);
  return [...lines, ...skippedLines(skipped)].join("\n");
}

function skippedLines(all: readonly Skipped[]): string[] {
  return [
    ...listOf(
      "Not indexed",
      all.filter(({ partly }) => !partly),
    ),
    ...listOf(
      "Read in part",
      all.filter(({ partly }) => partly),
    ),
  ];
}

function listOf(title: string, skipped: readonly Skipped[]): string[] {
  if (skipped.length === 0) return [];
  const shown = skipped.slice(0, 20).map(({ path, reason }) => `  ${path}: ${reason}`);
  const more = skipped.length > 20 ? [`  … and ${skipped.length - 20} more (--json lists all)`] : [];
  return [`${title} (${skipped.length}):`, ...shown, ...more];
}

export function hitsText({ hits, nearest, ms }: SearchResult): string {
  if (hits.length === 0) return notFoundText(nearest);
  const passages = hits.map((hit, index) => passageText(hit, index + 1));
  return [...passages, styled("dim", `${counted(hits.length, "passage")} in ${ms.toFixed(0)} ms`)].join(
    "\n\n",
  );
}

function notFoundText(nearest: readonly Hit[]): string {
  if (nearest.length === 0) return "Nothing was found.";
  return `I did not find this. ${nearestText(nearest)}`;
}

function nearestText(nearest: readonly Hit[]): string {
  const places = nearest.map((hit) => `  ${placeText(hit)}`);
  return ["What comes nearest does not match well:", ...places].join("\n");
}

/** Stands before all that comes of a question. */
export function questionText(question: string): string {
  return styled("bold", `Question: ${question}`);
}

/** What follows a written answer, or stands in its place: check, sources, what each step took, connections. */
export function answerText({
  question,
  answer,
  summary,
  connections,
}: {
  readonly question: string;
  readonly answer: Answer;
  readonly summary: IndexSummary | undefined;
  readonly connections: readonly Connection[];
}): string {
  const { written, passages, notice, model, timings, context } = answer;
  const parts = [checkedText(answer, placeText)];
  if (written) parts.push(passages.map((hit, index) => `[${index + 1}] ${placeText(hit)}`).join("\n"));
  else parts.push(...passages.slice(0, shownPassages).map((hit, index) => passageText(hit, index + 1)));
  if (notice) parts.push(notice);
  if (answer.nearest) parts.push(nearestText(answer.nearest));
  const others = answer.searchedFor?.filter((query) => query !== question) ?? [];
  if (others.length > 0) parts.push(styled("dim", `Searched for: ${others.join(" · ")}`));
  const steps = [
    ...(summary
      ? [
          `index ${summary.seconds.toFixed(2)} s (${counted(summary.files, "file")}, ${counted(summary.chunks, "chunk")})`,
        ]
      : []),
    `search ${timings.searchMs.toFixed(0)} ms`,
    ...(written ? [`answer ${(timings.answerMs / 1000).toFixed(1)} s by ${model}${placeOf(answer)}`] : []),
    ...(context ? [`${context.promptTokens} of ${context.contextWindow} tokens of context`] : []),
  ];
  parts.push(styled("dim", `Time: ${steps.join(", ")}\n${connectionsText(connections)}`));
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Where the model runs. */
function placeOf({ server }: Answer): string {
  if (server?.away !== undefined) return ` on ${server.away}, not this machine`;
  return server?.product === undefined ? "" : ` (${server.product})`;
}

function passageText(hit: Hit, number: number): string {
  const place = styled("cyan", `[${number}] ${placeText(hit)}`);
  const heading = hit.heading && !hit.overview ? styled("dim", `  ${hit.heading}`) : "";
  const around = (text = ""): string[] =>
    text === "" ? [] : text.split("\n").map((line) => styled("dim", line));
  const text = hit.overview ? hit.text.split("\n") : excerpt(hit.text, hit.marks);
  const lines = [...around(hit.before), ...text, ...around(hit.after)];
  return [place + heading, ...lines.map((line) => `    ${line}`)].join("\n");
}

/** The marked lines with one around each, or the first lines of a passage without marks. */
function excerpt(text: string, marks: readonly Range[]): string[] {
  let next = 0;
  const lines = text.split("\n").map((line) => {
    const start = next;
    next += line.length + 1;
    const inLine = marks.filter(([from, to]) => from < start + line.length && to > start);
    return { line, marks: inLine.map(([from, to]): Range => [Math.max(from - start, 0), to - start]) };
  });
  const isMarked = (index: number): boolean => (lines[index]?.marks.length ?? 0) > 0;
  const shown = [...lines.keys()]
    .filter((i) => (marks.length > 0 ? isMarked(i - 1) || isMarked(i) || isMarked(i + 1) : i < unmarkedLines))
    .slice(0, shownLines);
  const gap = styled("dim", "…");
  const result: string[] = [];
  for (const [n, index] of shown.entries()) {
    const one = lines[index];
    if (index > (shown[n - 1] ?? -1) + 1) result.push(gap);
    if (one) result.push(markedText(one.line, one.marks));
  }
  return (shown.at(-1) ?? 0) < lines.length - 1 ? [...result, gap] : result;
}

/** `path:line` opens in most terminals; documents have what they count. An overview is of no file. */
function placeText(hit: Hit): string {
  const { path, startLine, endLine, overview, heading = path } = hit;
  if (overview) return heading;
  const place = hitPlace(hit);
  if (place === undefined) return `${path}:${startLine}-${endLine}`;
  return [path, place].filter(Boolean).join(", ");
}

function markedText(text: string, marks: readonly Range[]): string {
  let result = "";
  let end = 0;
  for (const [from, to] of marks) {
    const marked = text.slice(from, to);
    result +=
      text.slice(end, from) + (process.stdout.isTTY ? styleText(["bold", "yellow"], marked) : `»${marked}«`);
    end = to;
  }
  return result + text.slice(end);
}

export function checksText(checks: readonly Check[]): string {
  const sign = { ok: "ok     ", warning: "warning", failed: "FAILED " };
  return checks
    .map(
      ({ name, state, detail, remedy }) =>
        `${sign[state]}  ${name}: ${detail}${remedy ? `\n         ${remedy}` : ""}`,
    )
    .join("\n");
}

export function connectionsText(connections: readonly Connection[]): string {
  const list = (title: string, some: readonly Connection[]): string[] => [
    `${title}: ${some.length === 0 ? "none." : some.length}`,
    ...some.map(
      ({ time, host, port, purpose, reason }) => `  ${time} ${host}:${port} for the ${purpose}: ${reason}`,
    ),
  ];
  const refused = connections.filter((connection) => !connection.allowed);
  const tried = connections.filter(({ allowed, opened }) => allowed && !opened);
  return [
    ...list(
      "Connections opened",
      connections.filter(({ opened }) => opened),
    ),
    ...(tried.length > 0 ? list("Connections tried, which met nobody", tried) : []),
    ...(refused.length > 0 ? list("Connections refused", refused) : []),
  ].join("\n");
}

import { checkSummary } from "../../protocol/answerLabels.ts";
import { counted } from "../../protocol/counted.ts";
import type { Answer, ContextUse, Hit, IndexStatus } from "../../protocol/data.ts";
import { formatOf } from "../../protocol/formats.ts";
import { hitPlace } from "../../protocol/places.ts";
import { replaceCitations } from "../../text/citations.ts";

/** The words of the panel that depend on data. */

const numbers = new Intl.NumberFormat("en");

function formatNumber(value: number): string {
  return numbers.format(value);
}

/** The last part of a path, and what stands before it. */
export function splitPath(path: string): { name: string; directory: string } {
  const cut = path.lastIndexOf("/");
  return { name: path.slice(cut + 1), directory: path.slice(0, Math.max(cut, 0)) };
}

/** Where in its file a passage stands: "page 3", "lines 4–9", "line 4", "6.3 Form of notices". */
export function place(
  at: Pick<Hit, "startLine" | "endLine" | "page" | "place" | "kind"> & { heading?: string | undefined },
): string {
  return ownPlace(at) || (at.heading?.split(" › ").at(-1) ?? "");
}

function ownPlace(at: Parameters<typeof place>[0]): string {
  const lines = at.endLine > at.startLine ? `lines ${at.startLine}–${at.endLine}` : `line ${at.startLine}`;
  return hitPlace(at) ?? lines;
}

/** The whole path of a passage's file, from its folder's name on where the workspace has several. */
export function fullPath({ folderName, path }: Pick<Hit, "folderName" | "path">): string {
  return folderName === undefined ? path : `${folderName}/${path}`;
}

/** How a passage's source is named: its file, where it lies, its place in it. An overview is of no file. */
export function sourceLabels(passage: Hit): { name: string; where: string; line: string; title: string } {
  const { folderName, path, heading, alsoIn = [] } = passage;
  if (passage.overview) {
    return { name: heading ?? "Overview", where: "", line: "from the index", title: "Made from the index" };
  }
  const { name, directory } = splitPath(path);
  const also = alsoIn.length > 0 ? `also in ${alsoIn.join(", ")}` : "";
  const within = [folderName, directory, heading].filter(Boolean).join(" › ");
  return {
    name,
    where: [within, also].filter(Boolean).join(" · "),
    line: ownPlace(passage),
    title: [fullPath(passage), heading].filter(Boolean).join("\n"),
  };
}

/** True for documents that a program of the system's may open. */
export function hasOriginal(passage: Hit): boolean {
  return passage.kind === "document" && formatOf(passage.path).opensOutside;
}

const languageNames = new Intl.DisplayNames("en", { type: "language" });
/** Scripts that tell a language; of the others the script is named. */
const scriptLanguages: Readonly<Record<string, string>> = {
  Han: "Chinese",
  Hangul: "Korean",
  Japanese: "Japanese",
};

/** That files are in languages of which the bundled model knows little, in one line. */
export function languageHint(languages: readonly string[]): string {
  const names = languages.map((code) => {
    if (/^[a-z]{2}$/.test(code)) return languageNames.of(code) ?? code;
    return scriptLanguages[code] ?? `${code} script`;
  });
  return `Some of your files are in ${names.join(" and ")}. The bundled model knows English.`;
}

/** How far the first index is, while a question waits for it. */
export function readingText({ files, of }: { readonly files: number; readonly of: number }): string {
  return of > 0
    ? `Reading your files: ${formatNumber(files)} of ${formatNumber(of)}`
    : "Looking for your files…";
}

/** Longer queries hold a whole selection. */
const longestQuery = 120;

/** What was searched for beside the question or in its place, in one line; undefined where it was the question. */
export function searchedForLabel(question: string, answer: Answer): string | undefined {
  const all = answer.searchedFor ?? [];
  const others = all.filter((query) => query !== question).map((query) => query.replace(/\s+/g, " ").trim());
  if (others.length === 0) return undefined;
  const shown = others.map((one) => (one.length > longestQuery ? `${one.slice(0, longestQuery)}…` : one));
  return `Searched ${others.length < all.length ? "also " : ""}for: ${shown.join(" · ")}`;
}

/** What went into the answer: model, tokens, what was left out, seconds. */
export function contextParts(answer: Answer): string[] {
  const parts: string[] = [];
  if (answer.model) parts.push(modelLabel(answer.model, answer.server));
  if (answer.context) parts.push(...contextUseParts(answer.context));
  const { searchMs, answerMs } = answer.timings;
  parts.push(
    answer.written
      ? `${(answerMs / 1000).toFixed(1)} s`
      : `found in ${formatNumber(Math.round(searchMs))} ms`,
  );
  return parts;
}

/** Which model answered, and where it runs. */
function modelLabel(model: string, server: Answer["server"]): string {
  if (server?.away !== undefined) return `${model} on ${server.away}, not this machine`;
  return server?.product === undefined ? model : `${model} (${server.product})`;
}

function contextUseParts(use: ContextUse): string[] {
  const parts = [`${formatNumber(use.promptTokens)} of ${counted(use.contextWindow, "token")}`];
  if (use.passagesLeftOut > 0) parts.push(`${counted(use.passagesLeftOut, "passage")} left out`);
  if (use.turnsLeftOut > 0) parts.push(`${counted(use.turnsLeftOut, "earlier turn")} left out`);
  return parts;
}

/** The state of the index in a line. */
export function indexSummary(index: IndexStatus): string {
  switch (index.state) {
    case "empty":
      return index.notice ?? "Nothing is indexed yet";
    case "indexing":
      return index.total > 0
        ? `Indexing ${formatNumber(index.done)} of ${counted(index.total, "file")}`
        : "Looking for files to index";
    case "paused":
      return index.total > index.done
        ? `Indexing is paused at ${formatNumber(index.done)} of ${counted(index.total, "file")}`
        : "Indexing is paused";
    case "problem":
      return index.problem ?? "The index has a problem";
    case "ready":
      return index.notice ?? `${counted(index.files, "file")} indexed`;
  }
}

/** The finished answer as a screen reader should say it: without marks, citations as words, not endless. */
export function spokenAnswer(answer: Answer): string {
  const sources = counted(answer.passages.length, "source");
  if (!answer.written) {
    return `${answer.notice ?? "No written answer."} ${counted(answer.passages.length, "passage")} found.`;
  }
  const text = replaceCitations(answer.text, ({ numbers }) => ` (source ${numbers.join(", ")})`)
    .replace(/(?:\s*\(source [\d, ]+\))+/g, (cites) => ` (source ${cites.match(/\d+/g)?.join(", ")})`)
    .replace(/```[\s\S]*?(```|$)/g, " Code block. ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+/gm, "")
    .replace(/[*_`~|]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const limit = 3000;
  const body = text.length > limit ? `${text.slice(0, limit)}… The rest is in the conversation.` : text;
  const summary = checkSummary(answer);
  const checked = summary ? `${summary.text}.` : "";
  // Who hears the answer should know beforehand that some of it is wrong.
  const parts = summary?.tone === "bad" ? [checked, `Answer: ${body}`] : [`Answer: ${body}`, checked];
  return [...parts, `${sources}.`].filter(Boolean).join(" ");
}

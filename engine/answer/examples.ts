import { floor } from "../../indexer/search/matchScore.ts";
import type { Example } from "../../protocol/data.ts";
import { type Suggested, suggestExamples } from "../overview/exampleQuestions.ts";
import type { Workspace } from "../workspace/workspace.ts";

const mostOffered = 4;
const mostTried = 12;
/** A question is asked with more passages, and may be ranked by a better model: a lower place might be lost then. */
const lowestPlace = 3;

/** What can be asked of any workspace. */
const general: Example = { question: "What is in this workspace?" };

/**
 * Questions that the workspace's own files answer: one for the whole, and some from headings and symbols, each of which
 * has been searched and has brought the file that it was made from. The one for the whole alone while nothing is indexed.
 */
export async function makeExamples(workspace: Workspace, signal: AbortSignal): Promise<Example[]> {
  if (workspace.status().chunks === 0) return [general];
  const suggested = await workspace.readContents({}, signal, suggestExamples);
  const offered: Example[] = [suggested.length === 1 ? (suggested[0]?.whole ?? general) : general];
  // One of each file, and none twice: files of the same name may have the same heading.
  const used = new Set<string>();
  for (const one of inTurns(suggested).slice(0, mostTried)) {
    signal.throwIfAborted();
    const file = `${one.folder}/${one.path}`;
    if (used.has(file) || used.has(one.question) || !(await isAnswered(workspace, one, signal))) continue;
    used.add(file).add(one.question);
    offered.push(one);
    if (offered.length === mostOffered) break;
  }
  return offered;
}

/** A document, then a symbol, of one folder after the other. */
function inTurns(suggested: readonly Suggested[]): Example[] {
  const lists = suggested.flatMap(({ documents, symbols }) => [documents, symbols]);
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

async function isAnswered(workspace: Workspace, example: Example, signal: AbortSignal): Promise<boolean> {
  const found = await workspace.search(example.question, lowestPlace, "hybrid", signal);
  return found.some(
    ({ folder, path, score }) => folder === example.folder && path === example.path && score >= floor,
  );
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Hit } from "../../protocol/data.ts";
import { withoutCitations } from "../../text/citations.ts";
import { hitOf } from "../support/hits.ts";
import { Repository, type RepositoryName } from "./repositories.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** About as long as a chunk: what a sentence is held against holds other values than those it needs. */
const passageLength = 1500;

/** An answer, mostly of one sentence, with the passages that it cites. */
export interface Claim {
  readonly set: string;
  readonly kind: string;
  /** Whether the passages bear it. */
  readonly isTrue: boolean;
  readonly answer: string;
  readonly passages: readonly Hit[];
  readonly question: string;
}

/** One line of checker.jsonl: a sentence that its source bears, and the same one altered. */
interface Pair {
  /** Rules are chosen on one half, and judged by the other; no document is in both. */
  readonly half: "choosing" | "testing";
  /** Without one, the document is a file of this repository. */
  readonly repository?: RepositoryName;
  readonly document: string;
  /** The passage begins with the line that holds this. */
  readonly section: string;
  readonly kind: string;
  readonly true: string;
  readonly altered: string;
  readonly question?: string;
}

/**
 * Sentences written for this evaluation, half of them altered, by kind; without a cache those alone whose documents
 * are in this repository.
 */
export function ours(half: Pair["half"], cache?: string): Claim[] {
  const lines = readFileSync(join(root, "test/eval/checker.jsonl"), "utf8").trim().split("\n");
  const pairs = lines.map((line) => JSON.parse(line) as Pair).filter((pair) => pair.half === half);
  return pairs.flatMap((pair): Claim[] => {
    if (pair.repository && cache === undefined) return [];
    const { repository, document, section, kind, question = "What do the files say?" } = pair;
    const text =
      repository && cache
        ? new Repository(repository, cache).read(document)
        : readFileSync(join(root, document), "utf8");
    const passages = [hit(passageAt(text, section), document, section)];
    const common = { set: `ours, ${half}`, kind, passages, question };
    return [
      { ...common, isTrue: true, answer: kind === "answer" ? pair.true : cited(pair.true) },
      { ...common, isTrue: false, answer: kind === "answer" ? pair.altered : cited(pair.altered) },
    ];
  });
}

/** From the line with the section's title to the end of a paragraph. */
function passageAt(text: string, section: string): string {
  const heading = text.split("\n").find((line) => line.replace(/^#+ /, "") === section);
  const at = heading === undefined ? text.indexOf(section) : `\n${text}`.indexOf(`\n${heading}\n`);
  if (at < 0) throw new Error(`There is no ${JSON.stringify(section)} any more.`);
  const start = heading === undefined ? text.lastIndexOf("\n", at) + 1 : at;
  const end = text.indexOf("\n\n", start + passageLength);
  return text.slice(start, end < 0 ? undefined : end);
}

/** The sentence as an answer has it; "a | b || c | d" is a table of a head and a row. */
function cited(sentence: string): string {
  const table = sentence.split(" || ");
  const [head, row] = table;
  if (table.length === 2) return `| ${head} |\n|---|---|\n| ${row} [1] |`;
  return sentence.replace(/\.?$/, " [1].");
}

function hit(text: string, path: string, heading?: string): Hit {
  return hitOf(text, { path, ...(heading === undefined ? {} : { heading }) });
}

/** WiCE, dev: sentences of an encyclopedia against what they cite. Partly supported counts as false. */
export function wice(cache: string): Claim[] {
  const path = "code_and_resources/entailment_inputs/oracle_chunks/claim/dev.jsonl";
  const claims = new Map<string, { label: string; claim: string; evidence: Map<number, string> }>();
  for (const line of jsonLines(new Repository("ryokamoi/wice", cache).read(path))) {
    const row = line as WiceRow;
    const one = claims.get(row.meta.id) ?? { ...row, evidence: new Map<number, string>() };
    for (const [i, index] of row.meta.chunk_idx.entries()) one.evidence.set(index, row.evidence[i] ?? "");
    claims.set(row.meta.id, one);
  }
  return [...claims.values()].map(({ label, claim, evidence }) => {
    const text = [...evidence].sort(([a], [b]) => a - b).map(([, sentence]) => sentence);
    return single("WiCE dev", label.replaceAll("_", " "), label === "supported", claim, text);
  });
}

interface WiceRow {
  readonly label: string;
  readonly claim: string;
  /** Several rows share a claim: together they hold its evidence. */
  readonly evidence: readonly string[];
  readonly meta: { readonly id: string; readonly chunk_idx: readonly number[] };
}

/** Climate-FEVER: claims from the web, each with five sentences of an encyclopedia in quite other words. */
export function climateFever(cache: string): Claim[] {
  const text = new Repository("tdiggelm/climate-fever-dataset", cache).read("dataset/climate-fever.jsonl");
  return jsonLines(text).flatMap((line) => {
    const { claim, claim_label: label, evidences } = line as ClimateRow;
    if (label === "DISPUTED") return [];
    const evidence = evidences.map(({ evidence }) => evidence);
    return [
      single(
        "Climate-FEVER",
        label.toLowerCase().replaceAll("_", " "),
        label === "SUPPORTS",
        claim,
        evidence,
      ),
    ];
  });
}

interface ClimateRow {
  readonly claim: string;
  readonly claim_label: string;
  readonly evidences: readonly { readonly evidence: string }[];
}

/** Citation-Integrity: what a paper says of another one, and the sentences of it that were cited. */
export function citationIntegrity(cache: string): Claim[] {
  const repository = new Repository("jedick/MLE-capstone-project", cache);
  const documents = new Map(
    jsonLines(repository.read("data/citint/corpus.jsonl")).map((line) => {
      const { doc_id, abstract } = line as { doc_id: number; abstract: string[] };
      return [String(doc_id), abstract] as const;
    }),
  );
  const rows = ["dev", "test"].flatMap((part) =>
    jsonLines(repository.read(`data/citint/claims_${part}.jsonl`)),
  );
  return rows.flatMap((line) => {
    const { claim, evidence } = line as { claim: string; evidence: Record<string, { label: string }[]> };
    const said = claim
      .replaceAll(/<\|\w+\|>|[[(]\s*[\])]/g, "")
      .replaceAll(/[[(]\s*(?:<\|\w+\|>)?\s*[\])]/g, "");
    return Object.entries(evidence).map(([document, [first]]) => {
      const label = first?.label ?? "";
      const text = documents.get(document) ?? [];
      return single("Citation-Integrity", label.toLowerCase(), label === "SUPPORT", said, text);
    });
  });
}

function single(
  set: string,
  kind: string,
  isTrue: boolean,
  claim: string,
  evidence: readonly string[],
): Claim {
  const plain = withoutCitations(claim.replaceAll(/\s+/g, " ")).trim();
  const answer = `${plain.replace(/[.\s]+$/, "")} [1].`;
  return { set, kind, isTrue, answer, passages: [hit(evidence.join("\n"), "source.txt")], question: "" };
}

function jsonLines(text: string): unknown[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line): unknown => JSON.parse(line));
}

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import type { Question } from "./dataset.ts";
import { documentTarget } from "./documentPlaces.ts";

/** A question on the sample office's documents, with the place that answers it, and others that do so as well. */
export const documentQuestion = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z]+(-[a-z]+)+$/)),
  kind: v.picklist(["figure", "date", "who", "condition", "where", "comparison"]),
  query: v.pipe(v.string(), v.minLength(10)),
  path: v.string(),
  place: documentTarget,
  answer: v.pipe(v.string(), v.minLength(1)),
  /** Of the question; all texts are in English. */
  language: v.optional(v.literal("de")),
  or: v.optional(v.array(v.strictObject({ path: v.string(), place: documentTarget }))),
});

async function fixture(name: string): Promise<unknown[]> {
  const path = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  return lines.map((line): unknown => JSON.parse(line));
}

const sampleQuestion = v.object({
  id: v.string(),
  query: v.string(),
  path: v.string(),
  page: v.optional(v.number()),
  or: v.optional(v.array(v.object({ path: v.string(), page: v.optional(v.number()) }))),
});

/** The questions on the sample workspace as a whole; all of them are in both halves. */
export async function sampleQuestions(): Promise<Question[]> {
  return (await fixture("sampleQuestions.jsonl")).map((line) => {
    const { id, query, path, page, or } = v.parse(sampleQuestion, line);
    return { id, query, relevant: [{ path, page, or }] };
  });
}

/**
 * The questions on its office documents, one half of them. Those on the scan are a part of their own, which does not
 * count in the set's figures: the search as tutorials have it is given no text of scans.
 */
export async function documentQuestions(half: string): Promise<Question[]> {
  const rest = half === "dev" ? 1 : 0;
  const lines = (await fixture("sampleDocumentQuestions.jsonl")).filter((_, i) => i % 2 === rest);
  return lines.map((line) => {
    const { id, query, path, place, or } = v.parse(documentQuestion, line);
    const part = path.endsWith("-scan.pdf") ? "scan" : (path.split(".").at(-1) ?? "");
    return { id, query, part, isApart: part === "scan", relevant: [{ path, place, or }] };
  });
}

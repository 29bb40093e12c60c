import type { ParseResult } from "../../indexer/read/pool.ts";

/** What only a programmer understands: it says that a reader met what it did not expect. */
const raw =
  /Cannot read|is not a function|is not iterable|undefined(?! entity)|null\b|\[object|Maximum call stack|Invalid (?:URL|array length|count)|out of range|ERR_|at .*\.ts:\d/;
const ended = /end unexpectedly|longer than|more memory|more than \d+ MB/;

/** What became of a broken file: "failed" is a reason that says nothing to a person. */
export function verdictOf(result: ParseResult): "indexed" | "listed" | "ended" | "failed" {
  if (result.ok) return "indexed";
  if (ended.test(result.reason)) return "ended";
  return raw.test(result.reason) || result.reason === "" ? "failed" : "listed";
}

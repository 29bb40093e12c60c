import type { Parser } from "../../indexer/read/pool.ts";

/** A parser that is no process: it parses as a test tells it to, and is asked for nothing else. */
export function testParser(parse: Parser["parse"], others: Partial<Parser> = {}): Parser {
  return {
    parse,
    documentText: () => Promise.reject(new Error("No text is asked for here.")),
    letThrough: () => undefined,
    exceptionsKey: "",
    walls: () => Promise.resolve([]),
    close: () => Promise.resolve(),
    ...others,
  };
}

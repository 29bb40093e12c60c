import * as v from "valibot";
import type { PlaceFrom } from "../../protocol/places.ts";
import type { Heading } from "../chunk/markdownOutline.ts";
import { longestTitle } from "../chunk/outline.ts";
import { maxDocumentCharacters } from "../files/limits.ts";
import { decode } from "./decode.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";

/** Text is one string or a list of lines; what else is there (pictures, widgets) is not looked at. */
const text = v.fallback(v.union([v.string(), v.array(v.string())]), "");
const output = v.object({
  text: v.optional(text, ""),
  data: v.optional(v.looseObject({ "text/plain": v.optional(text, "") })),
  ename: v.optional(v.string()),
  evalue: v.optional(v.string()),
});
const cell = v.object({
  cell_type: v.optional(v.string(), "code"),
  source: v.optional(text, ""),
  // Before version 4.
  input: v.optional(text, ""),
  outputs: v.optional(v.array(v.fallback(v.nullable(output), null)), []),
});
const notebook = v.object({
  cells: v.optional(v.array(cell)),
  worksheets: v.optional(v.array(v.object({ cells: v.array(cell) }))),
});

/** An output is there to be recognised, not to be read as a whole. */
const longestOutput = 4_000;

/** A notebook's cells as they are, each followed by the text of its outputs. Throws UnreadableFile. */
export async function read(bytes: Buffer): Promise<Extracted> {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new UnreadableFile(decoded.reason);
  const cells = cellsOf(decoded.text);
  const lines: string[] = [];
  const headings: Heading[] = [];
  const places: PlaceFrom[] = [];
  let characters = 0;
  let cut = 0;
  for (const [index, { cell_type: kind, source, input, outputs }] of cells.entries()) {
    const own = joined(source) || joined(input);
    const said = outputs.map((one) => (one ? outputText(one) : "")).filter((one) => one.trim() !== "");
    cut += said.filter((one) => one.length > longestOutput).length;
    const shown = said.map((one) => `Output: ${one.slice(0, longestOutput)}`);
    const parts = [own, ...shown].filter((part) => part.trim() !== "");
    if (parts.length === 0) continue;
    if (lines.length > 0) lines.push("");
    const number = index + 1;
    places.push({ startLine: lines.length + 1, place: { in: "notebook", cell: number, lastCell: number } });
    for (const line of parts.join("\n").trimEnd().split("\n")) {
      const isTitle = kind === "markdown" && line.length <= longestTitle;
      const [, marks = "", name = ""] = (isTitle && /^(#{1,6})\s+(.+?)\s*#*$/.exec(line)) || [];
      if (marks !== "") headings.push({ name, level: marks.length, row: lines.length });
      lines.push(line);
      characters += line.length;
    }
    if (characters > maxDocumentCharacters) throw new UnreadableFile("It holds more text than any book has.");
  }
  if (lines.length === 0) throw new UnreadableFile("The notebook holds no text.");
  const partly = cut > 0 ? { partly: cutOutputs(cut) } : {};
  return { text: lines.join("\n"), pages: [], headings, places, ...partly };
}

function cellsOf(json: string): v.InferOutput<typeof cell>[] {
  try {
    const parsed = v.parse(notebook, JSON.parse(json));
    return parsed.cells ?? parsed.worksheets?.flatMap(({ cells }) => cells) ?? [];
  } catch {
    throw new UnreadableFile("The notebook is damaged: it can't be read.");
  }
}

function outputText({ text: streamed, data, ename, evalue }: v.InferOutput<typeof output>): string {
  const shown = joined(streamed) || joined(data?.["text/plain"] ?? "");
  const failure = ename === undefined ? "" : `${ename}: ${evalue ?? ""}`;
  return shown || failure;
}

function cutOutputs(count: number): string {
  const outputs =
    count === 1 ? "1 output that is longer" : `${count.toLocaleString("en")} outputs that are longer`;
  return `Read in part: the first ${longestOutput.toLocaleString("en")} characters of ${outputs}.`;
}

function joined(value: string | readonly string[]): string {
  return (typeof value === "string" ? value : value.join("")).replace(/\r\n?/g, "\n");
}

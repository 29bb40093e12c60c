import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { convert, isThere, type MadeFile } from "./making.ts";
import { joinLineEnds } from "./wordsFound.ts";

/** What another extractor finds in files, or why it could not be asked. */
export interface Other {
  readonly name: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly missing?: string;
}

const answer = v.object({
  path: v.string(),
  library: v.string(),
  text: v.optional(v.string()),
  missing: v.optional(v.string()),
});
const mostOutput = 1_000_000_000;

/** Each file's text by each of the other extractors that know its format. */
export function askOthers(files: readonly MadeFile[], folder: string, python: string): Other[] {
  const by = (...endings: readonly string[]): MadeFile[] =>
    files.filter(({ path }) => endings.includes(extname(path).slice(1)));
  return [
    poppler(by("pdf")),
    office("LibreOffice's text", by("docx", "odt", "rtf"), "txt:Text (encoded):UTF8", join(folder, "asText")),
    office(
      "LibreOffice's CSV",
      by("xlsx", "xls", "ods"),
      "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1",
      join(folder, "asTables"),
    ),
    ...libraries(
      files.filter(({ path }) => !/\.(?:pdf|ppt)$/.test(path)),
      python,
    ),
    madeOf(by("ppt")),
  ];
}

/** No library here knows PPT, and LibreOffice loses its notes: it is held against the text of which it was made. */
function madeOf(files: readonly MadeFile[]): Other {
  const texts = files.map(({ path, source }) => {
    const lines = source
      .replace(/<[^>]*>/g, "\n")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">");
    return [path, lines.replace(/&quot;/g, '"').replace(/&amp;/g, "&")] as const;
  });
  return { name: "its source", texts: new Map(texts) };
}

function poppler(files: readonly MadeFile[]): Other {
  const name = "pdftotext";
  if (!isThere("pdftotext"))
    return { name, texts: new Map(), missing: "poppler's pdftotext is not installed" };
  const texts = files.map(({ path }) => {
    const text = execFileSync("pdftotext", ["-enc", "UTF-8", path, "-"], {
      encoding: "utf8",
      maxBuffer: mostOutput,
    });
    return [path, joinLineEnds(text)] as const;
  });
  return { name, texts: new Map(texts) };
}

/** One folder for each format, since LibreOffice names what it writes by the file alone. */
function office(name: string, files: readonly MadeFile[], filter: string, folder: string): Other {
  if (!isThere("soffice"))
    return { name, texts: new Map(), missing: "LibreOffice (soffice) is not installed" };
  const texts = new Map<string, string>();
  for (const [ending, some] of Map.groupBy(files, ({ path }) => extname(path))) {
    const to = join(folder, ending.slice(1));
    mkdirSync(to, { recursive: true });
    convert(
      some.map(({ path }) => path),
      filter,
      to,
    );
    for (const { path } of some) {
      const stem = basename(path, ending);
      // Each sheet is a file of its own, with the sheet's name.
      const written = readdirSync(to).filter(
        (one) => one.startsWith(`${stem}.`) || one.startsWith(`${stem}-`),
      );
      texts.set(path, written.map((one) => readFileSync(join(to, one), "utf8")).join("\n"));
    }
  }
  return { name, texts };
}

function libraries(files: readonly MadeFile[], python: string): Other[] {
  if (!isThere(python))
    return [{ name: "Python's libraries", texts: new Map(), missing: `${python} is not installed` }];
  const script = fileURLToPath(new URL("otherExtractors.py", import.meta.url));
  const output = execFileSync(python, [script], {
    input: JSON.stringify(files.map(({ path }) => path)),
    encoding: "utf8",
    maxBuffer: mostOutput,
  });
  const answers = output
    .split("\n")
    .filter(Boolean)
    .map((line) => v.parse(answer, JSON.parse(line)));
  return [...Map.groupBy(answers, ({ library }) => library)].map(([name, some]) => {
    const missing = some.find((one) => one.missing !== undefined)?.missing;
    const texts = some.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text] as const]));
    return { name, texts: new Map(texts), ...(missing === undefined ? {} : { missing }) };
  });
}

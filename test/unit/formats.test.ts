import assert from "node:assert/strict";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Reader } from "../../indexer/read/extracted.ts";
import { formatOf, formats, languagesNamed, notReadReason } from "../../protocol/formats.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readers = join(root, "indexer/read");

test("no ending and no name stands in the table twice", () => {
  for (const list of [
    formats.flatMap(({ extensions }) => extensions),
    formats.flatMap(({ names }) => names),
  ]) {
    const twice = list.filter((entry, i) => list.indexOf(entry) !== i);
    assert.deepEqual(twice, []);
    assert.deepEqual(
      list.filter((entry) => entry !== entry.toLowerCase()),
      [],
    );
  }
  assert.ok(formats.length > 100);
});

test("each reader that the table names is there, and each that is there is named", async () => {
  const named = [...new Set(formats.map(({ reader }) => `${reader}Reader.ts`))].sort();
  const there = readdirSync(readers).filter((file) => file.endsWith("Reader.ts"));
  assert.deepEqual(there.sort(), named);
  for (const file of named) {
    const reader = (await import(pathToFileURL(join(readers, file)).href)) as Partial<Reader>;
    assert.equal(typeof reader.read, "function", file);
  }
});

test("documents have a label, and nothing that can run code opens outside", () => {
  for (const { kind, label, reader, mayBeDocument } of formats) {
    assert.equal(kind === "document", label !== undefined, label ?? "");
    // Subtitles stay the text that they are, with times.
    const isText = ["text", "subtitle"].includes(reader) || mayBeDocument === true;
    assert.equal(kind === "document", !isText, label ?? "");
  }
  const outside = formats.filter(({ opensOutside }) => opensOutside).flatMap(({ extensions }) => extensions);
  assert.deepEqual(outside.sort(), [
    "docx",
    "dotx",
    "epub",
    "fodp",
    "fods",
    "fodt",
    "odp",
    "ods",
    "odt",
    "otp",
    "ots",
    "ott",
    "pdf",
    "pptx",
    "rtf",
    "xlsx",
    "xltx",
  ]);
});

test("a name of its own comes before an ending, and names that are all ending are files like others", () => {
  assert.equal(formatOf("a/CMakeLists.txt").language, "cmake");
  assert.equal(formatOf("Dockerfile.prod").language, "dockerfile");
  assert.equal(formatOf("constructor").language, "plaintext");
  assert.equal(formatOf("a.tar.PDF").language, "pdf");
  assert.match(notReadReason("a/b.ODG") ?? "", /drawing/);
  assert.equal(notReadReason(".map"), undefined);
  assert.match(notReadReason("Dockerfile.png") ?? "", /image/);
});

test("no other source of the product names a document's ending", () => {
  const endings = formats
    .filter(({ kind, opensOutside }) => kind === "document" || opensOutside)
    .flatMap(({ extensions }) => extensions);
  const naming = new RegExp(`["'\`.|(](?:${endings.join("|")})\\b`);
  const files = globSync("{protocol,text,models,indexer,engine,extension,webview,cli}/**/*.{ts,tsx}", {
    cwd: root,
  }).map((file) => file.replaceAll("\\", "/"));
  const named = files.filter((file) => naming.test(readFileSync(join(root, file), "utf8")));
  assert.ok(named.includes("protocol/formats.ts"), "the pattern sees the table");
  const allowed = (file: string): boolean =>
    file === "protocol/formats.ts" ||
    /^indexer\/read\/\w+Reader\.ts$/.test(file) ||
    // How people write the names of files in sentences, and how they name lists of passwords; no format is known there.
    [
      "engine/answer/claims.ts",
      "indexer/files/secrets.ts",
      "indexer/files/secrets/notations.ts",
      // The names of attachments that have none.
      "indexer/read/mailFormats.ts",
    ].includes(file);
  assert.deepEqual(
    named.filter((file) => !allowed(file)),
    [],
  );
});

test("a row and a reader are enough for a new format", async (t) => {
  // A copy of the sources, beside the packages, with a format that Carrel does not have.
  mkdirSync(join(root, ".cache"), { recursive: true });
  const house = mkdtempSync(join(root, ".cache", "formats-"));
  t.after(() => rmSync(house, { recursive: true, force: true }));
  for (const room of ["protocol", "text", "indexer", "extension"]) {
    cpSync(join(root, room), join(house, room), { recursive: true });
  }
  const table = join(house, "protocol/formats.ts");
  const row = `{ ...row("document", "ledger", "ledger", { opensOutside: true }),
    reader: "ledger", label: "ledger", magic: "LEDGER1", sizeFactor: 3 },`;
  const source = readFileSync(table, "utf8");
  const extended = source.replace("  plainText,\n", `  plainText,\n${row}\n`);
  assert.notEqual(extended, source);
  writeFileSync(table, extended);
  writeFileSync(
    join(house, "indexer/read/ledgerReader.ts"),
    `export async function read(bytes: Buffer) {
       const lines = bytes.toString("utf8").split(";");
       const pages = lines.map((_, row) => ({ page: row + 1, startLine: row + 1 }));
       return { text: lines.join("\\n"), pages, headings: [{ name: "Ledger", level: 1, row: 0 }] };
     }`,
  );
  const load = <T>(file: string): Promise<T> => import(pathToFileURL(join(house, file)).href) as Promise<T>;
  const { walkFolder } = await load<typeof import("../../indexer/files/walk.ts")>("indexer/files/walk.ts");
  const { parseFile, documentText } =
    await load<typeof import("../../indexer/read/parseFile.ts")>("indexer/read/parseFile.ts");
  const { isPlainDocument } = await load<typeof import("../../extension/workspaceFiles.ts")>(
    "extension/workspaceFiles.ts",
  );
  const folder = join(house, "files");
  cpSync(join(root, "test/fixtures/files/headings.md"), join(folder, "a.md"));
  writeFileSync(join(folder, "book.ledger"), "LEDGER1;salt;pepper");
  writeFileSync(join(folder, "book.txt"), "LEDGER1;salt;pepper");
  writeFileSync(join(folder, "large.ledger"), "x".repeat(3001));
  const { files, skipped } = await walkFolder(folder, { exclude: [], maxFileBytes: 1000 });
  assert.ok(files.some(({ path }) => path === "book.ledger"));
  assert.ok(skipped.some(({ path, reason }) => path === "large.ledger" && /limit .* 3 kB/.test(reason)));
  const result = await parseFile(folder, "book.ledger", 1000);
  assert.deepEqual(result.ok && [result.parsed.kind, result.parsed.language, result.parsed.chunks], [
    "document",
    "ledger",
    [
      { text: "LEDGER1", startLine: 1, endLine: 1, page: 1, heading: "Ledger" },
      { text: "salt", startLine: 2, endLine: 2, page: 2, heading: "Ledger" },
      { text: "pepper", startLine: 3, endLine: 3, page: 3, heading: "Ledger" },
    ],
  ]);
  assert.equal((await documentText(folder, "book.ledger")).pages.length, 3);
  const renamed = await parseFile(folder, "book.txt", 1000);
  assert.match(renamed.ok ? "" : renamed.reason, /A ledger under another name: rename it to \.ledger/);
  assert.equal(isPlainDocument("book.ledger"), true);
});

test("a name that JavaScript's own objects have is no language", () => {
  for (const name of ["constructor", "toString", "__proto__"])
    assert.equal(languagesNamed(name), undefined, name);
});

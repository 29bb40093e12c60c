import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArguments, UsageError } from "../../cli/arguments.ts";

test("wrong use is told apart from failure, with what is wrong", () => {
  const cases: [string[], RegExp][] = [
    [["fly"], /Unknown command "fly"/],
    [["index"], /needs a folder/],
    [["index", "a", "b"], /takes one folder/],
    [["search", "a"], /needs a query/],
    [["search", "a", "where", "is", "it"], /quote text/],
    [["search", "a", "b", "-k", "many"], /-k takes a number/],
    [["search", "a", "b", "-k", "0"], /-k takes a number/],
    [["search", "a", "b", "--neighbours", ""], /--neighbours takes a number from 0 to 100/],
    [["search", "a", "b", "--mode", "magic"], /hybrid, vector or lexical/],
    [["search", "a", "--queries", "q.jsonl"], /add --json/],
    [["search", "a", "path:src lang:py"], /nothing to look for/],
    [["search", "a", "b kind:nonsense"], /no kind "nonsense".*code, prose/],
    [["search", "a", "b", "--lang", "pyton"], /no language "pyton".*python/],
    [["ask", "a", "b", "--scope", "../c"], /leads out of the folder/],
    [["ask", "a", "b", "--scope", "/elsewhere"], /leads out of the folder/],
    [["ask", "a"], /needs a question/],
    [["ask", "a", "b", "--loud"], /loud/],
    [["doctor", "a"], /takes no arguments/],
    [["index", "a", "--allow-secret", "hunter2"], /code that "status" lists/],
    [["index", "a", "--ocr-language", "../deu"], /a code such as "deu", not "\.\.\/deu"/],
  ];
  for (const [args, message] of cases) {
    assert.throws(
      () => parseArguments(args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  }
});

test("options reach the command", () => {
  const command = parseArguments([
    "search",
    "some/dir",
    "notice period",
    "-k",
    "3",
    "--mode",
    "lexical",
    "--json",
    "--allow-secret",
    "0123456789ab",
  ]);
  assert.equal(command.name, "search");
  assert.ok(command.name === "search");
  assert.equal(command.k, 3);
  assert.deepEqual(command.settings.secretsAllow, ["0123456789ab"]);
  assert.equal(command.mode, "lexical");
  assert.equal(command.query, "notice period");
  assert.ok(command.dir.endsWith("/some/dir") && command.json && command.update);
});

test("scans are read where it is asked for, in the languages that are named", () => {
  const read = (...flags: string[]): unknown => {
    const command = parseArguments(["index", ".", ...flags]);
    assert.ok(command.name === "index");
    const { ocr, ocrLanguages, ocrLanguageFolder } = command.settings;
    return [command.ocr, ocr, ocrLanguages, ocrLanguageFolder];
  };
  assert.deepEqual(read(), [false, false, ["eng"], ""]);
  const named = ["--ocr", "--ocr-language", "deu", "--ocr-language", "eng", "--ocr-data", "/data/tesseract"];
  assert.deepEqual(read(...named), [true, false, ["deu", "eng"], "/data/tesseract"]);
});

test("a second reader reads only where it is asked for", () => {
  const wanted = (...flags: string[]): unknown => {
    const command = parseArguments(["ask", ".", "How?", ...flags]);
    return "settings" in command && command.settings.secondReader;
  };
  assert.equal(wanted(), false);
  assert.equal(wanted("--second-reader"), true);
});

test("--ollama comes before OLLAMA_HOST, and that before the usual address", () => {
  const before = process.env["OLLAMA_HOST"];
  const server = (...flags: string[]): string => {
    const command = parseArguments(["doctor", ...flags]);
    assert.ok("settings" in command);
    return command.settings.modelServerUrl;
  };
  try {
    process.env["OLLAMA_HOST"] = "127.0.0.1:9999";
    assert.equal(server(), "http://127.0.0.1:9999");
    assert.equal(server("--ollama", "http://127.0.0.1:1"), "http://127.0.0.1:1");
    process.env["OLLAMA_HOST"] = "gpu.office.lan";
    assert.equal(server(), "http://127.0.0.1:11434");
  } finally {
    if (before === undefined) delete process.env["OLLAMA_HOST"];
    else process.env["OLLAMA_HOST"] = before;
  }
});

test("filters are taken from what is typed and from options, and a program's queries are left alone", () => {
  const { dir: here } = command("status", ".");
  const expected = { paths: ["src", "lib/a", "."], languages: ["python"], kinds: ["tests"], folders: ["ws"] };
  const options = [
    "--scope",
    `${here}/lib/a`,
    "--scope",
    "./",
    "--lang",
    "py",
    "--kind",
    "test",
    "--in",
    "ws",
  ];
  for (const name of ["search", "ask"]) {
    const asked = command(name, ".", "notice path:src period", ...options);
    assert.ok(asked.name === "search" || asked.name === "ask");
    assert.equal(asked.name === "ask" ? asked.question : asked.query, "notice period");
    assert.deepEqual(asked.filter, expected);
  }
  const without = command("search", ".", "-path:docs notice");
  assert.deepEqual(without.name === "search" && without.filter, { notPaths: ["docs"] });
  const queries = command("search", ".", "--queries", "q", "--json", "--scope", "src");
  assert.ok(queries.name === "queries");
  assert.deepEqual(queries.filter, { paths: ["src"] });
});

function command(
  ...args: string[]
): Exclude<ReturnType<typeof parseArguments>, { name: "help" | "doctor" | "privacy" }> {
  const parsed = parseArguments(args);
  assert.ok("dir" in parsed);
  return parsed;
}

test("a model's folder is made absolute, names are left alone", () => {
  const embedding = (value: string): string => {
    const command = parseArguments(["doctor", "--embedding", value]);
    return command.name === "doctor" ? command.settings.embeddingModel : "";
  };
  assert.equal(embedding("bundled"), "bundled");
  assert.equal(embedding("ollama:nomic-embed-text"), "ollama:nomic-embed-text");
  assert.ok(embedding("models/mine").startsWith("/"));
});

test("no arguments and --help show the usage", () => {
  assert.equal(parseArguments([]).name, "help");
  assert.equal(parseArguments(["search", "--help"]).name, "help");
});

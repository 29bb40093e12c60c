import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outlineCode } from "../../indexer/chunk/code.ts";
import { grammarOf } from "../../indexer/chunk/grammars.ts";
import { Lines } from "../../indexer/chunk/lines.ts";
import type { Outline } from "../../indexer/chunk/outline.ts";
import { checkTurns, sectionsIn } from "./cutOrder.ts";

const grammar = async (language: string) => {
  const loaded = await grammarOf(language);
  assert.ok(loaded);
  return (lines: Lines): Outline => {
    const outline = outlineCode(lines, loaded);
    assert.ok(outline);
    return outline;
  };
};

async function sections(language: string, text: string): Promise<string[]> {
  return sectionsIn((await grammar(language))(new Lines(text)));
}

describe("code that is too large", () => {
  it("is cut between what stands outermost, before blank lines, and not below a comment", async () => {
    checkTurns(await grammar("typescript"), [
      [0, 'import a from "a";'],
      [2, "import b from 'b';"],
      [2, ""],
      [1, "/** About it."],
      [7, " * And more. */"],
      [8, "function one() {"],
      [4, "  first(); // At its end."],
      [4, "  // About what follows,"],
      [8, "  // in two lines."],
      [8, "  second();"],
      [4, ""],
      [3, "  if (a) {"],
      [6, "    third();"],
      [6, ""],
      [5, "    fourth();"],
      [6, "  }"],
      [4, "}"],
      [2, "// Nobody's."],
      [2, ""],
      [1, "two();"],
      [2, "// The end."],
    ]);
  });

  it("begins chunks at definitions, with what stands above them", async () => {
    const read = await grammar("python");
    const { named, cost } = read(new Lines("x = 1\n# A.\n@b\ndef c():\n    d()\n\ny = 2\n"));
    assert.deepEqual([...named], [0, 1, 0, 0, 0, 0, 0]);
    assert.ok((cost[2] ?? 0) > 1_000, "a decorator stays with the comment above it");
    const attributed = (await grammar("cpp"))(new Lines("[[nodiscard]]\nint a() {\n}\n"));
    assert.ok((attributed.cost[1] ?? 0) > 1_000, "a function stays with its attribute");
  });

  it("is given up when its grammar takes too long, and the next text is read", async (t) => {
    const loaded = await grammarOf("javascript");
    assert.ok(loaded);
    const lines = new Lines("a(b, c);\n".repeat(50_000));
    let now = 0;
    const clock = t.mock.method(performance, "now", () => {
      now += 10_000;
      return now;
    });
    assert.equal(outlineCode(lines, loaded), undefined);
    clock.mock.restore();
    assert.deepEqual(await sections("javascript", "function a() {\n}"), ["a 1-2"]);
  });

  it("may end with a comment, be empty, or hold nothing but one", async () => {
    const read = await grammar("javascript");
    for (const text of ["", "\n", "// a", "// a\n", "/* a\n b */", "a();\n// b\n"])
      assert.deepEqual(sectionsIn(read(new Lines(text))), [], text);
  });
});

describe("what has a name in code", () => {
  it("are values that hold code, as deep as they are landmarks", async () => {
    const found: Readonly<Record<string, readonly string[]>> = {
      "const a = () => {\n};": ["a 1-2"],
      "var a = () => 1;": ["a 1-1"],
      "if (a) {\n  var b = () => 1;\n}": [],
      "const a = function* () {\n};": ["a 1-2"],
      "const a = class {\n};": ["a 1-2"],
      "const a = wrap({\n});": ["a 1-2"],
      "const a = {\n};": ["a 1-2"],
      "export default {\n  a: {\n  },\n  b: () => {\n  },\n};": ["b 4-5"],
      "const a = [\n];": [],
      "const a = `\n`;": [],
      "let a;": [],
      "a.b = function () {\n};": ["a.b 1-2"],
      "exports.a = () => 1;": ["a 1-1"],
      "module.exports.a = () => 1;": ["a 1-1"],
      "myexports.a = () => 1;": ["myexports.a 1-1"],
      "a.exports.b = () => 1;": ["a.exports.b 1-1"],
      "a = 1;": [],
      "function a() {\n  const b = {\n  };\n  const c = () => {\n  };\n}": ["a 1-6", "c 4-5"],
      "const a = {\n  b: {\n  },\n  c: () => {\n  },\n  d: e(\n  ),\n};": ["a 1-8", "c 4-5"],
      "class A {\n  b = {\n  };\n  c = () => 1;\n}": ["A 1-5", "b 2-3", "c 4-4"],
      "function a() {\n  if (b) {\n    const c = () => 1;\n    const d = () => {\n    };\n  }\n}": [
        "a 1-7",
        "d 4-5",
      ],
      "  const   a  =  () => 1": ["a 1-1"],
      [`function ${"x".repeat(101)}() {}`]: [`${"x".repeat(100)} 1-1`],
    };
    for (const [text, names] of Object.entries(found))
      assert.deepEqual(await sections("javascript", text), names, text);
  });

  it("are tests and groups of them, by their titles", async () => {
    const calls = "describe it test suite context specify before after beforeEach afterEach".split(" ");
    for (const call of [...calls, "test.only", "it.skip.each"])
      assert.deepEqual(await sections("javascript", `${call}("A 'b'", () => {\n});`), ["A 'b' 1-2"], call);
    const others = ["tested", "my.test", "retest", "test.x()"];
    for (const call of others)
      assert.deepEqual(await sections("javascript", `${call}("A", () => {\n});`), [], call);
    for (const title of ["'A'", "`A`", '"A"'])
      assert.deepEqual(await sections("typescript", `it(${title}, () => {\n});`), ["A 1-2"]);
    for (const title of ["a", "", "() => {\n}"])
      assert.deepEqual(await sections("typescript", `it(${title});\n`), [], title);
    const long = `test.${"x".repeat(30)}("A", () => {\n});`;
    assert.deepEqual(await sections("javascript", long), []);
    assert.deepEqual(await sections("javascript", `test.${"x".repeat(25)}("A", () => {\n});`), ["A 1-2"]);
  });

  it("are methods by what they belong to", async () => {
    const found: Readonly<Record<string, string>> = {
      "func (s *A) B() {\n}": "A.B",
      "func (s A) B() {\n}": "A.B",
      "func (A) B() {\n}": "A.B",
      "func (s *A[T, U]) B() {\n}": "A.B",
      "func ( s *A ) B(c int) {\n}": "A.B",
    };
    for (const [text, name] of Object.entries(found))
      assert.deepEqual(await sections("go", `package a\n${text}\n`), [`${name} 2-3`], text);
    const rust = "impl A {\n}\nimpl B for C {\n}\nimpl<T> D<T> for E<T> {\n}\n";
    assert.deepEqual(await sections("rust", rust), ["A 1-2", "B for C 3-4", "D<T> for E<T> 5-6"]);
  });

  it("are functions of C by the name within their declaration", async () => {
    const found: Readonly<Record<string, string>> = {
      "int a(int b) {\n}": "a",
      "char **a(void) {\n}": "a",
      "int *(*a(int b))(int) {\n}": "a",
      "int (a)(void) {\n}": "a",
      "int &a() {\n}": "a",
      "const A &B::c() const {\n}": "B::c",
      "A &&operator=(A &&b) {\n}": "operator=",
    };
    for (const [text, name] of Object.entries(found))
      assert.deepEqual(await sections("cpp", text), [`${name} 1-2`], text);
    const lines = "struct a { int b; } c;\ntypedef struct d { int e; } f;\n";
    assert.deepEqual(await sections("cpp", lines), ["a 1-1", "d 2-2"]);
    const types =
      "class a;\nstruct b *c;\nunion d e;\nenum f g;\nstruct {\n  int h;\n} i;\nenum class j {\n};\n";
    assert.deepEqual(await sections("cpp", types), ["j 8-9"]);
  });
});

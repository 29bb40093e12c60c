import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outlineCode } from "../../indexer/chunk/code.ts";
import { grammarOf } from "../../indexer/chunk/grammars.ts";
import { Lines } from "../../indexer/chunk/lines.ts";

/** The definitions of a program with their first and last lines; in brackets what lies in them. */
async function definitions(language: string, text: string): Promise<string> {
  const grammar = await grammarOf(language);
  const outline = grammar && outlineCode(new Lines(text), grammar);
  assert.ok(outline);
  let said = "";
  const open: number[] = [];
  for (const { name, first, last } of outline.sections) {
    const before = open.length;
    while ((open.at(-1) ?? first) < first) open.pop();
    if (said !== "") said += open.length < before ? `${")".repeat(before - open.length - 1)}, ` : " (";
    said += `${name} ${first + 1}-${last + 1}`;
    open.push(last);
  }
  return said + ")".repeat(Math.max(0, open.length - 1));
}

const script = `/** Doc. */
export function plain(a) {
}
// Above.
export default class Box extends Lid {
  size = () => {
  };
  // A method.
  open() {
  }
}
function* steps() {
}
export const add = (a, b) => a + b;
const later = function () {
};
const made = class {
};
const settings = {
  on: () => 1,
  load() {
  },
};
const called = wrap(() => {
});
const seven = 7;
exports.run = function () {
};
module.exports.stop = () => {
};
describe("a box", () => {
  it.only('opens', () => {
  });
  helper("no test", () => {
  });
  it(variable, () => {
  });
});
`;
const scriptNames =
  "plain 1-3, Box 4-11 (size 6-7, open 8-10), steps 12-13, add 14-14, later 15-16, made 17-18, settings 19-23 (on 20-20, load 21-22), called 24-25, run 27-28, stop 29-30, a box 31-38 (opens 32-33)";

const programs: Readonly<Record<string, readonly [text: string, names: string]>> = {
  javascript: [script, scriptNames],
  javascriptreact: ["const App = () => <p>\n</p>;\n", "App 1-2"],
  typescript: [
    `declare function told(a: string): void;
@sealed
export abstract class Shape {
  // How large.
  abstract area(): number;
  private readonly grow = (by: number): void => {
  };
  @logged
  draw(): void {
  }
}
export interface Size {
  w: number;
}
export type Pair = [
  number, number];
// The colours.
enum Colour {
  red,
}
namespace Inner {
  export const deep = () => {
  };
}
declare module "outer" {
}
`,
    'told 1-1, Shape 2-11 (area 4-5, grow 6-7, draw 8-10), Size 12-14, Pair 15-16, Colour 17-20, Inner 21-24 (deep 22-23), "outer" 25-26',
  ],
  typescriptreact: ["export function Card(): Node {\n  return <p>\n  </p>;\n}\n", "Card 1-4"],
  python: [
    `# Above.
@cached
def one():
    pass

class Two(Base):
    """Doc."""
    async def three(self):
        pass
`,
    "one 1-4, Two 6-9 (three 8-9)",
  ],
  java: [
    `/* A block. */
@Deprecated
public class Shop {
  // Makes one.
  Shop() {
  }
  int count(int a) {
    return 1;
  }
}
interface Open {
}
enum Day { MON,
}
record Point(int x) {
  Point {
  }
}
@interface Mark {
}
`,
    "Shop 1-10 (Shop 4-6, count 7-9), Open 11-12, Day 13-14, Point 15-18 (Point 16-17), Mark 19-20",
  ],
  go: [
    `package main

// Starts.
func main() {
}

func (s *Server[T]) Serve(a int) {
}

func (Plain) Bare() {
}

type (
	// A lamp.
	Lamp struct {
		on bool
	}
)

type Name = string
type Reader interface {
}
`,
    "main 3-5, Server.Serve 7-8, Plain.Bare 10-11, Lamp 13-17, Name 20-20, Reader 21-22",
  ],
  rust: [
    `// Lit.
#[derive(Debug)]
struct Lamp {
}
/* Shown. */
impl Display for Lamp {
    fn fmt(&self) {
    }
}
impl Lamp {
}
enum Turn {
}
union Bits {
    a: u8,
}
trait Burns {
    fn burn(&self);
}
mod deep {
    const LIMIT: u8 = 1;
    static COUNT: u8 = 2;
    type Id = u8;
}
macro_rules! say {
    () => {};
}
`,
    "Lamp 1-4, Display for Lamp 5-9 (fmt 7-8), Lamp 10-11, Turn 12-13, Bits 14-16, Burns 17-19 (burn 18-18), deep 20-24 (LIMIT 21-21, COUNT 22-22, Id 23-23), say 25-27",
  ],
  c: [
    `/* A point. */
typedef struct point {
  int x;
} point_t;
struct point *p;
int *(*find(int a))(int) {
}
static char *name(void)
{
}
int (paren)(void) {
}
union value {
  int i;
};
enum colour {
  red
};
#define MAX(a, b) \\
  ((a) > (b))
`,
    "point 1-4, find 6-7, name 8-10, paren 11-12, value 13-15, colour 16-18, MAX 19-20",
  ],
  cpp: [
    `namespace sea {
// Holds.
template <typename T>
class Box {
 public:
  T &get() {
  }
  ~Box() {
  }
};
}
template <typename T>
concept Small =
    true;
using Id = int;
int sea::run(int a) {
}
[[nodiscard]]
int last() {
}
`,
    "sea 1-11 (Box 2-10 (get 6-7, ~Box 8-9)), Small 12-14, Id 15-15, sea::run 16-17, last 18-20",
  ],
  csharp: [
    `namespace Garden.Climate
{
  // A house.
  public class House
  {
    public int Size { get;
    }
    House()
    {
    }
    ~House()
    {
    }
    int Grow(int a)
    {
      int Inner(int b)
      {
        return b;
      }
      return a;
    }
  }
  struct Pot
  {
  }
  interface IPlant
  {
  }
  record Seed(int A)
  {
  }
  enum Kind
  {
    A
  }
  delegate int Act(
    int a);
}
`,
    "Garden.Climate 1-38 (House 3-22 (Size 6-7, House 8-10, House 11-13, Grow 14-21 (Inner 16-19)), Pot 23-25, IPlant 26-28, Seed 29-31, Kind 32-35, Act 36-37)",
  ],
  ruby: [
    `# A module.
module Orchard
  class Tree
    # Grows.
    def grow
    end
    def self.plant
    end
  end
end
`,
    "Orchard 1-10 (Tree 3-9 (grow 4-6, plant 7-8))",
  ],
  php: [
    `<?php
namespace Sea {
// A ferry.
class Ferry {
  function leave() {
  }
}
interface Floats {
}
trait Sinks {
}
enum Tide {
}
function wave() {
}
}
`,
    "Sea 2-16 (Ferry 3-7 (leave 5-6), Floats 8-9, Sinks 10-11, Tide 12-13, wave 14-15)",
  ],
  shellscript: ["# Usage.\nusage() {\n  echo\n}\nfunction main {\n  echo\n}\n", "usage 1-4, main 5-7"],
  css: [
    "/* Head. */\n.head  a,\n#top {\n  color: red;\n}\n@media (min-width: 1px) {\n  a {\n  }\n}\n@keyframes spin {\n}\n",
    ".head a, #top 1-5, @media (min-width: 1px) 6-9 (a 7-8), @keyframes spin 10-11",
  ],
};

describe("the definitions of a program", () => {
  for (const [language, [text, names]] of Object.entries(programs)) {
    it(`have their names and lines (${language})`, async () => {
      assert.equal(await definitions(language, text), names);
    });
  }

  it("are not read so where there is no grammar", () => {
    assert.deepEqual(
      ["swift", "plaintext", "toString"].map((language) => grammarOf(language)),
      [undefined, undefined, undefined],
    );
  });
});

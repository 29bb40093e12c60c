import type { Node, Tree, TreeCursor } from "web-tree-sitter";
import { type LoadedGrammar, role } from "./grammars.ts";
import type { Lines } from "./lines.ts";
import { type Outline, type Section, sortSections, stay } from "./outline.ts";

/** Deeper nesting than this costs no more. */
const maxDepth = 400;
/** A parse that takes longer than this is given up: some inputs take a grammar for ever. */
const parseMs = 5_000;
const maxName = 100;

/**
 * The outline of a program: a cut costs more the deeper the syntax that it cuts through, and less where the
 * author left a blank line. Comments and attributes stay with what they stand above. Definitions become
 * sections. Undefined when the parser gave up. The text may be broken: what parses counts.
 */
export function outlineCode(lines: Lines, grammar: LoadedGrammar): Outline | undefined {
  const deadline = performance.now() + parseMs;
  // The declared type returns nothing, but true stops the parser.
  const tree = grammar.parser.parse(lines.text, null, {
    progressCallback: () => performance.now() > deadline,
  });
  if (!tree) {
    grammar.parser.reset();
    return undefined;
  }
  try {
    return new OutlineBuilder(lines, grammar).build(tree);
  } finally {
    tree.delete();
  }
}

/** One open node on the way down. */
interface Level {
  /** Where a definition in this node begins: before it when the node wraps it, else -1. */
  readonly wrapperFirst: number;
  /** The last row of the previous child. */
  previousLast: number;
}

class OutlineBuilder {
  private readonly lines: Lines;
  private readonly grammar: LoadedGrammar;
  private readonly cost: Uint16Array;
  private readonly named: Uint8Array;
  private readonly sections: Section[] = [];
  /** For a row right below a comment: the row where that comment, or the first of several, begins. */
  private readonly leadFrom = new Map<number, number>();

  constructor(lines: Lines, grammar: LoadedGrammar) {
    this.lines = lines;
    this.grammar = grammar;
    this.cost = new Uint16Array(lines.count).fill(1);
    this.named = new Uint8Array(lines.count);
  }

  build(tree: Tree): Outline {
    const cursor = tree.walk();
    try {
      this.walk(cursor);
    } finally {
      cursor.delete();
    }
    const { lines, cost, named, sections, leadFrom } = this;
    for (let row = 1; row < lines.count; row++) {
      const isTight = !lines.isBlank(row - 1) || lines.isBlank(row);
      cost[row] = 2 * (cost[row] ?? 1) + (isTight ? 1 : 0);
    }
    for (const row of leadFrom.keys()) cost[row] = stay;
    for (const { first } of sections) named[first] = 1;
    return { cost, named, wholeFrom: 4, sections: sortSections(sections) };
  }

  /** Visits each node that stretches over rows, and the children of such nodes; what is inside a row is not. */
  private walk(cursor: TreeCursor): void {
    const levels: Level[] = [];
    if (!cursor.gotoFirstChild()) return;
    levels.push({ wrapperFirst: -1, previousLast: -1 });
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      const start = cursor.startPosition;
      const end = cursor.endPosition;
      const first = start.row;
      const last = end.column === 0 && end.row > first ? end.row - 1 : end.row;
      const what = this.grammar.roles[cursor.nodeTypeId] ?? 0;
      const begins = level.wrapperFirst >= 0 ? level.wrapperFirst : (this.leadFrom.get(first) ?? first);
      if (what === role.leading) this.noteLeading(first, last, level.previousLast);
      if (what === role.definition) this.noteDefinition(cursor, begins, first, last, levels.length);
      level.previousLast = last;
      if (last > first) {
        // A comment is cut last of all: its parts mean little without each other.
        const depth = what === role.leading ? maxDepth : Math.min(maxDepth, levels.length + 1);
        this.cost.fill(depth, first + 1, last + 1);
      }
      // "export const limit = 5;" at the top is looked into, though it is one line.
      const mayDefine = what === role.wrapper && levels.length <= 2;
      if (last > first || mayDefine) {
        if (cursor.gotoFirstChild()) {
          levels.push({ wrapperFirst: what === role.wrapper ? begins : -1, previousLast: -1 });
          continue;
        }
      }
      while (levels.length > 0 && !cursor.gotoNextSibling()) {
        cursor.gotoParent();
        levels.pop();
      }
    }
  }

  /** A comment at the end of a line of code belongs to that line, one above a blank line to nobody. */
  private noteLeading(first: number, last: number, previousLast: number): void {
    if (first === previousLast || last + 1 >= this.lines.count || this.lines.isBlank(last + 1)) return;
    this.leadFrom.set(last + 1, this.leadFrom.get(first) ?? first);
  }

  private noteDefinition(
    cursor: TreeCursor,
    begins: number,
    first: number,
    last: number,
    depth: number,
  ): void {
    const field = this.grammar.nameFields.get(cursor.nodeTypeId);
    if (field === undefined) return;
    const isOneLine = last === first;
    // Small things inside of functions are no landmarks.
    if (isOneLine && depth > 4) return;
    const name = nameOf(cursor.currentNode, field, depth);
    if (name) this.sections.push({ name, first: begins, last });
  }
}

const functionValues = new Set([
  "arrow_function",
  "function_expression",
  "function",
  "generator_function",
  "class",
  "call_expression",
  "object",
]);
const testFunctions = /^(describe|it|test|suite|context|specify|before|after|beforeEach|afterEach)(\.\w+)*$/;

/** The name of a definition, or undefined for nodes that look like one but are not. */
function nameOf(node: Node, field: string, depth: number): string | undefined {
  switch (node.type) {
    case "variable_declarator":
    case "assignment_expression":
    case "pair":
    case "public_field_definition":
    case "field_definition": {
      const value = node.childForFieldName(node.type === "assignment_expression" ? "right" : "value");
      if (!value || !functionValues.has(value.type)) return undefined;
      const isFunction = value.type !== "object" && value.type !== "call_expression";
      if (!isFunction && (depth > 3 || node.type === "pair")) return undefined;
      return clean(node.childForFieldName(field)?.text.replace(/^(module\.)?exports\./, ""));
    }
    case "call_expression": {
      const called = node.childForFieldName("function");
      if (!called || called.endIndex - called.startIndex > 30 || !testFunctions.test(called.text))
        return undefined;
      const title = node.childForFieldName("arguments")?.firstNamedChild;
      if (!title || !/string/.test(title.type)) return undefined;
      return clean(title.text.replace(/^["'`]|["'`]$/g, ""));
    }
    case "method_declaration": {
      const name = node.childForFieldName(field)?.text;
      const receiver = /([\w.]+)\s*(?:\[[^\]]*\])?\s*\)$/.exec(
        node.childForFieldName("receiver")?.text ?? "",
      )?.[1];
      return clean(receiver && name ? `${receiver}.${name}` : name);
    }
    case "impl_item": {
      const trait = node.childForFieldName("trait")?.text;
      const type = node.childForFieldName(field)?.text;
      return clean(trait ? `${trait} for ${type}` : type);
    }
    case "function_definition":
      return clean(field === "declarator" ? declaredName(node) : node.childForFieldName(field)?.text);
    case "class_specifier":
    case "struct_specifier":
    case "union_specifier":
    case "enum_specifier":
      // "struct point p" uses a name, "struct point { … }" defines it.
      return node.childForFieldName("body") ? clean(node.childForFieldName(field)?.text) : undefined;
    default:
      return clean(field === "" ? beforeBlock(node) : node.childForFieldName(field)?.text);
  }
}

/** In C the name is inside of pointers, parentheses and parameters: "*(*find(int))" declares find. */
function declaredName(node: Node): string | undefined {
  let at = node.childForFieldName("declarator");
  for (let inner = at; inner; inner = inner.childForFieldName("declarator")) at = inner;
  if (at?.type === "reference_declarator" || at?.type === "parenthesized_declarator") {
    at = at.lastNamedChild;
    for (let inner = at; inner; inner = inner?.childForFieldName("declarator") ?? null) at = inner;
  }
  return at?.text;
}

/** What stands before a block: ".head, #top", "@media (min-width: 40em)". */
function beforeBlock(node: Node): string {
  const [before = ""] = node.text.split("{", 1);
  return before;
}

function clean(name: string | undefined): string | undefined {
  const text = name?.replace(/\s+/g, " ").trim();
  return text ? text.slice(0, maxName) : undefined;
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Language, Parser } from "web-tree-sitter";

/** What the chunker must know of a language beyond the shape of its tree. */
interface Grammar {
  /** The file of @vscode/tree-sitter-wasm: "tree-sitter-NAME.wasm". */
  readonly wasm: string;
  /** Kinds of nodes that define something, each with the field that holds its name. */
  readonly definitions: Readonly<Record<string, string>>;
  /** Nodes that wrap a definition and begin before it: exports, decorators, templates. */
  readonly wrappers: readonly string[];
  /** Nodes that belong to what follows them. */
  readonly leading: readonly string[];
}

const script: Omit<Grammar, "wasm"> = {
  definitions: {
    function_declaration: "name",
    generator_function_declaration: "name",
    function_signature: "name",
    class_declaration: "name",
    abstract_class_declaration: "name",
    interface_declaration: "name",
    enum_declaration: "name",
    type_alias_declaration: "name",
    internal_module: "name",
    module: "name",
    method_definition: "name",
    abstract_method_signature: "name",
    public_field_definition: "name",
    field_definition: "property",
    variable_declarator: "name",
    pair: "key",
    assignment_expression: "left",
    call_expression: "function",
  },
  wrappers: [
    "export_statement",
    "ambient_declaration",
    "lexical_declaration",
    "variable_declaration",
    "expression_statement",
  ],
  leading: ["comment", "decorator"],
};

const cFamily: Omit<Grammar, "wasm"> = {
  definitions: {
    function_definition: "declarator",
    class_specifier: "name",
    struct_specifier: "name",
    union_specifier: "name",
    enum_specifier: "name",
    namespace_definition: "name",
    concept_definition: "name",
    preproc_function_def: "name",
    alias_declaration: "name",
  },
  wrappers: ["template_declaration", "declaration", "type_definition"],
  leading: ["comment", "attribute_declaration"],
};

const typescript: Grammar = { wasm: "typescript", ...script };
const tsx: Grammar = { wasm: "tsx", ...script };
const javascript: Grammar = { wasm: "javascript", ...script };
const cpp: Grammar = { wasm: "cpp", ...cFamily };

/**
 * By VS Code's language id. C is read with C++'s grammar: it has none of its own here, and this one fits well.
 * PowerShell's is left out: the engine's compiler takes 1.2 GB of memory to optimise it.
 */
const grammars: Readonly<Record<string, Grammar>> = {
  typescript,
  typescriptreact: tsx,
  javascript,
  javascriptreact: javascript,
  c: cpp,
  cpp,
  python: {
    wasm: "python",
    definitions: { function_definition: "name", class_definition: "name" },
    wrappers: ["decorated_definition"],
    leading: ["comment"],
  },
  java: {
    wasm: "java",
    definitions: {
      class_declaration: "name",
      interface_declaration: "name",
      enum_declaration: "name",
      record_declaration: "name",
      annotation_type_declaration: "name",
      method_declaration: "name",
      constructor_declaration: "name",
      compact_constructor_declaration: "name",
    },
    wrappers: [],
    leading: ["line_comment", "block_comment"],
  },
  go: {
    wasm: "go",
    definitions: {
      function_declaration: "name",
      method_declaration: "name",
      type_spec: "name",
      type_alias: "name",
    },
    wrappers: ["type_declaration"],
    leading: ["comment"],
  },
  rust: {
    wasm: "rust",
    definitions: {
      function_item: "name",
      function_signature_item: "name",
      struct_item: "name",
      enum_item: "name",
      union_item: "name",
      trait_item: "name",
      impl_item: "type",
      mod_item: "name",
      macro_definition: "name",
      type_item: "name",
      const_item: "name",
      static_item: "name",
    },
    wrappers: [],
    leading: ["line_comment", "block_comment", "attribute_item"],
  },
  csharp: {
    wasm: "c-sharp",
    definitions: {
      namespace_declaration: "name",
      file_scoped_namespace_declaration: "name",
      class_declaration: "name",
      struct_declaration: "name",
      interface_declaration: "name",
      record_declaration: "name",
      enum_declaration: "name",
      delegate_declaration: "name",
      method_declaration: "name",
      constructor_declaration: "name",
      destructor_declaration: "name",
      property_declaration: "name",
      local_function_statement: "name",
    },
    wrappers: [],
    leading: ["comment"],
  },
  ruby: {
    wasm: "ruby",
    definitions: { module: "name", class: "name", method: "name", singleton_method: "name" },
    wrappers: [],
    leading: ["comment"],
  },
  php: {
    wasm: "php",
    definitions: {
      namespace_definition: "name",
      class_declaration: "name",
      interface_declaration: "name",
      trait_declaration: "name",
      enum_declaration: "name",
      function_definition: "name",
      method_declaration: "name",
    },
    wrappers: [],
    leading: ["comment"],
  },
  shellscript: {
    wasm: "bash",
    definitions: { function_definition: "name" },
    wrappers: [],
    leading: ["comment"],
  },
  css: {
    wasm: "css",
    definitions: { rule_set: "", media_statement: "", keyframes_statement: "" },
    wrappers: [],
    leading: ["comment"],
  },
};

/** A grammar that is ready: its parser, and tables by the number of a node's kind. */
export interface LoadedGrammar {
  readonly parser: Parser;
  readonly language: Language;
  /** For each kind: 1 definition, 2 wrapper, 3 leading, 0 anything else. */
  readonly roles: Uint8Array;
  /** For each kind that defines: the field of its name. */
  readonly nameFields: ReadonlyMap<number, string>;
}

export const role = { definition: 1, wrapper: 2, leading: 3 } as const;

const loading = new Map<string, Promise<LoadedGrammar>>();
let started: Promise<void> | undefined;

/** The grammar of a language, loaded when first asked for and kept; undefined where there is none. */
export function grammarOf(languageId: string): Promise<LoadedGrammar> | undefined {
  const grammar = Object.hasOwn(grammars, languageId) ? grammars[languageId] : undefined;
  if (!grammar) return undefined;
  const known = loading.get(grammar.wasm);
  if (known) return known;
  const loaded = load(grammar);
  loading.set(grammar.wasm, loaded);
  return loaded;
}

async function load(grammar: Grammar): Promise<LoadedGrammar> {
  started ??= Parser.init();
  await started;
  // The packages are resolved where this file runs from: the repository, or the extension's own node_modules.
  const file = createRequire(import.meta.url).resolve(
    `@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammar.wasm}.wasm`,
  );
  const language = await Language.load(await readFile(file));
  const parser = new Parser();
  parser.setLanguage(language);
  const roles = new Uint8Array(language.nodeTypeCount);
  const nameFields = new Map<number, string>();
  for (let id = 0; id < language.nodeTypeCount; id++) {
    if (!language.nodeTypeIsNamed(id)) continue;
    const type = language.nodeTypeForId(id) ?? "";
    if (Object.hasOwn(grammar.definitions, type)) {
      roles[id] = role.definition;
      nameFields.set(id, grammar.definitions[type] ?? "");
    } else if (grammar.wrappers.includes(type)) roles[id] = role.wrapper;
    else if (grammar.leading.includes(type)) roles[id] = role.leading;
  }
  return { parser, language, roles, nameFields };
}

import type { FileKind } from "../../protocol/data.ts";

/** What a file is: VS Code's language id, and the kind that decides how it is cut up. */
export interface Language {
  readonly id: string;
  readonly kind: FileKind;
}

/** Ids as VS Code has them; "kind: id=extension extension …". */
const table: Readonly<Record<FileKind, string>> = {
  code: [
    "typescript=ts mts cts",
    "typescriptreact=tsx",
    "javascript=js mjs cjs es6",
    "javascriptreact=jsx",
    "python=py pyi pyw rpy",
    "java=java",
    "kotlin=kt kts",
    "scala=scala sc sbt",
    "groovy=groovy gradle gvy jenkinsfile",
    "go=go",
    "rust=rs",
    "c=c",
    "cpp=h cpp cc cxx c++ hpp hh hxx h++ ino ipp inl tpp ixx cppm cu cuh",
    "csharp=cs csx cake",
    "fsharp=fs fsi fsx",
    "vb=vb bas vbs cls frm",
    "ruby=rb rbw rake gemspec podspec ru erb",
    "php=php phtml php5 php7 phps",
    "shellscript=sh bash zsh ksh bats",
    "fish=fish",
    "powershell=ps1 psm1 psd1",
    "bat=bat cmd",
    "swift=swift",
    "objective-c=m",
    "objective-cpp=mm",
    "dart=dart",
    "lua=lua",
    "perl=pl pm t",
    "raku=raku rakumod",
    "r=r",
    "julia=jl",
    "elixir=ex exs",
    "erlang=erl hrl",
    "haskell=hs lhs",
    "ocaml=ml mli",
    "clojure=clj cljs cljc edn",
    "lisp=lisp el lsp scm rkt",
    "nim=nim",
    "zig=zig",
    "v=v",
    "d=d",
    "pascal=pas pp dpr",
    "fortran=f f90 f95 f03 for",
    "cobol=cob cbl cpy",
    "ada=adb ads",
    "asm=s asm",
    "matlab=mlx",
    "solidity=sol",
    "proto3=proto",
    "graphql=graphql gql graphqls",
    "thrift=thrift",
    "sql=sql ddl pgsql plsql",
    "html=html htm xhtml",
    "vue=vue",
    "svelte=svelte",
    "astro=astro",
    "handlebars=hbs handlebars mustache",
    "jade=pug jade",
    "razor=cshtml razor",
    "twig=twig",
    "jinja=j2 jinja jinja2",
    "css=css pcss postcss",
    "scss=scss",
    "sass=sass",
    "less=less",
    "stylus=styl",
    "cmake=cmake",
    "makefile=mk mak",
    "terraform=tf hcl",
    "nix=nix",
    "bicep=bicep",
    "tcl=tcl",
    "awk=awk",
    "vim=vim",
    "verilog=vh",
    "systemverilog=sv svh",
    "vhdl=vhd vhdl",
    "glsl=glsl vert frag comp geom",
    "hlsl=hlsl fx",
    "wgsl=wgsl",
    "coffeescript=coffee",
    "apex=apex trigger",
    "bibtex=bib",
  ].join("\n"),
  prose: [
    "markdown=md markdown mdown mkd mdx qmd rmd",
    "restructuredtext=rst rest",
    "asciidoc=adoc asciidoc asc",
    "latex=tex ltx sty",
    "org=org",
    "plaintext=txt text",
    "log=log",
    "eml=eml",
    "subtitle=srt vtt",
    "gettext=po pot",
  ].join("\n"),
  document: ["pdf=pdf", "docx=docx"].join("\n"),
  data: [
    "json=json webmanifest geojson har ipynb",
    "jsonc=jsonc code-workspace",
    "json5=json5",
    "jsonl=jsonl ndjson",
    "yaml=yaml yml",
    "toml=toml",
    "ini=ini cfg conf cnf inf editorconfig",
    "properties=properties",
    "xml=xml xsd xsl xslt wsdl plist csproj fsproj vbproj props targets resx xaml config pom rss atom kml gpx",
    "csv=csv",
    "tsv=tsv tab",
    "diff=diff patch",
    "ical=ics vcf",
    "snapshot=snap",
  ].join("\n"),
};

const byName: Readonly<Record<string, Language>> = {
  dockerfile: { id: "dockerfile", kind: "code" },
  containerfile: { id: "dockerfile", kind: "code" },
  makefile: { id: "makefile", kind: "code" },
  gnumakefile: { id: "makefile", kind: "code" },
  "cmakelists.txt": { id: "cmake", kind: "code" },
  jenkinsfile: { id: "groovy", kind: "code" },
  rakefile: { id: "ruby", kind: "code" },
  gemfile: { id: "ruby", kind: "code" },
  podfile: { id: "ruby", kind: "code" },
  vagrantfile: { id: "ruby", kind: "code" },
  brewfile: { id: "ruby", kind: "code" },
  "go.mod": { id: "go.mod", kind: "data" },
  ".bashrc": { id: "shellscript", kind: "code" },
  ".bash_profile": { id: "shellscript", kind: "code" },
  ".profile": { id: "shellscript", kind: "code" },
  ".zshrc": { id: "shellscript", kind: "code" },
  ".gitignore": { id: "ignore", kind: "data" },
  ".gitattributes": { id: "properties", kind: "data" },
  ".dockerignore": { id: "ignore", kind: "data" },
  ".carrelignore": { id: "ignore", kind: "data" },
  ".editorconfig": { id: "ini", kind: "data" },
  "requirements.txt": { id: "pip-requirements", kind: "data" },
  "tsconfig.json": { id: "jsonc", kind: "data" },
};

const byExtension = new Map<string, Language>();
for (const kind of ["code", "prose", "document", "data"] as const) {
  for (const line of table[kind].split("\n")) {
    const [id = "", extensions = ""] = line.split("=");
    for (const extension of extensions.split(" ")) byExtension.set(extension, { id, kind });
  }
}

const plainText: Language = { id: "plaintext", kind: "prose" };

/** The language of a file by its name. What is not known counts as plain text. */
export function languageOf(path: string): Language {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (Object.hasOwn(byName, name)) return byName[name] ?? plainText;
  if (name.startsWith("dockerfile.")) return { id: "dockerfile", kind: "code" };
  const dot = name.lastIndexOf(".");
  return (dot >= 0 ? byExtension.get(name.slice(dot + 1)) : undefined) ?? plainText;
}

const interpreters: readonly (readonly [RegExp, string])[] = [
  [/\b(ba|z|k|da|a)?sh\b/, "shellscript"],
  [/\bpython[\d.]*\b/, "python"],
  [/\b(node|deno|bun)\b/, "javascript"],
  [/\bruby\b/, "ruby"],
  [/\bperl\b/, "perl"],
  [/\bphp\b/, "php"],
  [/\bpwsh\b/, "powershell"],
  [/\blua\b/, "lua"],
  [/\bRscript\b/, "r"],
  [/\bawk\b/, "awk"],
];

/** The language by the name and, for a script without a known ending, by its first line ("#!…"). */
export function languageOfText(path: string, text: string): Language {
  const language = languageOf(path);
  if (language !== plainText || !text.startsWith("#!") || /\.(txt|text)$/i.test(path)) return language;
  const first = text.slice(0, Math.min(200, text.indexOf("\n") >>> 0));
  const id = interpreters.find(([pattern]) => pattern.test(first))?.[1];
  return id ? { id, kind: "code" } : language;
}

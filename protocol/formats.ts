import type { FileKind } from "./data.ts";

/**
 * The one table of what Carrel knows of file formats. A format that is to be read takes a row here and a reader
 * in indexer/read/ ("pdfReader.ts"); nothing else names it.
 */

export interface Format {
  /** What the language is called, as in VS Code where it has it. */
  readonly language: string;
  /** Decides how it is cut up; a "document" is shown as the text that was taken from it. */
  readonly kind: FileKind;
  /** Endings of names, without the dot, in lower case. */
  readonly extensions: readonly string[];
  /** Whole names, in lower case, that are of this format whatever their ending. */
  readonly names: readonly string[];
  /** Found in the first line ("#!…") of scripts in this language. */
  readonly interpreter?: RegExp;
  /** What turns it into text: "pdf" is indexer/read/pdfReader.ts. */
  readonly reader: string;
  /** Why files of this ending are not read: a sentence for people. They are listed, never opened. */
  readonly notRead?: string;
  /** What people call it ("PDF document"). */
  readonly label?: string;
  /** How its files begin, in Latin-1, where that tells one that has another format's name. */
  readonly magic?: string;
  /**
   * What its files hold, where that tells one that has another format's name: the beginning of a part's name in an
   * archive, the name of a stream in a compound file, or the type that an OpenDocument or EPUB file gives itself.
   */
  readonly signs?: readonly string[];
  /** Files may be this many times as large as the limit: documents carry fonts and images beside their text. */
  readonly sizeFactor: number;
  /**
   * The system's own program may open it. Never for what can run code when it is opened: scripts, programs,
   * Office files with macros.
   */
  readonly opensOutside: boolean;
  /** The reader shows it as it is, page by page; of the other documents it shows the text. */
  readonly isDrawn?: true;
  /** Some of its files are documents; the reader tells which. */
  readonly mayBeDocument?: true;
}

type Details = Partial<Pick<Format, "interpreter" | "opensOutside">> & {
  /** Separated by spaces. */
  readonly names?: string;
};

/** What is not known counts as plain text. */
const plainText: Format = row("prose", "plaintext", "txt text");

export const formats: readonly Format[] = [
  plainText,
  {
    ...row("document", "pdf", "pdf", { opensOutside: true }),
    reader: "pdf",
    isDrawn: true,
    label: "PDF document",
    magic: "%PDF-",
    sizeFactor: 20,
  },
  {
    ...row("document", "docx", "docx dotx", { opensOutside: true }),
    reader: "docx",
    label: "Word document",
    signs: ["word/"],
    sizeFactor: 20,
  },
  { ...row("document", "docx", "docm dotm"), reader: "docx", label: "Word document", sizeFactor: 20 },
  {
    ...row("document", "docx", "doc"),
    reader: "doc",
    label: "Word document",
    signs: ["WordDocument"],
    sizeFactor: 20,
  },
  {
    ...row("document", "spreadsheet", "xlsx xltx ods ots fods", { opensOutside: true }),
    reader: "sheet",
    label: "Spreadsheet",
    signs: ["xl/", "Workbook", "application/vnd.oasis.opendocument.spreadsheet"],
    sizeFactor: 10,
  },
  {
    ...row("document", "spreadsheet", "xlsm xltm xlsb xls"),
    reader: "sheet",
    label: "Spreadsheet",
    sizeFactor: 10,
  },
  {
    ...row("document", "presentation", "pptx odp otp fodp", { opensOutside: true }),
    reader: "slides",
    label: "Presentation",
    signs: ["ppt/", "application/vnd.oasis.opendocument.presentation"],
    sizeFactor: 20,
  },
  {
    ...row("document", "presentation", "pptm ppsx ppsm potx potm"),
    reader: "slides",
    label: "Presentation",
    sizeFactor: 20,
  },
  {
    ...row("document", "presentation", "ppt pps"),
    reader: "ppt",
    label: "Presentation",
    signs: ["PowerPoint Document"],
    sizeFactor: 20,
  },
  {
    ...row("document", "odt", "odt ott fodt", { opensOutside: true }),
    reader: "odt",
    label: "OpenDocument text",
    signs: ["application/vnd.oasis.opendocument.text"],
    sizeFactor: 20,
  },
  {
    ...row("document", "epub", "epub", { opensOutside: true }),
    reader: "epub",
    label: "E-book",
    signs: ["application/epub+zip"],
    sizeFactor: 20,
  },
  {
    ...row("document", "rtf", "rtf", { opensOutside: true }),
    reader: "rtf",
    label: "RTF document",
    magic: "{\\rtf",
    sizeFactor: 10,
  },
  {
    ...row("document", "mail", "eml mbox msg"),
    reader: "mail",
    label: "Mail",
    signs: ["__properties_version1.0"],
    sizeFactor: 20,
  },
  { ...row("document", "jupyter", "ipynb"), reader: "notebook", label: "Notebook", sizeFactor: 20 },
  code("typescript", "ts mts cts"),
  code("typescriptreact", "tsx"),
  code("javascript", "js mjs cjs es6", { interpreter: /\b(node|deno|bun)\b/ }),
  code("javascriptreact", "jsx"),
  code("python", "py pyi pyw rpy", { interpreter: /\bpython[\d.]*\b/ }),
  code("java", "java"),
  code("kotlin", "kt kts"),
  code("scala", "scala sc sbt"),
  code("groovy", "groovy gradle gvy jenkinsfile", { names: "jenkinsfile" }),
  code("go", "go"),
  code("rust", "rs"),
  code("c", "c"),
  code("cpp", "h cpp cc cxx c++ hpp hh hxx h++ ino ipp inl tpp ixx cppm cu cuh"),
  code("csharp", "cs csx cake"),
  code("fsharp", "fs fsi fsx"),
  code("vb", "vb bas vbs cls"),
  code("ruby", "rb rbw rake gemspec podspec ru erb", {
    names: "rakefile gemfile podfile vagrantfile brewfile",
    interpreter: /\bruby\b/,
  }),
  code("php", "php phtml php5 php7 phps", { interpreter: /\bphp\b/ }),
  code("shellscript", "sh bash zsh ksh bats", {
    names: ".bashrc .bash_profile .profile .zshrc",
    interpreter: /\b(ba|z|k|da|a)?sh\b/,
  }),
  code("fish", "fish"),
  code("powershell", "ps1 psm1 psd1", { interpreter: /\bpwsh\b/ }),
  code("bat", "bat cmd"),
  code("swift", "swift"),
  code("objective-c", "m"),
  code("objective-cpp", "mm"),
  code("dart", "dart"),
  code("lua", "lua", { interpreter: /\blua\b/ }),
  code("perl", "pl pm t", { interpreter: /\bperl\b/ }),
  code("raku", "raku rakumod"),
  code("r", "r", { interpreter: /\bRscript\b/ }),
  code("julia", "jl"),
  code("elixir", "ex exs"),
  code("erlang", "erl hrl"),
  code("haskell", "hs lhs"),
  code("ocaml", "ml mli"),
  code("clojure", "clj cljs cljc edn"),
  code("lisp", "lisp el lsp scm rkt"),
  code("nim", "nim"),
  code("zig", "zig"),
  code("v", "v"),
  code("d", "d"),
  code("pascal", "pas pp dpr"),
  code("fortran", "f f90 f95 f03 for"),
  code("cobol", "cob cbl cpy"),
  code("ada", "adb ads"),
  code("asm", "s asm"),
  code("matlab", "mlx"),
  code("solidity", "sol"),
  code("proto3", "proto"),
  code("graphql", "graphql gql graphqls"),
  code("thrift", "thrift"),
  code("sql", "sql ddl pgsql plsql"),
  { ...code("html", "html htm xhtml"), reader: "html", mayBeDocument: true, sizeFactor: 5 },
  { ...row("document", "html", "mht mhtml"), reader: "mht", label: "Saved web page", sizeFactor: 20 },
  code("vue", "vue"),
  code("svelte", "svelte"),
  code("astro", "astro"),
  code("handlebars", "hbs handlebars mustache"),
  code("jade", "pug jade"),
  code("razor", "cshtml razor"),
  code("twig", "twig"),
  code("jinja", "j2 jinja jinja2"),
  code("css", "css pcss postcss"),
  code("scss", "scss"),
  code("sass", "sass"),
  code("less", "less"),
  code("stylus", "styl"),
  code("cmake", "cmake", { names: "cmakelists.txt" }),
  code("makefile", "mk mak", { names: "makefile gnumakefile" }),
  code("terraform", "tf hcl"),
  code("nix", "nix"),
  code("bicep", "bicep"),
  code("tcl", "tcl"),
  code("awk", "awk", { interpreter: /\bawk\b/ }),
  code("vim", "vim"),
  code("verilog", "vh"),
  code("systemverilog", "sv svh"),
  code("vhdl", "vhd vhdl"),
  code("glsl", "glsl vert frag comp geom"),
  code("hlsl", "hlsl fx"),
  code("wgsl", "wgsl"),
  code("coffeescript", "coffee"),
  code("apex", "apex trigger"),
  code("bibtex", "bib"),
  prose("markdown", "md markdown mdown mkd mdx qmd rmd"),
  prose("restructuredtext", "rst rest"),
  prose("asciidoc", "adoc asciidoc asc"),
  prose("latex", "tex ltx sty"),
  prose("org", "org"),
  prose("log", "log"),
  { ...prose("subtitle", "srt vtt"), reader: "subtitle" },
  prose("gettext", "po pot"),
  data("json", "json webmanifest geojson har"),
  data("jsonc", "jsonc code-workspace", { names: "tsconfig.json" }),
  data("json5", "json5"),
  data("jsonl", "jsonl ndjson"),
  data("yaml", "yaml yml"),
  data("toml", "toml"),
  data("ini", "ini cfg conf cnf inf editorconfig", { names: ".editorconfig" }),
  data("properties", "properties", { names: ".gitattributes" }),
  { ...data("xml", "xml"), reader: "xml", mayBeDocument: true },
  data(
    "xml",
    "xsd xsl xslt wsdl plist csproj fsproj vbproj props targets resx xaml config pom rss atom kml gpx",
  ),
  data("csv", "csv"),
  data("tsv", "tsv tab"),
  data("diff", "diff patch"),
  data("ical", "ics vcf"),
  data("snapshot", "snap"),
  code("dockerfile", "", { names: "dockerfile containerfile" }),
  data("go.mod", "", { names: "go.mod" }),
  data("ignore", "", { names: ".gitignore .dockerignore .carrelignore" }),
  data("pip-requirements", "", { names: "requirements.txt" }),
  notRead(
    "An image: Carrel reads text only.",
    "png jpg jpeg jpe jfif gif bmp ico icns cur webp avif heic heif tif tiff svg psd ai eps xcf raw cr2 nef dng jxl dds tga hdr exr fig sketch blend",
  ),
  notRead(
    "Sound or video: Carrel reads text only.",
    "mp3 wav ogg oga opus flac m4a aac wma mid midi mp4 m4v mkv mov avi webm wmv flv mpg mpeg ogv 3gp",
  ),
  notRead(
    "An archive: listed, not opened. Unpack it to have its files read.",
    "zip gz tgz bz2 tbz xz txz zst 7z rar tar lz4 lzma cab iso dmg img jar war ear apk aab ipa deb rpm msi pkg crx xpi vsix whl egg gem nupkg",
  ),
  notRead("A font.", "ttf otf woff woff2 eot ttc pfb fnt"),
  notRead(
    "A program or compiled code: Carrel reads the source.",
    "exe dll so dylib a lib o obj ko bin elf com class pyc pyo pyd beam wasm node pdb ilk idb dex rlib rmeta swiftmodule tsbuildinfo",
  ),
  notRead(
    "A database or data in a binary format.",
    "db sqlite sqlite3 db3 mdb accdb parquet arrow feather avro orc hdf5 h5 npy npz pkl pickle mat rds rdata dbf frm ibd ldb lance sav dta",
  ),
  notRead("A model's weights.", "onnx safetensors gguf ggml pt pth ckpt tflite pb caffemodel mlmodel"),
  notRead("A spreadsheet that Carrel does not read: save it as XLSX or ODS.", "numbers wk1 wk3 wk4 qpw"),
  notRead(
    "A document that Carrel does not read: save it as DOCX, ODT or PDF.",
    "pages wpd wps hwp hwpx sdw lwp one",
  ),
  notRead(
    "A book or a scan that Carrel does not read: convert it to EPUB or PDF.",
    "mobi azw azw3 djvu xps oxps",
  ),
  notRead("A drawing that Carrel does not read: save it as PDF.", "odg otg fodg vsd vsdx vdx cdr"),
  notRead("An archive of mails that Carrel does not read: save the mails as EML or MBOX.", "pst ost dbx olm"),
  notRead("A source map: made from other files.", "map"),
  notRead("A temporary or backup file.", "swp swo bak tmp temp part crdownload"),
  notRead("A three-dimensional model or a drawing.", "stl obj3d fbx glb gltf dwg dxf skp step stp 3ds"),
];

const byName = new Map(formats.flatMap((format) => format.names.map((name) => [name, format] as const)));
const byExtension = new Map(
  formats.flatMap((format) => format.extensions.map((extension) => [extension, format] as const)),
);

/** The format of a file by its name; plain text where the name says nothing. */
export function formatOf(path: string): Format {
  const name = nameOf(path);
  const known = byName.get(name.startsWith("dockerfile.") ? "dockerfile" : name);
  return known ?? byExtension.get(endingOf(name)) ?? plainText;
}

/** Names of languages that are neither the language's own nor an ending of its files. */
const otherNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "c#": "csharp",
    "f#": "fsharp",
    docker: "dockerfile",
    golang: "go",
    make: "makefile",
    objc: "objective-c",
    protobuf: "proto3",
    pwsh: "powershell",
    shell: "shellscript",
    word: "docx",
  }),
);
/** Languages that people mean together with another one. */
const withIt: Readonly<Record<string, readonly string[]>> = {
  typescript: ["typescriptreact"],
  javascript: ["javascriptreact"],
  json: ["jsonc"],
};

/** Languages that people write otherwise than with a capital letter. */
const spellings: Readonly<Record<string, string>> = {
  typescript: "TypeScript",
  typescriptreact: "TypeScript",
  javascript: "JavaScript",
  javascriptreact: "JavaScript",
  csharp: "C#",
  fsharp: "F#",
  cpp: "C++",
  restructuredtext: "reStructuredText",
  latex: "LaTeX",
  plaintext: "plain text",
  shellscript: "shell script",
  php: "PHP",
  sql: "SQL",
  html: "HTML",
  css: "CSS",
  scss: "SCSS",
  coffeescript: "CoffeeScript",
};

/** A language as people write it: "TypeScript", "PDF", "YAML". */
export function languageLabel(language: string): string {
  const format = formats.find((one) => one.language === language);
  if (format?.label) return format.label.replace(/ document$/, "");
  if (format?.kind === "data") return language.length <= 5 ? language.toUpperCase() : language;
  return spellings[language] ?? language.charAt(0).toUpperCase() + language.slice(1);
}

/** All languages that are read, by their own names, in alphabetical order. */
export function languageNames(): string[] {
  return [...new Set(formats.filter(({ notRead }) => !notRead).map(({ language }) => language))].sort();
}

/**
 * The languages that somebody means by a name: a language's own ("python"), an ending of its files ("py", "c++")
 * or what it is called besides ("golang"). Undefined for a name that nobody knows.
 */
export function languagesNamed(name: string): readonly string[] | undefined {
  const wanted = name.toLowerCase();
  const isKnown = formats.some(({ language, notRead }) => language === wanted && !notRead);
  const format = byExtension.get(wanted);
  const language = isKnown
    ? wanted
    : (otherNames.get(wanted) ?? (format?.notRead ? undefined : format?.language));
  return language === undefined ? undefined : [language, ...(withIt[language] ?? [])];
}

/** Why a file with this ending is not read at all; undefined when it may be. */
export function notReadReason(path: string): string | undefined {
  const name = nameOf(path);
  // Names that are all ending (".map") are not of that format.
  return name.lastIndexOf(".") > 0 ? byExtension.get(endingOf(name))?.notRead : undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase();
}

function endingOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1);
}

function row(kind: FileKind, language: string, extensions: string, details: Details = {}): Format {
  const { names = "", opensOutside = false, ...rest } = details;
  const list = (words: string): string[] => words.split(" ").filter((word) => word !== "");
  return {
    language,
    kind,
    extensions: list(extensions),
    names: list(names),
    reader: "text",
    sizeFactor: 1,
    opensOutside,
    ...rest,
  };
}

function code(language: string, extensions: string, details?: Details): Format {
  return row("code", language, extensions, details);
}

function prose(language: string, extensions: string, details?: Details): Format {
  return row("prose", language, extensions, details);
}

function data(language: string, extensions: string, details?: Details): Format {
  return row("data", language, extensions, details);
}

function notRead(reason: string, extensions: string, details?: Details): Format {
  return { ...row("prose", "plaintext", extensions, details), notRead: reason };
}

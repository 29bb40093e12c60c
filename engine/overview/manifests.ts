import type { IndexedFile } from "./contents.ts";

/** A file that says what a project is and how it is built, run and tested, and which of its lines say so. */
interface Manifest {
  /** Of its path. */
  readonly name: RegExp;
  /** Lines of which the first with each key counts. What the last group matched is quoted, or the whole line. */
  readonly keys?: RegExp;
  /** Lines of which each counts. */
  readonly each?: RegExp;
  /** The line after which each one counts, until a bracket or a tag is closed or a section begins. */
  readonly block?: RegExp;
}

const manifests: readonly Manifest[] = [
  {
    name: /(^|\/)(package|composer)\.json$/,
    keys: /^\s*"(name|description|main|bin)"\s*:\s*\S/,
    block: /^\s*"scripts"\s*:\s*\{\s*$/,
  },
  {
    name: /(^|\/)(pyproject|Cargo)\.toml$/,
    keys: /^(name|description|requires-python|rust-version|members)\s*=/,
    block: /^\[(?:project\.scripts|tool\.poetry\.scripts|tool\.[\w.-]+\.(?:scripts|tasks))\]/,
  },
  {
    name: /(^|\/)(setup\.py|setup\.cfg|tox\.ini)$/,
    keys: /^\s*(name|description|python_requires|envlist)\s*=/,
  },
  { name: /(^|\/)go\.mod$/, keys: /^(module|go)\s/ },
  { name: /(^|\/)((GNU)?[Mm]akefile|[Jj]ustfile)$/, each: /^([A-Za-z][\w.-]*)(?:\s+[^:=]*)?:(?!=)/ },
  { name: /(^|\/)Rakefile$/, each: /^\s*task\s+:?["']?(\w+)/ },
  {
    name: /(^|\/)pom\.xml$|\.(cs|fs|vb)proj$/,
    keys: /^\s*<((?:artifactId|name|description|packaging|OutputType|TargetFrameworks?))>/,
    block: /^\s*<modules>/,
  },
  {
    name: /(^|\/)(build|settings)\.gradle(\.kts)?$/,
    keys: /^\s*(rootProject\.name|group|description|mainClass)\b/,
    each: /^\s*include\b.*/,
  },
  {
    name: /(^|\/)(CMakeLists\.txt|meson\.build|configure\.ac)$/,
    each: /^\s*(?:AC_INIT|project|add_executable|add_library|executable|enable_testing)\s*\(.*/i,
  },
  {
    name: /\.gemspec$|(^|\/)mix\.exs$/,
    keys: /^\s*(?:\w+\.)?(name|summary|description|app|executables)\s*[=:]/,
  },
  { name: /(^|\/)(Dockerfile|Containerfile)$/, each: /^(?:FROM|CMD|ENTRYPOINT)\s.*/ },
  {
    name: /(^|\/)(\.github\/workflows\/[^/]+|\.gitlab-ci|\.travis|azure-pipelines|\.circleci\/config)\.ya?ml$/,
    each: /^\s*-?\s*(?:run|script):\s*([^|>\s].*)/,
  },
];

const mostLines = 20;
const longestLine = 70;

const anyName = new RegExp(manifests.map(({ name }) => name.source).join("|"));

/** The manifests of a folder, those at its top first; those of tests, examples and other people's code are left out. */
export function manifestsIn(files: readonly IndexedFile[]): IndexedFile[] {
  return files
    .filter(({ path }) => anyName.test(path) && !isAside(path))
    .map((file) => ({ file, rank: rank(file) }))
    .sort((a, b) => a.rank - b.rank || (a.file.path < b.file.path ? -1 : 1))
    .map(({ file }) => file);
}

/** Whether a file lies where examples, tests' files or other people's code do. */
export function isAside(path: string): boolean {
  return /(^|\/)(tests?|specs?|__tests__|fixtures?|testdata|examples?|node_modules|vendor|third_party)\//i.test(
    path,
  );
}

/** By depth; what runs the build elsewhere comes after what says how to build. */
function rank({ path, depth }: IndexedFile): number {
  return depth + (/\.ya?ml$|(Docker|Container)file$/.test(path) ? 100 : 0);
}

function formatOf(path: string): Manifest | undefined {
  return manifests.find(({ name }) => name.test(path));
}

/**
 * The lines of a manifest that say most, as they stand there but for white space, quotation marks and commas. Of what
 * can be run the names without parts come first ("test" before "test:unit").
 */
export function tellingLines(path: string, text: string): string[] {
  const format = formatOf(path);
  const keys = new Map<string, string>();
  const found: string[] = [];
  let isInBlock = false;
  for (const line of text.split("\n")) {
    if (isInBlock) {
      isInBlock = !/^\s*(?:\}|<\/)|^\[/.test(line);
      // A list over several lines says less than its name.
      if (isInBlock && !/^\s*\]|[[{]\s*$/.test(line)) found.push(line);
      continue;
    }
    isInBlock = format?.block?.test(line) ?? false;
    const key = format?.keys?.exec(line)?.[1];
    if (key !== undefined && !keys.has(key)) keys.set(key, line);
    const each = format?.each?.exec(line);
    if (each) found.push(each[1] ?? each[0]);
  }
  const hasParts = (line: string): boolean => /^\s*"[^":]*:/.test(line);
  const ordered = [...found.filter((line) => !hasParts(line)), ...found.filter(hasParts)];
  const lines = new Set([...keys.values(), ...ordered].map(quoted));
  lines.delete("");
  return [...lines].slice(0, mostLines);
}

function quoted(line: string): string {
  const plain = line.replace(/\s+/g, " ").replaceAll('"', "").trim().replace(/,$/, "");
  return plain.length > longestLine ? `${plain.slice(0, longestLine)}…` : plain;
}

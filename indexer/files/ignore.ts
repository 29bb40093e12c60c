import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { excludeFile, excludeName, ignoreCase } from "./gitExclude.ts";
import { isTooComplex, type Patterns, patternsOf, roomBeside } from "./ignorePatterns.ts";
import { readSmallText } from "./smallText.ts";

const maxAncestors = 64;
const excludeSetting = "the setting carrel.indexing.exclude";

/** What leaves a file or folder out, in words that follow "by ": `"*.md" in docs/.gitignore (line 3)`. */
export interface LeftOut {
  readonly by: string;
}

/** One ignore file's rules, which see paths relative to the file's own folder. */
interface Layer {
  /** Without rules, because they can't be applied, all in the file's folder is left out. */
  readonly rules: Ignore | LeftOut;
  readonly count: number;
  /** What people know the rules by: the ignore file's path from the workspace folder, or the setting. */
  readonly source: string;
  /** How much of a path (relative to the workspace folder) lies above the ignore file's folder. */
  readonly cut: number;
  /** For a file above the workspace folder: where that folder is, seen from the file's folder; ends in "/". */
  readonly prefix: string;
}

/**
 * The ignore rules that hold in one directory, in git's sense: the last pattern that matches in the nearest
 * ignore file decides, and what lies in an ignored directory can't be taken back in. `.carrelignore` and the
 * `exclude` setting come before git's own files, so "!docs/generated/" there takes in what git ignores.
 */
export class IgnoreRules {
  private readonly ours: readonly Layer[];
  private readonly git: readonly Layer[];

  private constructor(ours: readonly Layer[], git: readonly Layer[]) {
    this.ours = ours;
    this.git = git;
  }

  /** The rules that hold in the workspace folder itself, before its own ignore files are read. */
  static async forRoot(root: string, exclude: readonly string[]): Promise<IgnoreRules> {
    const settings = exclude.length > 0 ? [layer(patternsOf(exclude), excludeSetting, 0, "")] : [];
    return new IgnoreRules(settings, await rulesFromAbove(root));
  }

  /**
   * The rules inside a directory of the workspace.
   * @param path The directory, relative to the workspace folder; "" for the folder itself.
   * @param names The directory's entries, so that only ignore files that exist are opened.
   */
  async enter(root: string, path: string, names: ReadonlySet<string>): Promise<IgnoreRules> {
    const rules = path === "" ? this : this.without(path);
    const directory = join(root, path);
    const within = path === "" ? "" : `${path}/`;
    const room = roomBeside([...rules.ours, ...rules.git].reduce((sum, { count }) => sum + count, 0));
    const read = async (name: string): Promise<Layer[]> => {
      const text = names.has(name) ? await readSmallText(join(directory, name)) : undefined;
      return text === undefined
        ? []
        : [layer(patternsOf(text.split("\n"), room), within + name, within.length, "")];
    };
    const [carrelIgnore, gitIgnore] = await Promise.all([read(".carrelignore"), read(".gitignore")]);
    // A repository inside another one has rules of its own; at the top `forRoot` has read its exclude file.
    const isRepository = names.has(".git");
    const exclude = isRepository ? await excludeFile(directory, root) : undefined;
    const outer = isRepository ? [] : rules.git;
    const inherited =
      exclude === undefined
        ? outer
        : [layer(patternsOf(exclude.split("\n")), within + excludeName, within.length, ""), ...outer];
    if (rules === this && carrelIgnore.length + gitIgnore.length === 0 && !isRepository) return this;
    return new IgnoreRules([...carrelIgnore, ...rules.ours], [...gitIgnore, ...inherited]);
  }

  /** What ignores it, "in" when a "!" pattern takes it in, undefined when no pattern matches. */
  decide(path: string, isDirectory: boolean): "in" | LeftOut | undefined {
    return decideBy(this.ours, path, isDirectory) ?? decideBy(this.git, path, isDirectory);
  }

  /**
   * The rules for what lies in a directory that was taken in: files that ignore the directory itself would
   * ignore all that is in it, so they end here.
   */
  private without(path: string): IgnoreRules {
    const keeps = (item: Layer): boolean => !isLeftOut(test(item, path, true));
    if (this.ours.every(keeps) && this.git.every(keeps)) return this;
    return new IgnoreRules(this.ours.filter(keeps), this.git.filter(keeps));
  }
}

function layer(patterns: Patterns, source: string, cut: number, prefix: string): Layer {
  const rules = isTooComplex(patterns)
    ? { by: `${source}, which is too complex: ${patterns.tooComplex}` }
    : ignore({ ignorecase: ignoreCase }).add(patterns);
  return { rules, count: isTooComplex(patterns) ? 0 : patterns.length, source, cut, prefix };
}

function decideBy(layers: readonly Layer[], path: string, isDirectory: boolean): "in" | LeftOut | undefined {
  for (const item of layers) {
    const verdict = test(item, path, isDirectory);
    if (verdict) return verdict;
  }
  return undefined;
}

function test(item: Layer, path: string, isDirectory: boolean): "in" | LeftOut | undefined {
  if ("by" in item.rules) return item.rules;
  const { ignored, unignored, rule } = item.rules.test(
    `${item.prefix}${path.slice(item.cut)}${isDirectory ? "/" : ""}`,
  );
  if (!ignored) return unignored ? "in" : undefined;
  const line = item.source === excludeSetting ? "" : ` (${rule?.mark ?? ""})`;
  return { by: `"${rule?.pattern.trim() ?? ""}" in ${item.source}${line}` };
}

function isLeftOut(verdict: "in" | LeftOut | undefined): boolean {
  return verdict !== undefined && verdict !== "in";
}

/**
 * Rules of the repository around the workspace folder: `.gitignore` files above it and `.git/info/exclude`.
 * None when they ignore the folder as a whole: whoever opens an ignored folder wants to see it.
 */
async function rulesFromAbove(root: string): Promise<Layer[]> {
  const ancestors = [root];
  let exclude = await excludeFile(root, root);
  while (exclude === undefined && ancestors.length < maxAncestors) {
    const parent = dirname(ancestors.at(-1) ?? root);
    if (ancestors.includes(parent)) return [];
    ancestors.push(parent);
    exclude = await excludeFile(parent, root);
  }
  if (exclude === undefined) return [];
  const layers: Layer[] = [];
  // The folder's own .gitignore is read when the walk enters it.
  for (const directory of ancestors.slice(1)) {
    const text = await readSmallText(join(directory, ".gitignore"));
    if (text !== undefined) layers.push(layerFromAbove(text, root, directory, ".gitignore"));
  }
  layers.push(layerFromAbove(exclude, root, ancestors.at(-1) ?? root, excludeName));
  return layers.some(isRootIgnored) ? [] : layers;
}

function layerFromAbove(text: string, root: string, directory: string, name: string): Layer {
  const source = relative(root, join(directory, name)).split(sep).join("/");
  return layer(patternsOf(text.split("\n")), source, 0, prefixFrom(directory, root));
}

function isRootIgnored({ rules, prefix }: Layer): boolean {
  return prefix !== "" && "test" in rules && rules.test(prefix).ignored;
}

function prefixFrom(directory: string, root: string): string {
  const path = relative(directory, root).split(sep).join("/");
  return path === "" ? "" : `${path}/`;
}

/** How much one rule leaves out. */
export interface IgnoredBy {
  /** Words that follow "by ": `"*.md" in docs/.gitignore (line 3)`. */
  readonly rule: string;
  readonly files: number;
  /** Folders are counted as one each: what is in them is not looked at. */
  readonly folders: number;
  /** The first path that was met. */
  readonly example: string;
}

/** More rules than this are summed up: nobody reads them, and a hostile tree may have one for each file. */
const maxRules = 50;

/** Counts what is left out, by the rule that does it. */
export class IgnoredCounts {
  private readonly byRule = new Map<string, { files: number; folders: number; readonly example: string }>();

  add(rule: string, path: string, isFolder: boolean): void {
    const key = this.byRule.has(rule) || this.byRule.size < maxRules ? rule : "other rules";
    const count = this.byRule.get(key) ?? { files: 0, folders: 0, example: path };
    if (isFolder) count.folders += 1;
    else count.files += 1;
    this.byRule.set(key, count);
  }

  /** Those that leave most out come first. */
  list(): IgnoredBy[] {
    const all = [...this.byRule].map(([rule, count]) => ({ rule, ...count }));
    return all.sort((a, b) => b.files + b.folders - (a.files + a.folders));
  }
}

import type { PatternParams } from "ignore";

/**
 * Patterns become regular expressions, whose work can grow with the depth of a path to the power of the
 * pattern's "**". The bounds keep it far below what a person notices, and far above what people write.
 */
const maxRules = 5000;
/** Rules that may hold in one folder, with those of the folders above it. */
const maxRulesTogether = 20_000;
const maxGlobLength = 1000;
const maxGlobstars = 2;
/** No path is longer, so that a longer name without wildcards matches nothing. */
const maxPath = 4096;

/** How many rules another ignore file may have where so many hold already. */
export function roomBeside(rules: number): number {
  return Math.min(maxRules, maxRulesTogether - rules);
}

/** The rules of one ignore file, or why they can't be applied, in words that follow the file's name. */
export type Patterns = readonly PatternParams[] | { readonly tooComplex: string };

export function isTooComplex(patterns: Patterns): patterns is { readonly tooComplex: string } {
  return "tooComplex" in patterns;
}

/**
 * The rules of an ignore file. Each has as its mark where it stands, as it is told to people ("line 3").
 * What can't be applied as it stands never leads to more files being read: a rule with too many "**" is read
 * more broadly, one that takes files in is passed over, and for anything else the file counts as too complex.
 * @param room How many rules it may have.
 */
export function patternsOf(lines: readonly string[], room = maxRules): Patterns {
  const patterns: PatternParams[] = [];
  for (const [row, text] of lines.entries()) {
    const line = text.replace(/\r$/, "");
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (line.length > maxGlobLength) {
      const isName = !/[*?[\\]/.test(line);
      if (line.startsWith("!") || (isName && line.length > maxPath)) continue;
      if (!isName)
        return { tooComplex: `line ${row + 1} is too long for a rule (${line.length} characters)` };
    }
    const pattern = withFewGlobstars(line);
    if (pattern === undefined) continue;
    if (patterns.length >= room)
      return { tooComplex: "there are too many rules in it or with those above it" };
    const broader = pattern === line ? "" : ", read more broadly than it is written: too many **";
    patterns.push({ pattern, mark: `line ${row + 1}${broader}` });
  }
  return patterns;
}

/** The pattern, or one that matches all that it matches and more; undefined for one that takes files in. */
function withFewGlobstars(line: string): string | undefined {
  if (!line.includes("**/")) return line;
  const steps = line.split("/");
  const last = steps.length - 1;
  const globstars = [...steps.keys()].filter((at) => at < last && isGlobstar(steps[at], at, line));
  if (globstars.length <= maxGlobstars) return line;
  if (line.startsWith("!")) return undefined;
  const from = globstars.at(0) ?? 0;
  const to = globstars.at(-1) ?? last;
  return [...steps.slice(0, from + 1), ...steps.slice(to + 1)].join("/");
}

function isGlobstar(step: string | undefined, at: number, line: string): boolean {
  const plain = at === 0 && line.startsWith("!") ? step?.slice(1) : step;
  return plain !== undefined && /^\*{2,}$/.test(plain);
}

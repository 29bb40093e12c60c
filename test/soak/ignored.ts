/**
 * What ignore rules leave out, told a second time for the few forms of pattern that a soak writes: "*.txt",
 * "!*.txt", "name/" and "name-*" with a slash. Written apart from the product's, so that one checks the other.
 */

/** Lists of patterns; those of ours decide before git's, the first list of each that has a match before the next. */
export interface Rules {
  readonly ours: readonly (readonly string[])[];
  readonly git: readonly (readonly string[])[];
}

/** Whether a file (path relative to its folder) is left out without being listed. */
export function isIgnored(path: string, rules: Rules): boolean {
  const names = path.split("/");
  const file = names.pop() ?? "";
  return (
    names.some((name) => name === "node_modules" || isOut(name, true, rules)) || isOut(file, false, rules)
  );
}

function isOut(name: string, isDirectory: boolean, { ours, git }: Rules): boolean {
  for (const patterns of [...ours, ...git]) {
    const last = patterns.findLast((pattern) => matches(pattern, name, isDirectory));
    if (last !== undefined) return !last.startsWith("!");
  }
  return false;
}

function matches(pattern: string, name: string, isDirectory: boolean): boolean {
  const bare = pattern.replace(/^!/, "");
  if (bare.endsWith("/") && !isDirectory) return false;
  const [head = "", tail] = bare.replace(/\/$/, "").split("*");
  return tail === undefined ? name === head : name.startsWith(head) && name.endsWith(tail);
}

/** The first Node that runs the engine: node:sqlite, which guards the index, needs no flag from here on. */
export const minimumNode = "22.13";

/** Why this Node can't run the command, and what to do; undefined when it can. `version` is like "22.13.0". */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = minimumNode.split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined;
  return `carrel needs Node ${minimumNode} or newer, and this is ${version}. In a clone, "npm run -s carrel --" brings its own.`;
}

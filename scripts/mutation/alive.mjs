/** Lists the mutants that no test noticed as they come: a run takes long, and there may be no time for all of it. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

export const survived = ["Survived", "NoCoverage"];

export class Alive {
  onMutantTested({ fileName, location, mutatorName, replacement, status }) {
    // A time-out may be a test that hangs as it should, or a machine that was too busy: a person must look.
    if (!survived.includes(status) && status !== "Timeout") return;
    const lines = readFileSync(fileName, "utf8").split("\n");
    const { start, end } = location;
    const line = lines[start.line - 1] ?? "";
    const before =
      start.line === end.line
        ? line.slice(start.column - 1, end.column - 1)
        : `${line.slice(start.column - 1)} …`;
    const short = (text) => text.replace(/\s+/g, " ").slice(0, 100);
    const place = `${relative(process.cwd(), fileName)}:${start.line}:${start.column}`;
    const reached =
      { NoCoverage: ", which no test reaches", Timeout: ", which was ended by the time limit" }[status] ?? "";
    console.log(`  ${place} ${mutatorName}: ${short(before)} → ${short(replacement)}${reached}`);
  }
}

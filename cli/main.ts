import { CarrelError } from "../protocol/channel.ts";
import { parseArguments, UsageError, usage } from "./arguments.ts";
import { run } from "./commands.ts";
import { nodeProblem } from "./nodeVersion.ts";

async function main(): Promise<number> {
  const problem = nodeProblem(process.versions.node);
  if (problem) {
    console.error(problem);
    return 1;
  }
  try {
    const command = parseArguments(process.argv.slice(2));
    if (command.name === "help") {
      console.log(usage);
      return 0;
    }
    await run(command);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`carrel: ${error.message}\n\n${usage}`);
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    console.error(`carrel: ${message}`);
    if (error instanceof CarrelError && error.remedy) console.error(`        ${error.remedy}`);
    return 1;
  }
}

process.exitCode = await main();

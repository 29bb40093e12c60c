import { CarrelError } from "../protocol/channel.ts";
import { parseArguments, UsageError, usage } from "./arguments.ts";
import { run } from "./commands.ts";
import { nodeProblem } from "./nodeVersion.ts";
import { printMessage } from "./output.ts";

async function main(): Promise<number> {
  const problem = nodeProblem(process.versions.node);
  if (problem) {
    printMessage(problem);
    return 1;
  }
  try {
    const command = parseArguments(process.argv.slice(2));
    if (command.name === "help") {
      process.stdout.write(`${usage}\n`);
      return 0;
    }
    await run(command);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof UsageError) {
      printMessage(`carrel: ${error.message}`);
      process.stderr.write(`\n${usage}\n`);
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    printMessage(`carrel: ${message}`);
    if (error instanceof CarrelError && error.remedy) printMessage(`        ${error.remedy}`);
    return 1;
  }
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  // Who read has seen enough ("carrel ask … | head"). The engine ends with this process; 141 is what SIGPIPE gives.
  process.exit(141);
});
process.exitCode = await main();

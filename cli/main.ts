import { CarrelError } from "../protocol/channel.ts";
import { parseArguments, UsageError, usage } from "./arguments.ts";
import { run } from "./commands.ts";

const minimumNode = 22;

async function main(): Promise<number> {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < minimumNode) {
    console.error(
      `carrel needs Node ${minimumNode} or newer, and this is ${process.versions.node}. In a clone, "npm run -s carrel --" brings its own.`,
    );
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

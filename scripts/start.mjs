/**
 * `npm start [-- DIR "question"]`: the main job in the terminal. Indexes a folder, the sample workspace if none
 * is named, asks a question, and prints the answer with its sources. The set-up runs before this.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const [dir, question, ...more] = process.argv.slice(2);

if (more.length > 0 || (dir !== undefined && question === undefined)) {
  console.error('Usage: npm start -- DIR "question"      (or npm start alone, for the sample workspace)');
  process.exit(2);
}

const sample = fileURLToPath(new URL("../sample", import.meta.url));
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const asked = question ?? "How heavy may the shelves upstairs be?";

console.log(`Indexing ${dir ?? "the sample workspace (sample/)"} and asking: ${asked}\n`);
const { status, error } = spawnSync(process.execPath, [cli, "ask", dir ?? sample, asked], {
  stdio: "inherit",
});
if (error) console.error(`The program could not be started: ${error.message}`);
if (status === 0 && dir === undefined) {
  console.log('\nYour own files:  npm start -- DIR "question"      In VS Code:  npm run vscode -- DIR');
}
process.exit(status ?? 1);

/**
 * Writes docs/schema: a JSON schema for what each command of the terminal prints with --json, from the schemas of
 * its code. A test holds that they are the same.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { toJsonSchema } from "@valibot/to-json-schema";
import { documents } from "../cli/documents.ts";
import { root } from "./tools.mjs";

/** What does not bear its command's name. */
const titles: Readonly<Record<string, string>> = {
  queries: "A line of carrel search --queries",
  models: "carrel doctor --models",
};

/** The text of each file of docs/schema by its name. */
export function jsonSchemas(): Map<string, string> {
  return new Map(
    Object.entries(documents).map(([command, document]) => {
      const { $schema, ...schema } = toJsonSchema(document);
      const title = titles[command] ?? `carrel ${command}`;
      return [
        `${command}.json`,
        `${JSON.stringify({ $schema, title: `${title} --json`, ...schema }, null, 2)}\n`,
      ];
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  mkdirSync(join(root, "docs/schema"), { recursive: true });
  for (const [name, text] of jsonSchemas()) writeFileSync(join(root, "docs/schema", name), text);
}

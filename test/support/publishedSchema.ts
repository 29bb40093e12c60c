import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { InferOutput } from "valibot";
import type { documents } from "../../cli/documents.ts";
import { root } from "../../scripts/tools.mjs";

const ajv = new Ajv({ allErrors: true });

/**
 * Reads what a command printed with --json, and asserts that it is what docs/schema says: neither is a field
 * missing, nor is there one that the schema does not name.
 */
export function published<Command extends keyof typeof documents>(
  command: Command,
  stdout: string,
): InferOutput<(typeof documents)[Command]> {
  const document = JSON.parse(stdout);
  const schema = JSON.parse(readFileSync(`${root}/docs/schema/${command}.json`, "utf8"));
  const fits = ajv.compile(closed(schema));
  assert.ok(fits(document), `${command}: ${ajv.errorsText(fits.errors)}`);
  return document as InferOutput<(typeof documents)[Command]>;
}

/** The schema with all its objects closed: it is published open, since fields are added in time. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return (inner["type"] === "object" ? { ...inner, additionalProperties: false } : inner) as T;
}

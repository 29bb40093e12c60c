import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sample = fileURLToPath(new URL("../../sample/", import.meta.url));

/** Files of the sample workspace that are left out where scans are not read. */
export const unreadInSample = ["finance/bank-letter-scan.pdf"];

/** How many files of the sample workspace are indexed without them. */
export const filesInSample =
  readdirSync(sample, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(sample, path)).isFile(),
  ).length - unreadInSample.length;

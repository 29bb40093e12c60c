import type { FileKind } from "../../protocol/data.ts";
import { testPath } from "../files/testPath.ts";

/** What part a file plays in its folder. */
export type FileRole = "code" | "test" | "docs" | "changes" | "data";

/** "CHANGELOG.md", "RELEASE-NOTES.txt", "whatsnew-5.3.rst", "docs/releases/2.0.md"; a patient's "history.md" is none. */
const changesPath =
  /(^|\/)(change-?logs?|release[-_ ]?notes?|what'?s-?new)([-_.\d][^/]*)?$|(^|\/)(change-?logs?|release-?notes|whats-?new)\/|(^|\/)docs?\/([^/]+\/)?releases\/|^(docs?\/([^/]+\/)?)?(changes|history|news)(\.\w+)?$/i;

/** The part that a file plays, by its kind and its path. */
export function roleOf({ kind, path }: { readonly kind: FileKind; readonly path: string }): FileRole {
  if (kind === "code") return testPath.test(path) ? "test" : "code";
  if (changesPath.test(path)) return "changes";
  return kind === "data" ? "data" : "docs";
}

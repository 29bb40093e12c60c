import type { Withheld } from "../protocol/data.ts";

const shown = 20;

/** What was held back as secret, with how to let one through; none for nothing. */
export function withheldLines(withheld: readonly Withheld[]): string[] {
  if (withheld.length === 0) return [];
  const lines = withheld.slice(0, shown).map(({ path, line, kind, fingerprint }) => {
    return `  ${path}:${line}: ${kind}${fingerprint === undefined ? "" : ` (${fingerprint})`}`;
  });
  const more = withheld.length > shown ? [`  … and ${withheld.length - shown} more (--json lists them)`] : [];
  return [
    `Held back as secrets (${withheld.length}):`,
    ...lines,
    ...more,
    "To let one through: index with --allow-secret CODE, on each run.",
  ];
}

import type { Walked } from "./walk.ts";

const maxNamed = 3;

/**
 * Why a walk of a whole folder found no file to index, in sentences for people that name the rules which left
 * everything out; undefined when it found one.
 */
export function explainEmpty({ files, skipped, ignored }: Walked): string | undefined {
  if (files.length > 0) return undefined;
  const counts = ignored.map((rule) => rule.files + rule.folders);
  const leftOut = sum(counts);
  if (leftOut + skipped.length === 0) return "This folder is empty.";
  const listed =
    skipped.length === 1
      ? "1 file or folder is listed with the reason why not"
      : `${skipped.length} files and folders are listed with the reasons why not`;
  if (leftOut === 0) return `Nothing in this folder can be indexed: ${listed}.`;
  const rules = ignored.slice(0, maxNamed).map((rule, i) => `${counts[i]} by ${rule.rule}`);
  const rest = sum(counts.slice(maxNamed));
  if (rest > 0) rules.push(`${rest} by other rules`);
  const also = skipped.length > 0 ? `; ${listed}` : "";
  const subject = leftOut === 1 ? "1 entry of this folder is" : `${leftOut} entries of this folder are`;
  const whole = leftOut === 1 ? "The only entry of this folder is" : `All ${subject}`;
  return (
    `${also === "" ? whole : subject} left out: ${rules.join(", ")}${also}. ` +
    `A line such as "!docs/" in .carrelignore takes a folder in.`
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

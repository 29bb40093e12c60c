import { withTag } from "./models.ts";

/** Below this, known holes of the server let a web page or a hostile model file do harm. */
export const safeVersion = "0.35.0";
/** From here on "name:tag:local" answers 404 when the model is a cloud's. */
const localSuffixVersion = "0.17.6";
/** Builds from source call themselves this; they are taken for new. */
const developmentVersion = "0.0.0";

/** Whether a server is so old that a person should update it. */
export function hasKnownHoles(version: string): boolean {
  return version !== developmentVersion && compareVersions(version, safeVersion) < 0;
}

/** The name that only a model of the server itself can answer to, where the server knows such names. */
export function localName(name: string, version: string): string {
  const knows = version === developmentVersion || compareVersions(version, localSuffixVersion) >= 0;
  return knows ? `${withTag(name)}:local` : name;
}

/**
 * -1, 0 or 1 for versions such as "0.12.6" and "0.35.0-rc1"; a release candidate counts as its release.
 * So does a build between releases ("0.17.6-0-gabc"), which the rules of semver put before it.
 */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] => /\d+(\.\d+)*/.exec(version)?.[0].split(".").map(Number) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Public repositories at fixed commits. They are cloned from GitHub into the cache, or taken from
 * CARREL_MIRROR/OWNER+NAME/repo when that is set. No training source is among them.
 */
export const commits = {
  "Jun-jie-Huang/CoCLR": "HEAD",
  "jedick/MLE-capstone-project": "HEAD",
  "deepmind/xquad": "HEAD",
  "brandonstarxel/chunking_evaluation": "HEAD",
  "celery/celery": "HEAD",
  "gin-gonic/gin": "HEAD",
  "jekyll/jekyll": "HEAD",
  "axios/axios": "HEAD",
  "google/gson": "HEAD",
  "mkdocs/mkdocs": "HEAD",
} as const;
export type RepositoryName = keyof typeof commits;

export class Repository {
  private readonly git: string;
  readonly commit: string;

  constructor(name: RepositoryName, cache: string) {
    const mirror = process.env["CARREL_MIRROR"];
    const folder = name.replace("/", "+");
    this.git = mirror ? join(mirror, folder, "repo") : join(cache, "repositories", folder);
    if (!mirror && !existsSync(this.git)) {
      execFileSync("git", ["clone", "--bare", "-q", `https://github.com/${name}`, this.git], {
        stdio: "inherit",
      });
    }
    if (existsSync(join(this.git, ".git"))) this.git = join(this.git, ".git");
    this.commit = commits[name];
  }

  run(...args: readonly string[]): string {
    return execFileSync("git", ["-C", this.git, ...args], { maxBuffer: 1 << 30 }).toString("utf8");
  }

  read(path: string, commit = this.commit): string {
    return this.run("show", `${commit}:${path}`);
  }

  /** Paths of the files that match, with at most 200 kB. */
  list(pattern: RegExp, commit = this.commit): string[] {
    return this.run("ls-tree", "-r", "-l", "-z", commit)
      .split("\0")
      .flatMap((line) => {
        const [meta = "", path = ""] = line.split("\t");
        const size = Number(meta.trim().split(/\s+/).at(-1));
        return pattern.test(path) && size > 0 && size < 200_000 ? [path] : [];
      });
  }
}

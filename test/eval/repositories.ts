import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Public repositories at fixed commits. They are cloned from GitHub into the cache, or taken from
 * CARREL_MIRROR/OWNER+NAME/repo when that is set. No training source is among them.
 */
const commits = {
  "Jun-jie-Huang/CoCLR": "14ebcacf9e9bc3e7109102632bc63047876f27d2",
  "jedick/MLE-capstone-project": "667a81990e0613998e8c3856603487269f21e91d",
  "deepmind/xquad": "60cac411649156efb6aab9dd4c9cde787a2c0345",
  "brandonstarxel/chunking_evaluation": "d451fc4cf56e417b755994b4ca5212fd5057c0d2",
  "celery/celery": "5dc781f0bd5f36186bfcc74e0a4f9f654452c69b",
  "gin-gonic/gin": "dcaa4296d111981ffb31ac3eba90bb63e1eb5ab9",
  "jekyll/jekyll": "202df571314ba1d18e9fccd81d12aaad4a703c38",
  "axios/axios": "23a25af0688d1db2c396deb09229d2271cc24f6c",
  "google/gson": "9835b6f90192f79cdf5300c528fc6212455fb6c1",
  "mkdocs/mkdocs": "2862536793b3c67d9d83c33e0dd6d50a791928f8",
  "jqlang/jq": "579e6f76cffd7643ba4002a2c3618a5ea710589a",
  "sharkdp/bat": "2ba8db9c14e5794572f5ea338c2b90404c9769cb",
  "ryokamoi/wice": "ddeb6c183665e2a20c5f03c5aa07f03888b9870f",
  "tdiggelm/climate-fever-dataset": "03de61617b10a5c1935f8e08bb0e8ac1ee775356",
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

  /** Writes all files as they are into `dir`, which is made. */
  checkOut(dir: string): void {
    mkdirSync(dir, { recursive: true });
    // An index of its own: the repository may be one that others use.
    const env = { ...process.env, GIT_INDEX_FILE: join(dir, "..", `.${basename(dir)}.index`) };
    const args = ["-C", this.git, "--work-tree", dir, "checkout", "-q", "-f", this.commit, "--", "."];
    execFileSync("git", args, { env, stdio: "inherit" });
    rmSync(env.GIT_INDEX_FILE, { force: true });
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

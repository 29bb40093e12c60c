import { statSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineProcess, startEngine } from "../../cli/childEngine.ts";
import { defaultSettings, type Hit, type SearchMode } from "../../protocol/data.ts";
import { carrel, rawPart } from "./carrel.ts";

/** Each with an answer in the sample's documents or code. */
const questions = [
  "notice to end the office lease",
  "how long is client data kept",
  "who approves expenses",
  "reminders for unpaid invoices",
  "working from home abroad",
  "deadline on a public holiday",
  "what to do after a data breach",
  "annual leave days",
  "timesheet rounding",
  "backup of the database",
];
/** More than the sample has passages. */
const all = 1000;
/** How many of the best are compared one by one. */
const best = 10;
const modes: readonly SearchMode[] = ["lexical", "vector", "hybrid"];

export const damages = {
  gone: () => undefined,
  empty: () => Buffer.alloc(0),
  half: (bytes) => bytes.subarray(0, bytes.length >> 1),
  "less its last byte": (bytes) => bytes.subarray(0, -1),
  zeroed: (bytes, random) => {
    const at = Math.floor(random() * bytes.length);
    return bytes.fill(0, at, Math.min(bytes.length, at + 512));
  },
  "with a bit turned": (bytes, random) => {
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return bytes;
  },
} satisfies Record<string, (bytes: Buffer, random: () => number) => Buffer | undefined>;

export type Damage = keyof typeof damages;

export interface Outcome {
  /** Whether the search or `carrel index` said that something was damaged. */
  readonly isNoticed: boolean;
  /** Whether a search without an update before it said so, or found less. */
  readonly isMissed: boolean;
  /**
   * Whether the best hits stand in another order than in any index that was not damaged. Rows that were written
   * again change how often LanceDB thinks that a word occurs, as those of any edited file do.
   */
  readonly isReordered: boolean;
  /** What broke a promise; empty when nothing did. */
  readonly problems: readonly string[];
}

interface Answers {
  readonly status: string;
  /** For each question and mode all that was found, without scores; the best first. */
  readonly found: readonly (readonly string[])[];
}

/** A workspace of the sample's files with an index that is whole, of which copies are damaged. */
export class DamagedIndex {
  readonly workspace: string;
  /** Paths of all files of the index, below its storage; the largest first. */
  files: readonly string[] = [];
  private readonly base: string;
  private readonly whole: string;
  private readonly queries: string;
  /** Of indexes that are whole. The first is the one that is damaged; the others have another history. */
  private readonly right: Answers[] = [];
  /** All passages of the workspace, as they are shown. */
  private readonly passages = new Set<string>();
  private copies = 0;

  private constructor(base: string) {
    this.base = base;
    this.workspace = join(base, "workspace");
    this.whole = join(base, "whole");
    this.queries = join(base, "queries.jsonl");
  }

  /** @param refined With the vectors of the second pass, which take some seconds. */
  static async make(refined: boolean): Promise<DamagedIndex> {
    const made = new DamagedIndex(await mkdtemp(join(tmpdir(), "carrel-damaged-")));
    await made.prepare(refined);
    return made;
  }

  async remove(): Promise<void> {
    await rm(this.base, { recursive: true, force: true });
  }

  /** Damages `file` in a copy of the index, searches, runs `carrel index MORE`, and holds it to what is right. */
  async try(file: string, damage: Damage, random: () => number, more: readonly string[]): Promise<Outcome> {
    this.copies += 1;
    const storage = join(this.base, `copy${this.copies}`);
    await cp(this.whole, storage, { recursive: true });
    try {
      const bytes = damages[damage](await readFile(join(storage, file)), random);
      if (bytes) await writeFile(join(storage, file), bytes);
      else await rm(join(storage, file));
      return await this.judge(storage, more);
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
  }

  private async judge(storage: string, more: readonly string[]): Promise<Outcome> {
    const problems: string[] = [];
    const before = await carrel(this.line("search", storage, ["--no-update", "--queries", this.queries]));
    const rawBefore = rawPart(before.stderr);
    if (rawBefore) problems.push(`search printed ${rawBefore}: ${before.stderr}`);
    const shown = before.stdout.split("\n").filter((line) => line !== "");
    const lists = shown.map((line) => (JSON.parse(line) as { hits: Hit[] }).hits.map(passage));
    for (const one of lists.flat()) if (!this.passages.has(one)) problems.push(`search showed ${one}`);
    const isMissed =
      before.code !== 0 || before.stderr !== "" || lists.some((list, i) => !this.isRight(i, list));

    const index = await carrel(this.line("index", storage, more));
    const raw = rawPart(index.stdout + index.stderr);
    if (raw) problems.push(`index printed ${raw}: ${index.stderr}`);
    const isNoticed = /damaged/.test(before.stderr + index.stderr);
    if (index.code !== 0) {
      problems.push(`index ended with ${index.code}: ${index.stderr}`);
      return { isNoticed, isMissed, isReordered: false, problems };
    }
    const answers = await this.ask(storage);
    const reordered = this.reordered(answers);
    problems.push(...this.differences(answers), ...(isNoticed ? [] : reordered));
    return { isNoticed, isMissed, isReordered: reordered.length > 0, problems };
  }

  private isRight(question: number, list: readonly string[]): boolean {
    const place = question * modes.length + modes.indexOf("hybrid");
    return this.right.some(({ found }) => isSame(found[place]?.slice(0, best), list));
  }

  private differences({ status, found }: Answers): string[] {
    const [right] = this.right;
    const problems = status === right?.status ? [] : [`status ${status} instead of ${right?.status}`];
    for (const [i, list] of found.entries()) {
      const wanted = new Set(right?.found[i]);
      const other = list.filter((one) => !wanted.has(one));
      if (other.length === 0 && list.length === wanted.size) continue;
      problems.push(`${nameOf(i)}: ${list.length} instead of ${wanted.size}; other: ${other.join(" ")}`);
    }
    return problems;
  }

  /** Questions whose best hits stand in another order than in any index that was not damaged. */
  private reordered({ found }: Answers): string[] {
    return [...found.entries()]
      .filter(([i, list]) => {
        const isOne = ({ found }: Answers): boolean => isSame(found[i]?.slice(0, best), list.slice(0, best));
        return !this.right.some(isOne);
      })
      .map(([i]) => `${nameOf(i)}: another order`);
  }

  private async prepare(refined: boolean): Promise<void> {
    await cp(fileURLToPath(new URL("../../sample", import.meta.url)), this.workspace, { recursive: true });
    const lines = questions.map((query, id) => JSON.stringify({ id, query }));
    await writeFile(this.queries, `${lines.join("\n")}\n`);
    await mkdir(this.whole);
    const more = refined ? ["--refine"] : [];
    const first = await carrel(this.line("index", this.whole, more));
    if (first.code !== 0) throw new Error(first.stderr);
    await this.edit();
    // What an engine that is told of edits leaves: rows that the text index lacks, and lists of deleted ones.
    if (refined) await carrel(this.line("index", this.whole, more));
    const fresh = join(this.base, "fresh");
    await carrel(this.line("index", fresh, more));
    const again = join(this.base, "again");
    await cp(this.whole, again, { recursive: true });
    await carrel(this.line("index", again, more));
    for (const storage of [this.whole, again, fresh]) this.right.push(await this.ask(storage));
    await this.listPassages();
    const entries = await readdir(this.whole, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".lock"))
      .map((entry) => join(entry.parentPath, entry.name));
    const sized = files.map((file) => ({
      path: file.slice(this.whole.length + 1),
      size: statSync(file).size,
    }));
    this.files = sized.sort((a, b) => b.size - a.size).map(({ path }) => path);
  }

  private async edit(): Promise<void> {
    const engine = await this.start(this.whole);
    const edited = ["handbook/leave.md", "policies/client-money.md", "handbook/expenses.md"];
    try {
      await engine.channel.request("index", {});
      for (const path of edited) {
        const file = join(this.workspace, path);
        await writeFile(file, `${await readFile(file, "utf8")}\n\nSeen again this year.\n`);
        await engine.channel.request("filesChanged", { paths: [file] });
      }
    } finally {
      await engine.stop();
    }
  }

  private async listPassages(): Promise<void> {
    const engine = await this.start(this.whole);
    try {
      const { status } = await engine.channel.request("status", {});
      for (const query of questions) {
        const { hits } = await engine.channel.request("search", { query, k: all, mode: "vector" });
        for (const hit of hits) this.passages.add(passage(hit));
      }
      if (this.passages.size !== status.chunks) {
        throw new Error(`${this.passages.size} of ${status.chunks} passages were found.`);
      }
    } finally {
      await engine.stop();
    }
  }

  private async ask(storage: string): Promise<Answers> {
    const engine = await this.start(storage);
    try {
      const { status } = await engine.channel.request("status", {});
      const { state, files, chunks, skipped, refined } = status;
      const found: string[][] = [];
      for (const query of questions) {
        for (const mode of modes) {
          const { hits } = await engine.channel.request("search", { query, k: all, mode });
          found.push(hits.map(passage));
        }
      }
      return { status: JSON.stringify({ state, files, chunks, skipped, refined }), found };
    } finally {
      await engine.stop();
    }
  }

  private async start(storage: string): Promise<EngineProcess> {
    const engine = startEngine();
    const folders = [{ path: this.workspace, name: basename(this.workspace) }];
    // A port that nothing listens on: no test may find a model server by chance.
    const settings = { ...defaultSettings, modelServerUrl: "http://127.0.0.1:9", refine: false };
    await engine.channel.request("initialize", { storage, folders, settings });
    return engine;
  }

  private line(command: string, storage: string, more: readonly string[]): string[] {
    return [command, this.workspace, "--store", storage, "--ollama", "http://127.0.0.1:9", "--json", ...more];
  }
}

function passage({ path, startLine, endLine, page, heading, text }: Hit): string {
  return JSON.stringify([path, startLine, endLine, page ?? null, heading ?? null, text]);
}

function nameOf(place: number): string {
  return `${modes[place % modes.length]} "${questions[Math.floor(place / modes.length)]}"`;
}

function isSame(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && a.every((one, i) => one === b[i]);
}

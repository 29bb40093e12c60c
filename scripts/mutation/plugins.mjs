/** What scripts/mutate.mjs adds to Stryker: which mutants are made, which of them are tried, and what is said of them. */
import { createHash } from "node:crypto";
import { relative } from "node:path";
import { CheckStatus } from "@stryker-mutator/api/check";
import { declareClassPlugin, declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { Alive } from "./alive.mjs";

const speaking = /^(CarrelError|DamagedStoreError|Error|TypeError|UsageError|log)$/;

/** Words for a person, in an error or in the log: no test has to know each of them by heart. */
const words = {
  shouldIgnore({ node, parent }) {
    if (node.type !== "StringLiteral" && node.type !== "TemplateLiteral") return undefined;
    if (parent?.type !== "NewExpression" && parent?.type !== "CallExpression") return undefined;
    const { callee } = parent;
    const name = callee.type === "MemberExpression" ? callee.property.name : callee.name;
    return speaking.test(name ?? "") ? "words for a person" : undefined;
  },
};

/** Tries a share of all mutants, the same ones for the same seed; the others are left out of the count. */
class Sample {
  share = Number(process.env.CARREL_MUTATION_SHARE);
  seed = process.env.CARREL_MUTATION_SEED;

  async init() {}

  async check(mutants) {
    return Object.fromEntries(
      mutants.map((mutant) => [
        mutant.id,
        this.#holds(mutant)
          ? { status: CheckStatus.Passed }
          : { status: CheckStatus.CompileError, reason: "not in the sample" },
      ]),
    );
  }

  #holds({ fileName, location, mutatorName, replacement }) {
    const { start, end } = location;
    const place = [start.line, start.column, end.line, end.column];
    // The sandbox, where the files are, has another name each time.
    const file = relative(process.cwd(), fileName);
    const hash = createHash("sha256").update(
      JSON.stringify([this.seed, file, place, mutatorName, replacement]),
    );
    return hash.digest().readUInt32BE() / 2 ** 32 < this.share;
  }
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "words", words),
  declareClassPlugin(PluginKind.Checker, "sample", Sample),
  declareClassPlugin(PluginKind.Reporter, "alive", Alive),
];

import { parseArgs } from "node:util";
import { makePlan } from "./plan.ts";
import { failureText, kindOf } from "./report.ts";
import { type Outcome, runSequence } from "./sequence.ts";

/**
 * npm run soak [-- --sequences N] [--from N] [--jobs N] [--seed N] [--plan] [--keep] [--log]
 *
 * Random sequences of all that can happen to an engine, each decided by its seed, against real engine processes
 * and the real store. `--seed` runs one alone, `--plan` shows what it would do, `--keep` leaves its folders, `--log`
 * prints what was done also where all was right.
 * The last line is "N passed, N failed"; the exit code is 0 when none failed.
 */
const progressEvery = 10;

function options() {
  const { values } = parseArgs({
    options: {
      sequences: { type: "string", default: "1000" },
      from: { type: "string", default: "1" },
      jobs: { type: "string", default: "2" },
      seed: { type: "string" },
      plan: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      log: { type: "boolean", default: false },
    },
  });
  const number = (name: string, text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`--${name} needs a whole number, not "${text}".`);
    return value;
  };
  const alone = values.seed !== undefined;
  return {
    first: alone ? number("seed", values.seed ?? "") : number("from", values.from),
    count: alone ? 1 : number("sequences", values.sequences),
    jobs: number("jobs", values.jobs),
    plan: values.plan,
    keep: values.keep,
    log: values.log,
  };
}

async function main(): Promise<void> {
  const { first, count, jobs, plan, keep, log } = options();
  if (plan) {
    console.log(JSON.stringify(makePlan(first), undefined, 1));
    return;
  }
  const started = performance.now();
  const failed: Outcome[] = [];
  let next = first;
  let ended = 0;
  let rests = 0;
  const work = async (): Promise<void> => {
    while (next < first + count) {
      const outcome = await runSequence(makePlan(next++), keep);
      ended += 1;
      rests += outcome.rests;
      if (log) for (const line of outcome.log) console.log(line);
      if (outcome.problems.length > 0) {
        failed.push(outcome);
        console.log(`\n${failureText(outcome)}\n`);
      }
      if (ended % progressEvery !== 0 && ended !== count) continue;
      const seconds = Math.round((performance.now() - started) / 1000);
      console.log(`${ended} of ${count} sequences, ${rests} rests, ${failed.length} failed, ${seconds} s`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, count) }, work));
  summarise(failed);
  console.log(`${count - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** Failures of one kind mostly have one cause. */
function summarise(failed: readonly Outcome[]): void {
  const kinds = Map.groupBy(failed, kindOf);
  for (const [kind, outcomes] of [...kinds].sort((a, b) => b[1].length - a[1].length)) {
    const seeds = outcomes.map((outcome) => outcome.seed).sort((a, b) => a - b);
    console.log(`failed ${seeds.length} times: ${kind}\n  seeds ${seeds.join(" ")}`);
  }
}

await main();

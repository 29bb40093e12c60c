import { parseArgs } from "node:util";
import { type Damage, DamagedIndex, damages, type Outcome } from "../support/damagedIndex.ts";
import { Random } from "./random.ts";

/**
 * node test/soak/damage.ts [--bits N] [--jobs N] [--from N] [--case N]
 *
 * Damages an index of the sample, a copy at a time: each file in each way, and `--bits` (160) single bits at random
 * places of the files with data. Searches, runs `carrel index`, and holds status and hits to those of an index that
 * was not damaged. `--case` runs one alone, `--from` leaves out those before it. Prints what went wrong and a table;
 * the exit code is 0 when nothing did.
 */
interface Case {
  readonly number: number;
  readonly file: string;
  readonly damage: Damage;
  /** With the second pass, which makes again what is gone of its vectors. */
  readonly refines: boolean;
}

/** After so many cases the table is printed as it is by then. */
const tableEvery = 40;

interface Row {
  cases: number;
  noticed: number;
  mended: number;
  missed: number;
  reordered: number;
}

function options() {
  const { values } = parseArgs({
    options: {
      bits: { type: "string", default: "160" },
      jobs: { type: "string", default: "2" },
      from: { type: "string", default: "0" },
      case: { type: "string" },
    },
  });
  return {
    bits: Number(values.bits),
    jobs: Number(values.jobs),
    from: Number(values.from),
    only: values.case === undefined ? undefined : Number(values.case),
  };
}

function casesOf(plain: DamagedIndex, refined: DamagedIndex, bits: number): Case[] {
  const cases: Omit<Case, "number">[] = [];
  const random = new Random(1);
  const data = plain.files.filter((file) => file.includes("/data/"));
  for (let n = 0; n < bits; n++)
    cases.push({ file: random.pick(data), damage: "with a bit turned", refines: false });
  const each = (files: readonly string[], refines: boolean): void => {
    for (const file of files) {
      for (const damage of Object.keys(damages) as Damage[]) cases.push({ file, damage, refines });
    }
  };
  each(plain.files, false);
  each(
    refined.files.filter((file) => file.includes("/refined-")),
    true,
  );
  return cases.map((one, number) => ({ ...one, number }));
}

function kindOf(file: string): string {
  const [, kind = "other"] = /(checksums\.json|index\.json|_[a-z]+|data)(?:\/|$)/.exec(file) ?? [];
  return `${/(refined|chunks|files)(?:-\w+)?(?:\.lance)?\//.exec(file)?.[1] ?? ""} ${kind}`.trim();
}

const columns = ["cases", "noticed", "searched less", "other order", "wrong"];

function print(table: ReadonlyMap<string, Row>): void {
  const line = (name: string, cells: readonly (string | number)[]): void =>
    console.log(name.padEnd(24) + cells.map((cell) => String(cell).padStart(14)).join(""));
  line("file", columns);
  for (const [kind, { cases, noticed, mended, missed, reordered }] of table)
    line(kind, [cases, noticed, missed, reordered, cases - mended]);
}

async function main(): Promise<number> {
  const { bits, jobs, from, only } = options();
  const [plain, refined] = [await DamagedIndex.make(false), await DamagedIndex.make(true)];
  const table = new Map<string, Row>();
  let wrong = 0;
  let done = 0;
  const note = (
    { file, damage, number }: Case,
    { isNoticed, isMissed, isReordered, problems }: Outcome,
  ): void => {
    for (const kind of [kindOf(file), "all"]) {
      const row = table.get(kind) ?? { cases: 0, noticed: 0, mended: 0, missed: 0, reordered: 0 };
      row.cases += 1;
      row.noticed += Number(isNoticed);
      row.missed += Number(isMissed);
      row.reordered += Number(isReordered);
      row.mended += Number(problems.length === 0);
      table.delete(kind);
      table.set(kind, row);
    }
    if (++done % tableEvery === 0) print(table);
    if (problems.length === 0) return;
    wrong += 1;
    console.log(`case ${number}: ${file} ${damage}\n  ${problems.join("\n  ")}`);
  };
  try {
    const waiting = casesOf(plain, refined, bits).filter(({ number }) =>
      only === undefined ? number >= from : number === only,
    );
    console.log(`${waiting.length} cases`);
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { file, damage, number, refines } = next;
        const random = new Random(number);
        const index = refines ? refined : plain;
        note(next, await index.try(file, damage, () => random.next(), refines ? ["--refine"] : []));
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
    print(table);
  } finally {
    await Promise.all([plain.remove(), refined.remove()]);
  }
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main();

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Survey } from "../../models/machine/survey.ts";

const program = fileURLToPath(new URL("../../models/machine/surveyMain.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "carrel-survey-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** A program instead of the one that looks. */
function programOf(name: string, code: string): string {
  const file = join(root, `${name}.mjs`);
  writeFileSync(file, code);
  return file;
}

/** Answers as the real program does, but what it reads of memory comes from a file, and each start is noted. */
const counting = programOf(
  "counting",
  `import { appendFileSync, readFileSync } from "node:fs";
   const here = new URL(".", import.meta.url).pathname;
   appendFileSync(here + "starts", "x");
   const machine = { processor: "p", cores: 2, memoryBytes: 16e9, isContainer: false, availableBytes: 8e9, graphics: [], notes: [] };
   process.on("message", ({ id, method }) => {
     const result = method === "look" ? machine
       : method === "measure" ? { bytesPerSecond: Number(readFileSync(here + "speed", "utf8")) } : {};
     process.send({ type: "result", id, value: result });
   });`,
);
const starts = (): number => readFileSync(join(root, "starts"), "utf8").length;
const speed = (bytesPerSecond: number): void => writeFileSync(join(root, "speed"), String(bytesPerSecond));

test("this machine is looked at and measured, and nothing of it runs on", async () => {
  const storage = join(root, "real");
  const survey = new Survey({ program });
  survey.openStorage(storage);
  // Two who ask at once get one look.
  const [machine, other] = await Promise.all([survey.look(), survey.look()]);
  assert.equal(machine, other);
  assert.ok(machine.memoryBytes > 1e8 && machine.memoryBytes <= totalmem());
  assert.ok(machine.cores >= 1 && machine.cores <= cpus().length);
  assert.ok((machine.bytesPerSecond ?? 0) > 1e8, machine.notes.join());
  assert.deepEqual(readdirSync(storage), ["machine.json"]);
});

test("a measurement is kept for the next engine, measured again when asked for, and the fastest counts", async () => {
  const storage = join(root, "kept");
  const open = (): Survey => {
    const survey = new Survey({ program: counting });
    survey.openStorage(storage);
    return survey;
  };
  speed(10e9);
  const first = open();
  assert.equal((await first.known()).bytesPerSecond, 20e9, "two cores, two readers");
  assert.equal(starts(), 2);
  assert.equal((await first.known()).bytesPerSecond, 20e9);
  assert.equal(starts(), 2, "what is known is not looked at again");
  speed(1e9);
  assert.equal((await open().known()).bytesPerSecond, 20e9);
  assert.equal(starts(), 3, "looked at, not measured");
  assert.equal((await open().look()).bytesPerSecond, 20e9, "a busy moment makes it no slower");
  speed(15e9);
  assert.equal((await open().look()).bytesPerSecond, 30e9);
  writeFileSync(join(storage, "machine.json"), "{");
  assert.equal((await open().known()).bytesPerSecond, 30e9, "damaged: measured anew");
  writeFileSync(join(storage, "machine.json"), '{"processor":"another","cores":2,"bytesPerSecond":9e9}');
  assert.equal((await open().known()).bytesPerSecond, 30e9, "another machine's");
});

test("a look that hangs, dies or can't start ends, and says so beside what is known anyway", async () => {
  const cases: [string, RegExp][] = [
    [
      programOf("hangs", "process.on('message', () => {}); setInterval(() => {}, 1000);"),
      /it took too long\.$/,
    ],
    [programOf("dies", "process.exit(3);"), /(?:it ended too soon|its connection closed)\.$/],
    [join(root, "nowhere.mjs"), /(?:it ended too soon|its connection closed)\.$/],
  ];
  for (const [one, expected] of cases) {
    const survey = new Survey({ program: one, limitMs: one.includes("hangs") ? 500 : 60_000 });
    const machine = await survey.look();
    assert.equal(machine.memoryBytes, totalmem());
    assert.equal(machine.bytesPerSecond, undefined);
    assert.match(machine.notes.join(), /^This machine could not be looked at in full: /);
    assert.match(machine.notes.join(), expected);
  }
});

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { isWorse, judgeFollowUps, readPairs } from "../eval/followUps.ts";

/** One of each form, of those of the evaluation that ask the sample workspace: 12 new questions, 12 that go on. */
const asked = `README|Is there a limit for gifts?|Which tests exist for this project?|Probation?|Shredding
  |Explain this: what it says or does, and what it depends on.|Also, where do I find the printers?
  |So what happens to an invoice when the client has died?|Does this firm pay for a chair at home?
  |Why did they need a dehumidifier?|Gibt es eine Sprechzeit auf Deutsch?|médiateur
  |And in capitals?|When do we get it back?|When is it due?|How long does it take?|How often?|For how many days?
  |In what?|Where are they?|Who does that?|And the second one?|Where is it called?|Und Kopien?`.split(
  /\s*\|/,
);

describe("a question after another one, asked of the sample workspace", () => {
  let judged: Awaited<ReturnType<typeof judgeFollowUps>>;
  before(async () => {
    const pairs = (await readPairs()).filter(({ workspace }) => workspace === "sample");
    judged = await judgeFollowUps(
      ["sample"],
      pairs.filter(({ question }) => asked.includes(question)),
    );
  });

  it("finds its own passages when it is new", () => {
    const fresh = judged.filter(({ pair }) => pair.kind === "new");
    assert.ok(fresh.length >= 12);
    for (const { pair, places } of fresh) {
      assert.ok(places.alone <= 5, `${pair.question} alone: ${places.alone}`);
      assert.ok(!isWorse(places.now, places.alone), `${pair.question}: ${places.alone} → ${places.now}`);
    }
  });

  it("finds what it goes on with", () => {
    const following = judged.filter(({ pair }) => pair.kind === "follow-up");
    assert.ok(following.length >= 12);
    for (const { pair, places } of following) {
      assert.ok(places.now <= 5, `${pair.question} after ${pair.before.at(-1)}: ${places.now}`);
    }
    const gained = following.filter(({ places }) => isWorse(places.alone, places.now));
    assert.ok(gained.length >= 6, `${gained.length} gained`);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAnswer } from "../../engine/answer/checking.ts";
import type { CheckedSentence, Hit } from "../../protocol/data.ts";

function hit(text: string): Hit {
  return {
    folder: "/w",
    path: "docs/lease.md",
    kind: "prose",
    language: "markdown",
    startLine: 1,
    endLine: 9,
    score: 1,
    text,
    marks: [],
  };
}

/** What is said of the sentences of an answer that has one passage. */
function checked(answer: string, source: string, question = "What is said?"): CheckedSentence[] {
  return checkAnswer(answer, [hit(source)], { question });
}

function isSupported(answer: string, source: string): void {
  const sentences = checked(`${answer} [1]`, source);
  assert.deepEqual(
    sentences.map(({ verdict }) => verdict),
    ["supported"],
    `${answer} | ${source} | ${JSON.stringify(sentences)}`,
  );
}

/** What is contradicted or could not be confirmed, in the words of the answer. */
function isNotSupported(answer: string, source: string, ...said: string[]): void {
  const sentences = checked(`${answer} [1]`, source);
  const told = sentences.flatMap(({ missing, differences }) => [
    ...missing,
    ...differences.map((one) => one.said),
  ]);
  assert.ok(
    sentences.some(({ verdict }) => verdict === "contradicted" || verdict === "unconfirmed"),
    `${answer} | ${source} | ${JSON.stringify(sentences)}`,
  );
  if (said.length > 0) assert.deepEqual(told, said, `${answer} | ${source}`);
}

describe("values in the sentences of an answer", () => {
  it("are looked for in quotations whose marks do not match", () => {
    isNotSupported(
      'Die Frist beträgt „14 Tage" für den Mieter.',
      "Die Frist beträgt 30 Tage für den Mieter.",
    );
    isNotSupported('The period is “14 days" for the tenant.', "The period is 30 days for the tenant.");
    isSupported('Die Frist beträgt „30 Tage" für den Mieter.', "Die Frist beträgt 30 Tage für den Mieter.");
    isNotSupported('Er schrieb „kommt morgen" an den Mieter.', "Er schrieb an den Mieter, dass er geht.");
  });

  it("come to an end where a quotation holds nothing but signs of emphasis", () => {
    isSupported('The sign "_*" stands for hello and world.', "hello world stands sign");
  });
});

describe("a sentence that nothing stands for", () => {
  it("is not borne by a passage that there is not", () => {
    const [first, second] = checked(
      "The landlord keeps the deposit for repairs. The tenant looks after the garden [9].",
      "Cats are welcome.",
    );
    assert.deepEqual([first?.verdict, second?.verdict], ["uncited", "unconfirmed"]);
  });

  it("is not borne since the question says all of it", () => {
    for (const answer of ["Yes, subletting is allowed.", "Yes, it is allowed.", "Subletting is allowed."]) {
      const [sentence] = checked(`${answer} [1]`, "The gate is locked at eight.", "Is subletting allowed?");
      assert.equal(sentence?.verdict, "unconfirmed", JSON.stringify(sentence));
      assert.ok(sentence.missing.length > 0);
    }
    const source = "Subletting is allowed with the landlord's consent.";
    const [sentence] = checked("Yes, subletting is allowed. [1]", source, "Is subletting allowed?");
    assert.equal(sentence?.verdict, "supported", JSON.stringify(sentence));
  });

  it("is looked at where a colon stands in it, in any script", () => {
    const [sentence, ...others] = checked(
      "Ответ: арендатор платит штраф за собаку. [1]",
      "Кошки живут в доме без хозяина.",
    );
    assert.equal(sentence?.verdict, "unconfirmed", JSON.stringify(sentence));
    assert.deepEqual(others, []);
    assert.deepEqual(
      checked("Вот что сказано:\n\n- Кошки живут в доме. [1]", "Кошки живут в доме.").length,
      1,
    );
  });

  it("needs none where it denies a find, whatever its apostrophe", () => {
    for (const answer of ["I couldn't find this.", "I couldn’t find this.", "The files don’t mention cats."])
      assert.deepEqual(checked(answer, "The gate is locked at eight."), []);
  });
});

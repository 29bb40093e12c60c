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

  it("are seen where letters of Chinese, Japanese or Korean stand right before them", () => {
    isNotSupported("料金は500円です。", "料金は300円です。返金はできません。");
    isSupported("料金は300円です。", "料金は300円です。返金はできません。");
    isNotSupported("费用为500元，须提前支付。", "费用为300元，须提前支付。");
    isSupported("费用为300元，须提前支付。", "费用为300元，须提前支付。");
    isNotSupported("제5조에 따라 요금을 낸다.", "제3조에 따라 요금을 낸다.");
    isNotSupported("休暇は30年です。", "休暇は30日です。");
    isNotSupported("予算は5億円です。", "予算は5万円です。");
    isSupported("予算は50000円です。", "予算は5万円です。");
  });

  it("are seen in full width and in the digits of other scripts", () => {
    isNotSupported("料金は５００円です。", "料金は３００円です。返金はできません。", "５００円");
    isSupported("料金は300円です。", "料金は３００円です。返金はできません。");
    isNotSupported("الرسوم ٥٠٠ دينار في الشهر.", "الرسوم ٣٠٠ دينار في الشهر.");
    isSupported("الرسوم 300 دينار في الشهر.", "الرسوم ٣٠٠ دينار في الشهر.");
  });

  it("are as large as the word behind them says", () => {
    const source = "The company had revenue of 5 million euros in the year.";
    isNotSupported("The company had revenue of 5 billion euros in the year.", source, "5 billion euros");
    isNotSupported("The company had revenue of 5 euros in the year.", source, "5 euros");
    isNotSupported("The company had revenue of €5bn in the year.", source);
    isSupported("The company had revenue of 5,000,000 euros in the year.", source);
    isSupported("The company had revenue of €5m in the year.", source);
    isSupported("The company had revenue of five million euros in the year.", source);
    isSupported("The hall holds 2.5k people.", "The hall holds 2,500 people.");
    isNotSupported("Der Umbau kostet 5 Mrd. Euro.", "Der Umbau kostet 5 Mio. Euro.");
    isSupported("Der Umbau kostet 5 Millionen Euro.", "Der Umbau kostet 5 Mio. Euro.");
    isSupported("Le projet coûte 1,5 million d’euros.", "Le projet coûte 1 500 000 euros.");
  });

  it("count what they are written with, in one letter too", () => {
    isNotSupported("Take 500 mg of it each morning.", "Take 500 g of it each morning.", "500 mg");
    isNotSupported("Add 5 ml of the cleaner to the bucket.", "Add 5 l of the cleaner to the bucket.");
    isNotSupported("The gate is 5 m away from the hall.", "The gate is 5 km away from the hall.");
    isNotSupported("The tour of the hall takes 5 h.", "The tour of the hall takes 5 min.");
    isNotSupported("The office opens at 9 pm on weekdays.", "The office opens at 9 am on weekdays.");
    isNotSupported("The office opens at 9 p.m. on weekdays.", "The office opens at 9 a.m. on weekdays.");
    isNotSupported("The fee is ¥100 for each visitor.", "The fee is $100 for each visitor.");
    isNotSupported("Der Mieter zahlt 100 Franken Miete.", "Der Mieter zahlt 100 Euro Miete.");
    isNotSupported("The hall has 50 square metres of floor.", "The hall has 50 metres of floor.");
    isSupported("The hall has 50 square metres of floor.", "The hall has 50 m² of floor.");
    isSupported("The gate is 5 km away from the hall.", "The gate is 5000 m away from the hall.");
    isSupported("The office opens at 9 a.m. on weekdays.", "The office opens at 9 am on weekdays.");
    isSupported("The office opens at 9 am on weekdays.", "The office opens at 09:00 on weekdays.");
    isSupported("The office opens at 2:30 pm on weekdays.", "The office opens at 14:30 on weekdays.");
    isNotSupported("The office opens at 9 pm on weekdays.", "The office opens at 9:00 on weekdays.");
    isSupported("The version of the tool is 2.3.1 now.", "The version of the tool is v2.3.1 now.");
    isNotSupported("The version of the tool is 2.3.1 now.", "The version of the tool is v2.3.2 now.");
    isSupported(
      "Most members of the club are over 80 years old.",
      "Most members of the club are in their 80s.",
    );
  });

  it("count in the words and units of other languages", () => {
    isNotSupported("Die Frist beträgt 2 Tage für den Mieter.", "Die Frist beträgt 2 Monate für den Mieter.");
    isNotSupported("Die Frist beträgt 30 Minuten für ihn.", "Die Frist beträgt 30 Stunden für ihn.");
    isNotSupported("Die Frist beträgt drei Monate für ihn.", "Die Frist beträgt sechs Monate für ihn.");
    isNotSupported("Le délai est de deux mois pour lui.", "Le délai est de trois mois pour lui.");
    isNotSupported("El plazo es de dos meses para él.", "El plazo es de tres meses para él.");
    isNotSupported("Il termine è di 2 giorni per lui.", "Il termine è di 2 mesi per lui.");
    isNotSupported("Der Satz steigt um 2 Prozent im Jahr.", "Der Satz steigt um 2 Prozentpunkte im Jahr.");
    isNotSupported("The speed limit is 50 km/h in the yard.", "The speed limit is 50 mph in the yard.");
    isSupported("Die Frist beträgt drei Monate für ihn.", "Die Frist beträgt 3 Monate für ihn.");
    isSupported("Die Frist beträgt zwei Jahre für ihn.", "Die Frist beträgt 24 Monate für ihn.");
    isSupported("It is checked twice an hour by the club.", "It is checked twice an hour by the club.");
  });

  it("are half of what is counted where it says so", () => {
    isNotSupported("The break lasts one hour for the staff.", "The break lasts half an hour for the staff.");
    isSupported("The break lasts 30 minutes for the staff.", "The break lasts half an hour for the staff.");
    isNotSupported("The rent rises by 5 percentage points.", "The rent rises by 5 percent.");
  });

  it("are below zero where a sign says so", () => {
    isNotSupported("The lowest temperature is -5 °C.", "The lowest temperature is 5 °C.", "-5 °C");
    isSupported("The lowest temperature is -5 °C.", "The lowest temperature is −5 °C.");
    isSupported("The lowest temperature is -5 °C.", "The lowest temperature is minus 5 °C.");
    // Words say it as well.
    isSupported("The profit fell by 5 %.", "The profit fell: -5 % in a year.");
  });

  it("are whole numbers in code too, and no beginnings of others", () => {
    isNotSupported("The timeout is `30` seconds.", "The timeout is 300 seconds.", "30");
    isNotSupported("The server listens on port `80`.", "The server listens on port 8080.", "80");
    isNotSupported("The limit is `3` for each user.", "The limit is 3.14 for each user.", "3");
    isSupported("The timeout is `30` seconds.", "The timeout is 30 seconds.");
    isSupported("The server listens on port `80`.", "The server listens on port:80, always.");
    isSupported("Set `retries=5` for the server.", "Set retries = 5 for the server.");
  });

  it("come to an end where a quotation holds nothing but signs of emphasis", () => {
    isSupported('The sign "_*" stands for hello and world.', "hello world stands sign");
  });
});

describe("names and what programs are called", () => {
  it("are no parts of other words", () => {
    const source = "The lease was signed by Ida in the spring. The annual fee is due by permit of US firms.";
    isNotSupported("The lease was signed by Ann in the spring.", source, "Ann");
    isNotSupported("The lease was signed by MIT in the spring.", source, "MIT");
    isNotSupported("The report covers Q1 of the year.", "The report covers Q10 of the year.", "Q1");
    isSupported("The lease was signed by Ida in the spring.", source);
    const irish = "The lease was signed by Shaun O'Neil in the spring.";
    isNotSupported("The lease was signed by Shaun O'Brien in the spring.", irish, "Brien");
    isSupported("The lease was signed by Shaun O’Neil in the spring.", irish);
    isSupported("The tests run with PostgreSQL here.", "The tests run with Postgre SQL here.");
    isSupported("The air holds too much CO2 by now.", "The air holds too much CO 2 by now.");
    isSupported("The rule is one of the US alone.", "The rule is one of the U.S. alone.");
  });

  it("are no parts of other identifiers", () => {
    isNotSupported(
      "The user `id` is sent to the server.",
      "The void is sent to the server by the user.",
      "id",
    );
    isNotSupported("The limit `MAX` is 5 in the code.", "const MAX_RETRIES = 5; // limit in the code", "MAX");
    isNotSupported("The key is `abc` in the config file.", "The key is `xabcx` in the config file.");
    isSupported("The user `id` is sent to the server.", "The user.id is sent to the server.");
    isSupported("It calls `run(task, 5)` in the end.", "It calls run( task,\n  5 ) in the end.");
    isSupported("Set `maxRetries` for the server.", "Set maxRetries for the server.");
  });

  it("are not made of the parts of two others", () => {
    const source = "Maria Lopez and Peter Schmidt signed the contract in Berlin.";
    isNotSupported("Maria Schmidt signed the contract in Berlin.", source, "Maria Schmidt");
    isSupported("Maria Lopez signed the contract in Berlin.", source);
    isSupported("Maria Lopez signed the contract.", "Lopez, Maria, signed the contract.");
    isSupported("Maria Lopez signed the contract.", "Maria C. Lopez signed the contract.");
    isSupported("Maria Schmidt signed the contract.", "Maria and Peter Schmidt signed the contract.");
  });

  it("are looked for where they mix letters and digits, or are addresses or colours", () => {
    isNotSupported("The server requires Node v22 to run.", "The server requires Node v20 to run.");
    isNotSupported(
      "The server requires v2 of the tool to run.",
      "The server requires v20 of the tool to run.",
    );
    isNotSupported("The file is hashed with sha256 first.", "The file is hashed with sha1 first.");
    isNotSupported("Write to anna@example.org for help.", "Write to ida@example.org for help.");
    isNotSupported("See https://example.org/a for help.", "See https://example.com/b for help.");
    isNotSupported("The wall is painted in #ff0000 inside.", "The wall is painted in #00ff00 inside.");
    isSupported("The server requires Node v22 to run.", "The server requires Node 22 to run.");
    isSupported("The file is hashed with sha256 first.", "The file is hashed with SHA-256 first.");
    isSupported("The floor of the hall has 50 m2 in all.", "The floor of the hall has 50 m² in all.");
    isSupported(
      "See <https://example.org/a>, or write to ida@example.org.",
      "Write to ida@example.org or see https://example.org/a.",
    );
  });
});

describe("a long sentence", () => {
  const numbers = Array.from({ length: 60 }, (_, index) => 101 + index);

  it("is looked at to its end, however many values it has", () => {
    const source = `The readings of the meter were ${numbers.join(", ")} in that order.`;
    const altered = numbers.map((number) => (number === 160 ? 999 : number));
    isNotSupported(`The readings of the meter were ${altered.join(", ")} in that order.`, source, "999");
    isSupported(`The readings of the meter were ${numbers.join(", ")} in that order.`, source);
  });

  it("is looked at to its end, however long it is", () => {
    const lines = numbers.map(
      (number) => `the room with the number ${number} is let to the club of the town`,
    );
    const source = `In the hall ${lines.join(",\n")}.`;
    isNotSupported(source.replace("160", "999"), source, "999");
    isSupported(source, source);
  });
});

it("goes through a passage without letters in good time", () => {
  const sentences = checked("The period is 30 days. [1]", `The period is 30 days.\n\n${"─".repeat(150_000)}`);
  assert.deepEqual(
    sentences.map(({ verdict }) => verdict),
    ["supported"],
  );
});

it("goes through a long list in good time of which every second item cites the same", () => {
  const source = "The fee for a visit to the hall is 40 euros a day. Dogs are kept on a lead. ".repeat(20);
  const items = Array.from({ length: 1000 }, (_, i) =>
    i % 2 === 0 ? "- Dogs are kept on a lead [1]" : `- The visitors of the moon pay ${i} pounds`,
  );
  const sentences = checked(items.join("\n"), source);
  assert.deepEqual([...new Set(sentences.map(({ verdict }, i) => `${i % 2} ${verdict}`))].sort(), [
    "0 supported",
    "1 uncited",
  ]);
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

  it("is told in scripts without spaces by its pairs of signs", () => {
    const chinese = "租客可以在房子里养猫，但是必须事先告诉房东。";
    isNotSupported("房东的儿子在大学里学习法律和音乐。", chinese);
    isSupported("租客可以在房子里养猫。", chinese);
    isSupported("养猫的租客必须事先告诉房东。", chinese);
    const japanese = "休暇は年に28日です。残りは三月末に失効します。";
    isNotSupported("料金は前払いで、返金はできません。", japanese);
    isNotSupported("料金は無料です。", japanese);
    isSupported("残りは三月末に失効します。", japanese);
    isSupported("残りの休暇は三月末に失効します。", japanese);
    isNotSupported("สุนัขต้องมีสายจูงเสมอ", "ค่าเช่าต้องจ่ายล่วงหน้าทุกเดือน");
  });

  it("needs none where it denies a find, whatever its apostrophe", () => {
    for (const answer of ["I couldn't find this.", "I couldn’t find this.", "The files don’t mention cats."])
      assert.deepEqual(checked(answer, "The gate is locked at eight."), []);
  });
});

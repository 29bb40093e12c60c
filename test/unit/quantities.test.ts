import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Quantity, quantities, sameQuantity, shareReading } from "../../engine/answer/quantities.ts";

/** "-5|0.5 euro/day" for all that was read in a number, its sign, its unit and its rate. */
function shown({ readings, unit, per, isNegative }: Quantity): string {
  return `${isNegative ? "-" : ""}${readings.join("|")}${unit ? ` ${unit.name}` : ""}${per ? `/${per}` : ""}`;
}

/** All numbers of a text as they were read. */
const read = (text: string): string[] => quantities(text).map(shown);

function reads(cases: Readonly<Record<string, readonly string[]>>): void {
  for (const [text, expected] of Object.entries(cases)) assert.deepEqual(read(text), expected, text);
}

describe("numbers in digits", () => {
  it("are read with what separates their thousands and decimals, in all that they may mean", () =>
    reads({
      "It has 7 and 12 and 1234567.": ["7", "12", "1234567"],
      "1,250.50 or 1.250,50 or 1'250.50 or 1’250.50": ["1250.5", "1250.5", "1250.5", "1250.5"],
      "1.000": ["1000|1"],
      "1,000": ["1000|1"],
      "1,234,567 and 1.234.567": ["1234567", "1234567"],
      "1 250 and 1\u00a0250\u00a0000 and 1\u202f250,5": ["1250", "1250000", "1250.5"],
      "12 3456": ["12", "3456"],
      "2.5 and 2,5 and 0.125": ["2.5", "2.5", "125|0.125"],
      "007": ["7"],
      "1.0": ["1"],
      "12345678901234567890": ["12345678901234567890"],
    }));

  it("that are times, versions and sections are kept as they are written", () =>
    reads({
      "at 9:30 and 09:30": ["9:30", "9:30"],
      "version 1.2.3 or v1.2.3": ["1.2.3", "1.2.3"],
      "10:00:05": ["10:00:05"],
      "1.23.4": ["1.23.4"],
    }));

  it("of a clock with noon are read in both ways", () =>
    reads({
      "2 pm": ["2|14:00 pm"],
      "2:30 p.m.": ["2:30|14:30 pm"],
      "12 am": ["12|0:00 am"],
      "12:15 pm": ["12:15|12:15 pm"],
      "9 am": ["9|9:00 am"],
      "13 pm": ["13 pm"],
      "10:12:30 pm": ["10:12:30 pm"],
      "2:30 km": ["2:30 kilometer"],
      "2 m": ["2 meter"],
    }));

  it("are no parts of names, words, or other numbers", () => {
    reads({
      "CO2, sha256, x_1, utf8mb4, A4": [],
      "COVID-19 and B-12": [],
      "v22 and (v3)": ["22", "3"],
      "Level-5": [],
      料金は500円: ["500 yen"],
      ราคา500: ["500"],
      제5항: ["5"],
    });
  });

  it("are below zero behind a sign or a word, where no range or name is meant", () =>
    reads({
      "-5 °C": ["-5 °c"],
      "−5 and –6 and (-7) and x=-8": ["-5", "-6", "-7", "-8"],
      "|-5|": ["-5"],
      "minus 5": ["-5"],
      "Minus 5 and terminus 6": ["-5", "6"],
      "3-5 days": ["3", "5 day"],
      "3–5 days": ["3", "5 day"],
      "a minus sign 5": ["5"],
      "minus a 5": ["5"],
    }));

  it("are larger by the word or the letter behind them", () =>
    reads({
      "5 hundred, 5 hundert": ["500", "500"],
      "5 thousand, 5 tausend, 5 Tsd., 5 mille, 5千, 5천": ["5000", "5000", "5000", "5000", "5000", "5000"],
      "5万, 5萬, 5만": ["50000", "50000", "50000"],
      "5 million, 5 Millionen, 5 mio., 5 Mio, 5 mn, 5 millón, 5 millones, 5 milione, 5 milioni, 5 milhão, 5 milhões":
        new Array(11).fill("5000000"),
      "5億, 5亿, 5억": ["500000000", "500000000", "500000000"],
      "5 billion, 5 billions, 5 bn, 5 Mrd., 5 Milliarde, 5 Milliarden, 5 milliard, 5 milliards, 5 miliardo, 5 miliardi":
        new Array(10).fill("5000000000"),
      "5 trillion, 5 tn, 5兆, 5조": new Array(4).fill("5000000000000"),
      "5k, 5K, 5M, 5-million": ["5000", "5000", "5000000", "5000000"],
      "1.5 million": ["1500000"],
      "€5m, $5b, £5k, € 2.5 M": ["5000000 euro", "5000000000 dollar", "5000 pound", "2500000 euro"],
      "5 million euros and 5 Mrd. Euro": ["5000000 euro", "5000000000 euro"],
      "5m, 5b, 5 k, 5kg, 5km": ["5 meter", "5", "5", "5 kilogram", "5 kilometer"],
      "5 millionaires, 5 thousandths, 5kk": ["5", "5", "5"],
      "5 billionen": ["5"],
      "0.1 thousand": ["100"],
      "9:30 million": ["9:30"],
    }));
});

describe("numbers in words", () => {
  it("are read from zero to ninety-nine, and with hundreds and more behind them", () => {
    const small =
      "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
    for (const [value, word] of small.split(" ").entries())
      reads({ [`of ${word} things`]: [`${value}`], [`${word} hundred`]: [`${value * 100}`] });
    const tens = "twenty thirty forty fifty sixty seventy eighty ninety";
    for (const [index, word] of tens.split(" ").entries()) {
      const value = (index + 2) * 10;
      reads({
        [word]: [`${value}`],
        [`${word}-one`]: [`${value + 1}`],
        [`${word} nine`]: [`${value + 9}`],
        [`${word}-five thousand`]: [`${(value + 5) * 1000}`],
      });
    }
    reads({
      "two thousand": ["2000"],
      "three million": ["3000000"],
      "four billion euros": ["4000000000 euro"],
      "Thirty-Two days": ["32 day"],
      "twenty ten": ["20", "10"],
    });
  });

  it("say how often, and what is half", () =>
    reads({
      "once, twice, thrice": ["1", "2", "3"],
      "Twice a day": ["2/day"],
      "half an hour, half a year": ["0.5 hour", "0.5 year"],
    }));

  it("are no parts of other words", () =>
    reads({ "someone, often, tenant, sixty_five, weight": [], "anyone1 ten2": [] }));

  const foreign = {
    2: "zwei deux dos due twee",
    3: "drei trois tres tre drie",
    4: "vier quatre cuatro quattro",
    5: "fünf cinq cinco cinque vijf",
    6: "sechs seis sei zes",
    7: "sieben sept siete sette zeven",
    8: "acht huit ocho otto",
    9: "neun neuf nueve nove negen",
    10: "zehn dix diez dieci tien",
    12: "zwölf douze doce dodici twaalf",
    14: "vierzehn quatorze catorce quattordici veertien",
    15: "fünfzehn quinze quince quindici vijftien",
    20: "zwanzig vingt veinte venti twintig",
    30: "dreißig trente treinta trenta dertig",
  };
  for (const [value, words] of Object.entries(foreign)) {
    it(`are read in other languages where they count something: ${words}`, () => {
      for (const word of words.split(" ")) {
        reads({
          [`${word} mesi`]: [`${value} month`],
          [`${word} Euro`]: [`${value} euro`],
          [`${word} x`]: [],
        });
        reads({ [`${word.charAt(0).toUpperCase()}${word.slice(1)} Euro`]: [`${value} euro`] });
      }
    });
  }
});

describe("articles", () => {
  it("are one of a unit, and a rate behind a number", () => {
    reads({
      "a week": ["1 week"],
      "An hour": ["1 hour"],
      "a cat": [],
      "data week": [],
      "32 euros a day": ["32 euro/day"],
      "It costs 32 euros. It is let for as long as it takes, or a day": ["32 euro", "1 day"],
      "a day for 32 euros": ["1 day", "32 euro"],
    });
    const [week] = quantities("within a week");
    assert.deepEqual(
      [week?.isArticle, week?.isWord, week?.text, week?.start, week?.end],
      [true, true, "a", 7, 8],
    );
  });
});

describe("rates", () => {
  it("are read in words, with a stroke, and in other languages", () => {
    for (const text of [
      "32 euros a day",
      "32 euros per day",
      "32 euros for each day",
      "32 euros every day",
      "32 euros/day",
      "32 euros / day",
      "32 euros per working day",
      "32 euros per calendar day",
      "32 Euro je Tag",
      "32 Euro pro Tag",
      "32 euros par jour",
      "32 euros por día",
      "32 euro al giorno",
      "€32 a day",
      "32 euros in rent a day",
    ])
      assert.deepEqual(read(text), ["32 euro/day"], text);
    reads({
      "3 times a week": ["3/week"],
      "an hour": ["1 hour"],
      "60 km an hour": ["60 kilometer/hour"],
      "5 euros. A day": ["5 euro", "1 day"],
      "3 % per percent": ["3 %"],
      "32 euros on the day": ["32 euro/day"],
    });
  });
});

describe("units behind numbers", () => {
  it("are not those of decades and ages", () =>
    reads({ "the 1950s, in their 80s": ["1950", "80"], "85s": ["85 second"], "30 s": ["30 second"] }));

  it("are those of the number, sign before word, and money before it where nothing is behind", () =>
    reads({
      "€5": ["5 euro"],
      "€5 %": ["5 %"],
      "$5 notes": ["5 dollar"],
      "€5 days": ["5 euro"],
      "of 5 days": ["5 day"],
      "CHF 20": ["20 franc"],
    }));
});

describe("two numbers", () => {
  const first = (text: string): Quantity => quantities(text)[0] as Quantity;
  const same = (a: string, b: string): boolean => sameQuantity(first(a), first(b));

  it("are the same where one of their readings is", () => {
    for (const [a, b] of [
      ["24 months", "2 years"],
      ["720 hours", "thirty days"],
      ["1.000 euros", "1000 euros"],
      ["1.000 euros", "1 euro"],
      ["50 cents", "0.5 euros"],
      ["3 %", "3 percent"],
      ["2:30 pm", "14:30"],
      ["5 euros", "5"],
      ["1.2.3", "1.2.3"],
      ["9:30 hours", "9:30 hours"],
    ] as const)
      assert.ok(same(a, b) && same(b, a), `${a}, ${b}`);
    for (const [a, b] of [
      ["24 months", "3 years"],
      ["30 days", "1 month"],
      ["5 euros", "5 dollars"],
      ["5 euros", "6"],
      ["9:30 hours", "9:30 minutes"],
      ["9:30 hours", "9:31 hours"],
      ["1.2.3", "1.2.4"],
      ["1 ns", "2 ns"],
    ] as const)
      assert.ok(!same(a, b) && !same(b, a), `${a}, ${b}`);
  });

  it("agree by themselves where their readings do, whatever they count", () => {
    assert.ok(shareReading(first("30 days"), first("30 weeks")));
    assert.ok(!shareReading(first("30 days"), first("31 days")));
  });
});

it("numbers are given in the order of the text, with their places", () => {
  const text = "A week, 5 million euros, two days, drei Tage";
  const found = quantities(text);
  assert.deepEqual(
    found.map((one) => [one.text, text.slice(one.start, one.end), one.isWord]),
    [
      ["A", "A", true],
      ["5 million", "5 million", false],
      ["two", "two", true],
      ["drei", "drei", true],
    ],
  );
});

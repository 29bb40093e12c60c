import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DateValue, dates, excludesDate, saysDate, withoutYear } from "../../engine/answer/dates.ts";

/** "2024-3-12", with "?" for what is not said, and the day of the week in brackets; "or" between readings. */
function shown({ readings }: DateValue): string {
  return readings
    .map(({ year = "?", month = "?", day = "?", weekday }) =>
      weekday === undefined ? `${year}-${month}-${day}` : `(${weekday})`,
    )
    .join(" or ");
}

const read = (text: string): string[] => dates(text).found.map(shown);

function reads(cases: Readonly<Record<string, readonly string[]>>): void {
  for (const [text, expected] of Object.entries(cases)) assert.deepEqual(read(text), expected, text);
}

/** The only date of a text. */
function one(text: string): DateValue {
  const [found, ...others] = dates(text).found;
  assert.ok(found && others.length === 0, text);
  return found;
}

const months = `Jan January Januar janvier enero gennaio
Feb February Februar février febrero febbraio
Mar March März mars marzo
Apr April avril abril aprile
May Mai mayo maggio
Jun June Juni juin junio giugno
Jul July Juli juillet julio luglio
Aug August août agosto
Sep Sept September septembre septiembre settembre
Oct Okt October Oktober octobre octubre ottobre
Nov November novembre noviembre
Dec Dez December Dezember décembre diciembre dicembre`.split("\n");

const weekdays = `Sunday Sonntag dimanche domingo domenica
Monday Montag lundi lunes lunedì
Tuesday Dienstag mardi martes martedì
Wednesday Mittwoch mercredi miércoles mercoledì
Thursday Donnerstag jeudi jueves giovedì
Friday Freitag vendredi viernes venerdì
Saturday Samstag samedi sábado sabato`.split("\n");

describe("dates", () => {
  for (const [index, names] of months.entries()) {
    it(`have their month in words: ${names}`, () => {
      const month = index + 1;
      for (const name of names.split(" "))
        reads({
          [`on 12 ${name} 2024.`]: [`2024-${month}-12`],
          [`on ${name} 12, 2024.`]: [`2024-${month}-12`],
          [`on 3 ${name}.`]: [`?-${month}-3`],
          [`on ${name} 3.`]: [`?-${month}-3`],
          [`in ${name} 2024.`]: [`2024-${month}-?`],
        });
    });
  }

  for (const [index, names] of weekdays.entries()) {
    it(`may be a day of the week: ${names}`, () => {
      for (const name of names.split(" ")) reads({ [`on ${name} at 9`]: [`(${index})`], [`x${name}x`]: [] });
    });
  }

  it("may be a month alone, with a capital letter", () => {
    reads({
      "in March or April": ["?-3-?", "?-4-?"],
      "until the end of May": ["?-5-?"],
      "im Mai": ["?-5-?"],
      "We march, and may go in august company": [],
      "Mar, Dec and Jan": [],
      Mayor: [],
    });
    reads({ "on Mondays and SUNDAYS": ["(1)", "(0)"] });
  });

  it("are read in all the orders in which they are written", () =>
    reads({
      "2024-03-12 and 2024/3/12": ["2024-3-12", "2024-3-12"],
      "12.03.2024, 3/4/2026 and 3-4-2026": [
        "2024-3-12 or 2024-12-3",
        "2026-4-3 or 2026-3-4",
        "2026-4-3 or 2026-3-4",
      ],
      "2024年3月12日, 2024年3月 and 2024年": ["2024-3-12", "2024-3-?", "2024-?-?"],
      "2024년 3월 12일": ["2024-3-12"],
      "3月12日 and 3월 12일": ["?-3-12", "?-3-12"],
      "the 1st of May, 2nd May, 3rd May, 4th May": ["?-5-1", "?-5-2", "?-5-3", "?-5-4"],
      "am 3. Mai 2024": ["2024-5-3"],
      "le 1er mai 2024": ["2024-5-1"],
      "el 3 de mayo de 2024 y 3 de mayo del 2024": ["2024-5-3", "2024-5-3"],
      "May 1st, 2024 and May 2nd and May 3rd and May 4th": ["2024-5-1", "?-5-2", "?-5-3", "?-5-4"],
      "Jan. 5, 2024 and 5 Jan. 2024 and 5 January, 2024": ["2024-1-5", "2024-1-5", "2024-1-5"],
      "May 2024, May of 2024, mayo de 2024, Sept. 2024": ["2024-5-?", "2024-5-?", "2024-5-?", "2024-9-?"],
      "12 MARCH 2024": ["2024-3-12"],
    }));

  it("may be two of one month", () => {
    for (const between of [" to ", " until ", " and ", " or ", " bis ", " und ", "-", "–", " - "])
      reads({ [`27${between}30 December`]: ["?-12-27", "?-12-30"] });
    reads({ "27th to 30th of December 2024": ["?-12-27", "2024-12-30"] });
  });

  it("may be a year alone, where nothing is counted and no number goes on", () => {
    reads({
      "in 2024, 1999 and 1500": ["2024-?-?", "1999-?-?", "1500-?-?"],
      "the year 2018–19, or 2018-19": ["2018-?-?", "2018-?-?"],
      "the year 1998–99": ["1998-?-?"],
      "2019-2021 and 2019–2021": ["2019-?-?", "2021-?-?", "2019-?-?", "2021-?-?"],
      "(2024)": ["2024-?-?"],
      "2024.": ["2024-?-?"],
    });
    for (const text of [
      ...["2024 euros", "2024 %", "2024 €", "2024$", "2024 £", "2024 dollars", "2024 pounds", "2024 percent"],
      ...[
        "2024 per cent",
        "2024 euro",
        "2024 dollar",
        "2024 pound",
        "2024 people",
        "2024 m",
        "2024 km",
        "2024 cm",
        "2024mm",
        "2024 g",
        "2024 kg",
      ],
      ...["2024 GB", "2024 MB", "2024 kB", "2024 KB"],
      ...[
        "1499",
        "2100",
        "12024",
        "20245",
        "2,024",
        "2024,5",
        "2024.5",
        "v2024",
        "x_2024",
        "2024_1",
        "2024a",
      ],
      ...["2024:10", "10:2024", "a/2024", "2024/b", "AB-2024", "2024-5"],
    ])
      reads({ [text]: [] });
    reads({ "2024 members": ["2024-?-?"], "2024 grams": ["2024-?-?"] });
  });

  it("are no parts of other numbers and words", () => {
    reads({
      "12024-03-12": [],
      "2024-03-123": [],
      "1.12.03.2024": [],
      "12.03.20245": [],
      "may 12:30": [],
      "x12 May": ["?-5-?"],
      "12 Mayor": [],
      "Dismay 12": [],
      "12 May 20245": ["?-5-12"],
      "May 12345": ["?-5-?"],
      "May 12.5": ["?-5-?"],
    });
  });

  it("are given in the order of the text, with their places and blanks instead", () => {
    const text = "In 2020, on Monday, 12 March 2024 and 3/4/2026, in May.";
    const { found, rest } = dates(text);
    assert.deepEqual(
      found.map(({ start, end }) => text.slice(start, end)),
      ["2020", "Monday", "12 March 2024", "3/4/2026", "May"],
    );
    assert.deepEqual(
      found.map((date) => date.text),
      found.map(({ start, end }) => text.slice(start, end)),
    );
    assert.equal(rest.length, text.length);
    assert.deepEqual(rest.split(/[\s,.]+/).filter(Boolean), ["In", "on", "and", "in"]);
    assert.deepEqual(dates("nothing of 5 or 60 here"), { found: [], rest: "nothing of 5 or 60 here" });
  });
});

describe("two dates", () => {
  const cases: [said: string, source: string, says: boolean, excludes: boolean][] = [
    ["12 March 2024", "2024-03-12", true, false],
    ["March 2024", "12 March 2024", true, false],
    ["2024", "12 March 2024", true, false],
    ["12 March", "12 March 2024", true, false],
    ["12 March 2024", "March 2024", false, false],
    ["12 March 2024", "13 March 2024", false, true],
    ["12 March 2024", "12 March 2025", false, true],
    ["12 March 2024", "12 April 2024", false, true],
    ["3/4/2026", "3 April 2026", true, false],
    ["3/4/2026", "4 March 2026", true, false],
    ["3/4/2026", "5 March 2026", false, true],
    ["Monday", "Monday", true, false],
    ["Monday", "Tuesday", false, true],
    ["Monday", "12 March 2024", false, false],
    ["Sunday", "March", false, false],
    ["12 March", "2024", false, false],
  ];
  for (const [said, source, says, excludes] of cases) {
    it(`${said} and ${source}`, () => {
      assert.equal(saysDate(one(source), one(said)), says);
      assert.equal(excludesDate(one(said), one(source)), excludes);
      assert.equal(excludesDate(one(source), one(said)), excludes);
    });
  }

  it("may be the same but for the year, which stands elsewhere", () => {
    const bare = withoutYear(one("12 March 2024"));
    assert.deepEqual(bare?.readings, [{ month: 3, day: 12 }]);
    assert.equal(bare.text, "12 March 2024");
    assert.deepEqual(withoutYear(one("3/4/2026"))?.readings, [
      { month: 4, day: 3 },
      { month: 3, day: 4 },
    ]);
    for (const text of ["2024", "12 March", "Monday"]) assert.equal(withoutYear(one(text)), undefined);
  });
});

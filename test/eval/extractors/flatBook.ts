import type { Random } from "../../soak/random.ts";
import { escaped, flat, flatTable } from "./flatText.ts";
import { languages, words } from "./sentences.ts";

const styles =
  `<office:automatic-styles>` +
  `<number:date-style style:name="D1"><number:day number:style="long"/><number:text>.</number:text>` +
  `<number:month number:style="long"/><number:text>.</number:text><number:year number:style="long"/></number:date-style>` +
  `<number:date-style style:name="D2"><number:year number:style="long"/><number:text>-</number:text>` +
  `<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>` +
  `<number:date-style style:name="D3"><number:month number:textual="true" number:style="long"/><number:text> </number:text>` +
  `<number:day/><number:text>, </number:text><number:year number:style="long"/></number:date-style>` +
  `<number:currency-style style:name="C1"><number:number number:decimal-places="2" number:min-decimal-places="2" ` +
  `number:min-integer-digits="1" number:grouping="true"/><number:text> </number:text>` +
  `<number:currency-symbol>€</number:currency-symbol></number:currency-style>` +
  `<number:percentage-style style:name="P1"><number:number number:decimal-places="1" number:min-decimal-places="1" ` +
  `number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>` +
  `<number:time-style style:name="T1"><number:hours number:style="long"/><number:text>:</number:text>` +
  `<number:minutes number:style="long"/></number:time-style>` +
  ["D1", "D2", "D3", "C1", "P1", "T1"]
    .map(
      (name) =>
        `<style:style style:name="c${name}" style:family="table-cell" style:data-style-name="${name}"/>`,
    )
    .join("") +
  `<style:style style:name="hid" style:family="table"><style:table-properties table:display="false"/></style:style>` +
  `</office:automatic-styles>`;

/** A spreadsheet with dates, amounts, shares, formulas, notes, a merged title and a hidden sheet. */
export function toFlatBook(random: Random, rows: number): string {
  const first = Array.from(
    { length: rows },
    (_, index) => `<table:table-row>${row(random, index)}</table:table-row>`,
  );
  const head = ["Item", "Remark", "Ordered", "Due", "Paid", "Share", "Price", "Total", "At"].map(text);
  const merged =
    `<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="4">` +
    `<text:p>${escaped(random.pick(random.pick(languages).sentences))}</text:p></table:table-cell>` +
    `<table:covered-table-cell table:number-columns-repeated="3"/></table:table-row>`;
  const orders = `<table:table table:name="Orders 2026">${merged}<table:table-row>${head.join("")}</table:table-row>${first.join("")}</table:table>`;
  const people = flatTable(
    [["Name", "Language"], ...languages.map(({ code, sentences }) => [sentences[0] ?? "", code])],
    false,
    "Języki 言語",
  );
  const hidden = flatTable(
    [
      ["Key", "Value"],
      ["Discount", random.pick(words)],
    ],
    false,
    "Internal",
  ).replace("<table:table ", '<table:table table:style-name="hid" ');
  return flat("spreadsheet", styles, orders + people + hidden);
}

function row(random: Random, index: number): string {
  const day = (): string => `2026-${two(1 + random.int(12))}-${two(1 + random.int(28))}`;
  const price = 5 + random.int(90_000) / 100;
  const total = Math.round(price * 300) / 100;
  const remark = random.pick(random.pick(languages).sentences);
  const note = random.chance(0.15)
    ? `<office:annotation><dc:creator>Eve Miller</dc:creator><text:p>${escaped(random.pick(words))} checked</text:p></office:annotation>`
    : "";
  return [
    text(random.pick(words)),
    `<table:table-cell office:value-type="string">${note}<text:p>${escaped(remark)}</text:p></table:table-cell>`,
    value("D1", `office:value-type="date" office:date-value="${day()}"`),
    value("D2", `office:value-type="date" office:date-value="${day()}"`),
    value("D3", `office:value-type="date" office:date-value="${day()}"`),
    value("P1", `office:value-type="percentage" office:value="${random.int(1000) / 1000}"`),
    value("C1", `office:value-type="currency" office:currency="EUR" office:value="${price}"`),
    value(
      "C1",
      `table:formula="of:=[.G${index + 3}]*3" office:value-type="currency" office:currency="EUR" office:value="${total}"`,
    ),
    value(
      "T1",
      `office:value-type="time" office:time-value="PT${two(random.int(24))}H${two(random.int(60))}M00S"`,
    ),
  ].join("");
}

function text(shown: string): string {
  return `<table:table-cell office:value-type="string"><text:p>${escaped(shown)}</text:p></table:table-cell>`;
}

function value(style: string, attributes: string): string {
  return `<table:table-cell table:style-name="c${style}" ${attributes}/>`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

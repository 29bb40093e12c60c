import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Quantity, quantities, sameQuantity } from "../../engine/answer/quantities.ts";
import { currencyAhead, unitBehind, unitOf } from "../../engine/answer/units.ts";

/** The only quantity of a text. */
function one(text: string): Quantity {
  const [found, ...others] = quantities(text);
  assert.ok(found && others.length === 0, `${text}: ${JSON.stringify([found, ...others])}`);
  return found;
}

function areSame(a: string, b: string): boolean {
  return sameQuantity(one(a), one(b)) && sameQuantity(one(b), one(a));
}

/** What is the same length of time, amount of money and so on, each line in all the ways in which it may be written. */
const same = `
1000 ms | 1000 milliseconds | 1000 Millisekunden | 1000 millisecondes | 1000 milisegundos | 1000 millisecondi | 1 second | 1 sec | 1s | 1 Sekunde | 1 seconde | 1 segundo | 1 secondo | 1秒 | 1 초 | one second
7200 seconds | 7200 Sekunden | 7200 secondi | 120 minutes | 120 min | 120 mins | 120 Minuten | 120 minuti | 120 minutos | 120分 | 120分钟 | 120分鐘 | 120分間 | 120분 | 2 hours | 2 hr | 2 hrs | 2h | 2 Stunden | 2 heures | 2 horas | 2 ore | 2 uur | 2 uren | 2時間 | 2小时 | 2小時 | 2시간 | two hours
21 days | 21 Tage | 21 Tagen | 21 dagen | 21 jours | 21 días | 21 dias | 21 giorni | 21日 | 21日間 | 21天 | 21일 | 3 weeks | 3 Wochen | 3 weken | 3 semaines | 3 semanas | 3 settimane | 3週 | 3週間 | 3周 | 3주 | three weeks | 504 hours
1 day | 1 Tag | 1 dag | 1 jour | 1 día | 1 giorno | 24 hours
2 weeks | 14 days | 14 Tage
36 months | 36 Monate | 36 Monaten | 36 maanden | 36 mois | 36 meses | 36 mesi | 36か月 | 36ヶ月 | 36カ月 | 36ケ月 | 36箇月 | 36个月 | 36個月 | 36개월 | 12 quarters | 12 Quartale | 12 trimestres | 3 years | 3 yr | 3 yrs | 3 Jahre | 3 jaren | 3 ans | 3 années | 3 años | 3 anni | 3年 | 3年間 | 3년 | three years
120 months | 1 decade | 10 years
200 years | 2 centuries | 20 decades
5 euros | 5 EUR | €5 | 5 € | 500 cents | 500 ct | five euros | EUR 5
5 dollars | 5 USD | $5 | USD 5
5 pounds | £5 | 5 GBP | GBP 5
5 francs | 5 Franken | 5 CHF | CHF 5
5 yen | ¥5 | 5 JPY | 5円 | 5日元
5 yuan | 5 CNY | 5 RMB | 5元
5 won | 5 KRW | ₩5 | 5원
5 rupees | 5 INR | ₹5
5 % | 5% | 5 percent | 5 per cent | 5 Prozent | five percent
5 percentage points | 5 Prozentpunkte
1 m | 1 metre | 1 meter | 1000 mm | 1000 millimetres | 1000 millimeters | 100 cm | 100 centimetres | 100 centimeters | 0.001 km | 0.001 kilometres | 0.001 kilometers | 1000000 µm | 1000000 micrometres | 1000000 micrometers | 1000000000 nm | 1000000000 nanometres | 1000000000 nanometers
1 mile | 1 mi | 1760 yards | 1760 yd | 5280 feet | 5280 ft | 63360 inches
36 km/h | 36 kmh | 36 kph | 10 m/s
1 mph | 1.609344 km/h
1 m² | 1 square metre | 1 sqm | 1 Quadratmeter | 1 qm | 10000 cm²
2 km² | 2 square kilometres | 2 Quadratkilometer | 200 hectares | 200 Hektar | 200 ha
1 m³ | 1 cubic metre | 1 Kubikmeter | 1000 litres | 1000 liters | 1000 l | 1000000 ml | 1000000 millilitres | 1000000 milliliters | 100000 cl | 100000 centilitres | 10000 dl | 10000 decilitres
1 kg | 1 kilogram | 1 kilo | 1 kilogramme | 1 Kilogramm | 1000 g | 1000 grams | 1000 grammes | 1000 Gramm | 1000000 mg | 1000000 milligrams | 0.001 tonnes | 0.001 tons | 1000000000 µg | 1000000000 micrograms
2 TB | 2 terabytes | 2 TiB | 2000 GB | 2000 gigabytes | 2000 GiB | 2000000 MB | 2000000 megabytes | 2000000 MiB | 2000000000 kB | 2000000000 kilobytes | 2000000000 KiB | 2000000000000 bytes | 2000000000000 B
5 °C | 5 Celsius
5 °F | 5 Fahrenheit
2 kW | 2 kilowatts | 2000 W | 2000 watts | 0.002 megawatts
2 kWh | 2000 Wh
2 GHz | 2 gigahertz | 2000 MHz | 2000 megahertz | 2000000 kHz | 2000000 kilohertz | 2000000000 Hz | 2000000000 hertz
2 kV | 2 kilovolts | 2000 V | 2000 volts
5 pixels | 5 px
9 am | 9 a.m. | 9 a. m. | 9 a.m
9 pm | 9 p.m. | 9 p. m. | 9 p.m`
  .trim()
  .split("\n")
  .map((line) => line.split(" | "));

describe("amounts with their units", () => {
  for (const [first = "", ...others] of same) {
    it(`that are the same as ${first}`, () => {
      assert.ok(one(first).unit, first);
      for (const other of others) {
        assert.ok(one(other).unit, `${other} has no unit`);
        assert.ok(areSame(first, other), `${first} is not ${other}`);
      }
    });
  }

  it("are others where they are more or less, or of another kind", () => {
    const firsts = same.map(([first = ""]) => first);
    for (const [index, first] of firsts.entries())
      for (const other of firsts.slice(index + 1)) assert.ok(!areSame(first, other), `${first}, ${other}`);
    const kinds = ["3", "three"].flatMap((number) =>
      ["months", "days", "euros", "dollars", "pounds", "francs", "yen", "yuan", "won", "rupees"]
        .concat(
          "percent",
          "metres",
          "litres",
          "grams",
          "bytes",
          "watts",
          "hertz",
          "volts",
          "pixels",
          "hectares",
        )
        .concat("percentage points", "Celsius", "Fahrenheit")
        .map((unit) => `${number} ${unit}`),
    );
    for (const [index, first] of kinds.slice(0, 23).entries())
      for (const other of kinds.slice(index + 1, 23)) assert.ok(!areSame(first, other), `${first}, ${other}`);
    for (const other of ["3 km/h", "3 Wh", "3 am", "3 pm", "3 m²", "3 square feet"])
      for (const first of kinds.slice(0, 23).filter((kind) => kind !== "3 hectares"))
        assert.ok(!areSame(first, other), `${first}, ${other}`);
  });

  it("may say the same where one of them names no unit", () => {
    assert.ok(areSame("5 euros", "5"));
    assert.ok(areSame("five", "5"));
    assert.ok(!areSame("5 euros", "6"));
  });
});

describe("a unit", () => {
  it("may be written with words between, in brackets and behind a sign", () => {
    for (const text of [
      "5 working days",
      "5 business days",
      "5 calendar days",
      "5 full days",
      "5 whole days",
      "5 more days",
      "5 consecutive days",
      "5 straight days",
      "five (5) days",
      "five(5) days",
      "(5) days",
      "5-day",
      "5 - days",
      "5\u00a0days",
    ]) {
      const units = quantities(text).map(({ unit }) => unit?.name);
      assert.ok(units.includes("day"), `${text}: ${units}`);
    }
    assert.equal(one("3 millions d’euros").unit?.name, "euro");
    assert.equal(one("1 million de dollars").unit?.name, "dollar");
    assert.equal(one("1 milione di euro").unit?.name, "euro");
    assert.deepEqual(
      quantities("five(5) days").map(({ unit }) => unit?.name),
      ["day", "day"],
    );
    assert.equal(one("5 nice days").unit, undefined);
  });

  it("in one letter stands right behind digits, and begins no word", () => {
    for (const text of ["5 men", "5 hats", "5 sheep", "5 letters", "5 goats", "5 B2", "5 m2", "5 kgs of"])
      assert.notEqual(quantities(text)[0]?.unit?.text.length, 1, text);
    assert.equal(unitOf("m"), undefined);
    assert.equal(unitOf("€")?.name, "euro");
    assert.equal(unitOf(undefined), undefined);
    assert.equal(unitBehind("Seiten"), undefined);
    assert.equal(unitBehind(""), undefined);
  });

  it("is shown as it is written, and says how far it goes", () => {
    assert.deepEqual(
      [" km away", "%", " per cent of it", " Working Days each", " a.m. on"].map((rest) => {
        const { unit, length, isSymbol } = unitBehind(rest) ?? {};
        return [unit?.text, length, isSymbol];
      }),
      [
        ["km", 3, true],
        ["%", 1, true],
        ["per cent", 9, false],
        ["Days", 13, false],
        ["a.m.", 5, true],
      ],
    );
  });

  it("of money may stand before the number", () => {
    for (const [sign, name] of Object.entries({ "€": "euro", "$ ": "dollar", "£": "pound", "EUR ": "euro" }))
      assert.equal(currencyAhead(`of ${sign}`)?.name, name);
    for (const before of ["€ and ", "cent ", "km ", "", "$x"]) assert.equal(currencyAhead(before), undefined);
  });

  it("of a few letters loses no ending, and of more one", () => {
    assert.equal(unitOf("days")?.name, "day");
    assert.equal(unitOf("mes")?.name, "month");
    for (const word of ["sen", "den", "are", "this", "seen", "minus", "moment", "secret", "hourly"])
      assert.equal(unitOf(word), undefined, word);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { written } from "../../indexer/read/listNumbers.ts";

test("a number stands as its list writes it", () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [7, "decimal", "7"],
    [7, "none", ""],
    [7, "decimalZero", "07"],
    [12, "decimalZero", "12"],
    [1, "lowerLetter", "a"],
    [26, "upperLetter", "Z"],
    [27, "lowerLetter", "aa"],
    [54, "upperLetter", "BBB"],
    [235, "lowerLetter", "aaaaaaaaa"],
    [261, "lowerLetter", "aaaaaaaaa"],
    [1, "lowerRoman", "i"],
    [3_888, "upperRoman", "MMMDCCCLXXXVIII"],
    [1_994, "upperRoman", "MCMXCIV"],
    [449, "lowerRoman", "cdxlix"],
    [3_999, "upperRoman", "MMMCMXCIX"],
    // What these have no signs for.
    [4_000, "upperRoman", "4000"],
    [0, "upperRoman", "0"],
    [0, "upperLetter", "0"],
    [-3, "lowerLetter", "-3"],
    // Of formats that are not known, whatever they are called.
    [5, "russianLower", "5"],
    [5, "lowerLetterOf", "5"],
    [5, "romanOf", "5"],
  ];
  for (const [number, format, text] of cases)
    assert.equal(written(number, format), text, `${number} ${format}`);
});

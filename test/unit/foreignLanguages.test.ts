import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignLanguages } from "../../text/foreignLanguages.ts";

/** So many passages in a language, each in a file of its own unless `files` says fewer. */
const some = (language: string, count: number, files = count) =>
  Array.from({ length: count }, (_, i) => ({ file: `${language}${i % files}`, language }));

test("a considerable part in another language is told, the most frequent first", () => {
  assert.deepEqual(foreignLanguages([...some("en", 80), ...some("de", 20)]), ["de"]);
  assert.deepEqual(foreignLanguages([...some("fr", 20), ...some("de", 30), ...some("it", 5)]), ["de", "fr"]);
  // Together they are enough, and passages whose language is not clear count as the rest does.
  assert.deepEqual(foreignLanguages([...some("", 80), ...some("de", 8), ...some("fr", 12)]), ["fr", "de"]);
});

test("a few passages, a few files, and English are not worth a word", () => {
  assert.deepEqual(foreignLanguages([]), []);
  assert.deepEqual(foreignLanguages(some("en", 100)), []);
  assert.deepEqual(foreignLanguages(some("", 100)), []);
  assert.deepEqual(foreignLanguages([...some("en", 90), ...some("de", 10)]), []);
  assert.deepEqual(foreignLanguages(some("de", 100, 4)), []);
  assert.deepEqual(foreignLanguages(some("de", 100, 5)), ["de"]);
  // A README in many languages.
  const translated = ["de", "fr", "es", "it", "Han"].flatMap((language) => some(language, 8, 1));
  assert.deepEqual(foreignLanguages([...some("en", 60), ...translated]), []);
});

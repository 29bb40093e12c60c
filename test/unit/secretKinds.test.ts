import assert from "node:assert/strict";
import { test } from "node:test";
import { maskSecrets } from "../../indexer/files/secretsMask.ts";

/*
 * What finds a key, where more than one rule would: the kind that a person is told. The values are such that no other
 * rule finds them, or that one would find them under a poorer name.
 */

const found: readonly (readonly [text: string, masked: string, kind: string])[] = [
  [`value EZAK${"abcdefgh1".repeat(6)} end`, "value [masked secret] end", "EasyPost key"],
  [`value EZTK${"abcdefgh1".repeat(6)} end`, "value [masked secret] end", "EasyPost key"],
  ["x s.QwErTyUiOpAsDfGhJkLzXcVb end", "x [masked secret] end", "Vault token"],
  ["see sk-some-kebab-AbcdEfghIjklMnopQr", "see [masked secret]", "OpenAI-style key"],
  [
    "CREATE USER b IDENTIFIED WITH mysql_native_password BY 'blue horse';",
    "CREATE USER b IDENTIFIED WITH mysql_native_password BY '[masked secret]';",
    "password",
  ],
  [
    "docker login registry -u me -p bl4ckH0rse",
    "docker login registry -u me -p [masked secret]",
    "password in a command",
  ],
  ["hash $1$abcdefgh$abcdefghijklmnopqrstuv end", "hash [masked secret] end", "password hash"],
  [
    `hash $6$rounds=5000$abc$${"abcdefghij".repeat(8)}abcdef end`,
    "hash [masked secret] end",
    "password hash",
  ],
  [`hash $2b$12$${"abcdefghij".repeat(5)}abc end`, "hash [masked secret] end", "password hash"],
  ["secret: JBSWY3DPEHPK3PXPJBSWAB", "secret: [masked secret]", "key"],
  ["secret: MFRGGZDFMZTWQYLBMJRWI", "secret: [masked secret]", "key"],
  [
    "docker --config x login registry -u me -p bl4ckH0rse",
    "docker --config x login registry -u me -p [masked secret]",
    "password in a command",
  ],
  // Where a value ends.
  [String.raw`password = "bl4ckH0rse\\" + "shown"`, 'password = "[masked secret]" + "shown"', "password"],
  ["log(password=bl4ckH0rse9)", "log(password=[masked secret])", "password"],
  ["why? password=hunter2#more", "why? password=[masked secret]", "password"],
  ['api_key = "9kj8dq2x-7hg5fr3w-4mn6bv8c"', 'api_key = "[masked secret]"', "key"],
  [String.raw`a\nBearer abcDEF123456ghi`, String.raw`a\nBearer [masked secret]`, "authorization header"],
  ['"x\\npass: hunter2x"', '"x\\npass: [masked secret]"', "password"],
];

test("a key that several rules could find is found, under the name of the best", () => {
  for (const [text, masked, kind] of found) {
    const { text: left, withheld } = maskSecrets(text);
    assert.deepEqual([left, withheld], [masked, [{ line: 1, kind }]], text);
  }
});

test("what only looks like a key is left alone", () => {
  for (const text of [
    "see sk-some-kebab-case-name",
    "see sk-Some-Kebab-case-name-of-many",
    "see s.renderMethodOfTheObjects end",
    "compass: hunter2x",
    "password | ab_12_cd3\n",
    "<password>hunter2x and so on",
    "f(password=[hunter2x])",
    "aBearer abcDEF123456ghi",
    "docker ps | login with -p bl4ckH0rse",
  ])
    assert.equal(maskSecrets(text).text, text);
});

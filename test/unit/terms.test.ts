import assert from "node:assert/strict";
import { test } from "node:test";
import { terms } from "../../text/terms.ts";

function check(name: string, cases: Readonly<Record<string, string>>): void {
  for (const [text, expected] of Object.entries(cases)) {
    test(`${name}: ${JSON.stringify(text)}`, () => assert.equal(terms(text).join(" "), expected));
  }
}

check("prose is lower-cased and stemmed", {
  "": "",
  "...!?": "",
  "The Running Dogs, running.": "the run dog run",
  "user's data-base": "user s data base",
  "l'avocat  d\u2019affaires": "l avocat d affair",
});

check("identifiers give the whole and the parts", {
  parseHTTPResponse: "parsehttpresponse pars http respons",
  parse_http_response: "parsehttpresponse pars http respons",
  PARSE_HTTP_RESPONSE: "parsehttpresponse pars http respons",
  __init__: "init",
  _: "",
  utf8: "utf8 utf 8",
  "vec3f(2024)": "vec3f vec 3 f 2024",
  IOError: "ioerror io error",
  getÜberBlick: "getuberblick get uber blick",
  XMLÄnderung: "xmlanderung xml anderung",
});

check("accents and compatibility forms are folded", {
  "Straße STRASSE": "strass strass",
  "Kündigungsfrist kundigungsfrist": "kundigungsfrist kundigungsfrist",
  "cafe\u0301 café": "cafe cafe",
  "œuvre łódź smørrebrød ñandú ção": "oeuvr lodz smorrebrod nandu cao",
  "\ufb01le ｆｉｌｅ": "file file",
  "Ver\u00adtrag": "vertrag",
});

check("words of other scripts", {
  "Ёлка и Йод": "елка и иод",
  "Ὀδυσσεύς ΟΔΥΣΣΕΥΣ": "οδυσσευσ οδυσσευσ",
  "हिन्दी भाषा": "हिन्दी भाषा",
  "كِتَاب كتاب": "كتاب كتاب",
});

check("scripts without spaces give pairs, Han characters alone too", {
  检索: "检 检索 索",
  全文検索する: "全 全文 文 文検 検 検索 索 索す する",
  ライブラリ: "ライ イブ ブラ ラリ",
  が: "が",
  ｶﾞｲﾄﾞ: "ガイ イド",
  ไทย: "ไท ทย",
  한국어: "한국어 한국 국어",
  모델: "모델",
  Python中文3: "python 中 中文 文 3",
});

test("no token has white space or reaches LanceDB's limit of 40 bytes", () => {
  const samples = [
    "x".repeat(5000),
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "высокопревосходительствующийвысокопревосходительствующий",
    "aB1".repeat(15),
    "한국어".repeat(30),
    "\u{20000}\u{20001}\u{20002}",
    "a\u00a0b\u3000c\u2028d\te\u200bf\ufefeg",
  ];
  for (const token of samples.flatMap(terms)) {
    assert.match(token, /^\S+$/);
    assert.ok(Buffer.byteLength(token) < 40, token);
  }
});

test("a long run of data is one token, not hundreds", () => {
  assert.equal(terms(`${"aB3".repeat(40)} end`).length, 2);
  assert.equal(terms("a1b2c3d4e5f6a1b2c3d4").length, 1);
});

test("the same text gives the same tokens whether it was seen before or not", () => {
  const text = "Größe der HTTPServer-Anfrage 検索 \ud800 lone";
  const first = terms(text);
  for (let i = 0; i < 200_000; i++) terms(`w${i}`);
  assert.deepEqual(terms(text), first);
});

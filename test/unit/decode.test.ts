import assert from "node:assert/strict";
import { test } from "node:test";
import iconv from "iconv-lite";
import { decode } from "../../indexer/read/decode.ts";
import { likelyEncodings } from "../../indexer/read/encodings.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const words = "The keeper lit the lamp at dusk, and went up again at two to trim it. ";

function textOf(bytes: Buffer): string | undefined {
  const decoded = decode(bytes);
  return decoded.ok ? decoded.text : undefined;
}

function reasonOf(bytes: Buffer): string | undefined {
  const decoded = decode(bytes);
  return decoded.ok ? undefined : decoded.reason;
}

const isBinary = /holds binary data/;

test("what has a byte-order mark is read as it says, and the mark is left out", () => {
  const text = "Überfahrt – 8 €, 渡し船 🚢\nzweite Zeile";
  const marks: Record<string, readonly number[]> = {
    "utf-8": [0xef, 0xbb, 0xbf],
    "utf-16le": [0xff, 0xfe],
    "utf-16be": [0xfe, 0xff],
    "utf-32le": [0xff, 0xfe, 0, 0],
    "utf-32be": [0, 0, 0xfe, 0xff],
  };
  for (const [encoding, mark] of Object.entries(marks)) {
    const marked = (words: string): Buffer =>
      Buffer.concat([Buffer.from(mark), iconv.encode(words, encoding, { addBOM: false })]);
    assert.equal(textOf(marked(text)), text, encoding);
    // In two bytes each, none of which is zero.
    assert.equal(textOf(marked("渡し船")), "渡し船", encoding);
  }
});

test("UTF-16 without a mark is told by the side on which its zeros are, if they are on one only", () => {
  // Most of it is Latin; a few characters of other scripts have no zero byte.
  const text = `${words.repeat(3)}灯台`;
  for (const encoding of ["utf-16le", "utf-16be"]) {
    assert.equal(textOf(iconv.encode(text, encoding, { addBOM: false })), text, encoding);
  }
  const numbers = Buffer.alloc(400);
  for (let i = 0; i < 400; i += 4) numbers.writeUInt32LE(65 + i, i);
  assert.match(reasonOf(numbers) ?? "", isBinary, "numbers of four bytes");
  const big = Buffer.from(numbers).swap32();
  assert.match(reasonOf(big) ?? "", isBinary, "the same, the other way round");
  assert.match(reasonOf(latin1(`${words}\0${words}`)) ?? "", isBinary, "a single zero");
});

test("text that is not UTF-8 is read in its encoding", () => {
  const texts = {
    "windows-1251": "Смотритель зажёг лампу в сумерках и поднялся снова в два часа. ",
    "windows-1252": "Der Wärter zündete die Lampe in der Dämmerung an und ging für später hinüber. ",
    Shift_JIS: "灯台守は夕暮れにランプをともし、二時にもう一度上がった。",
    "EUC-KR": "등대지기는 해질녘에 등불을 켜고 두 시에 다시 올라갔다. ",
  };
  for (const [encoding, text] of Object.entries(texts)) {
    assert.equal(textOf(iconv.encode(text.repeat(5), encoding)), text.repeat(5), encoding);
  }
});

test("a few words are read in their encoding, too", () => {
  const texts: Readonly<Record<string, readonly string[]>> = {
    "windows-1252": [
      "Grüße",
      "Müller & Söhne",
      "Café",
      "Straße 5",
      "Übergröße: 20 €",
      "Ça va? Très bien.",
      "Vis-à-vis de l’État : où êtes-vous passé ?",
      "naïve “quotes” – 5 €, it’s 20 m²",
      "100 µm ± 5°",
      "São Paulo",
      "ß",
      "Größe;Länge\n5;7\n",
    ],
    "windows-1250": ["Příliš žluťoučký kůň", "Zażółć gęślą jaźń", "Český Krumlov", "Kraków, ul. Długa 5"],
    "windows-1251": ["Привет", "Договор аренды"],
    "koi8-r": ["Привет", "Договор аренды помещения"],
    "windows-1253": ["Η συμφωνία μίσθωσης του σπιτιού", "Άγνωστο σήμα", "τρεις μήνες"],
    "iso-8859-7": ["Η συμφωνία μίσθωσης του σπιτιού", "Άγνωστο σήμα"],
    "windows-1254": ["Kiracı", "yazılı olarak", "İstanbul'daki şube ağustos ayında"],
    "windows-1255": ["שלום", "הסכם שכירות של הדירה", "התקופה"],
    "windows-1256": ["العقد", "نهاية العقد"],
    Shift_JIS: ["こんにちは", "賃貸借契約書"],
    "EUC-JP": ["賃貸借契約書です。よろしくお願いします。", "契約終了の三か月前"],
    GB18030: ["本合同由甲乙双方签订,自签字之日起生效。", "书面形式通知", "港口投入使用"],
    Big5: ["租賃合約", "生成差異統計的簡潔摘要"],
    "EUC-KR": ["임차인은 계약", "서면으로 통지하여야 한다."],
  };
  for (const [encoding, list] of Object.entries(texts)) {
    for (const text of list) assert.equal(textOf(iconv.encode(text, encoding)), text, encoding);
  }
});

test("a text of a page is read in its encoding whatever languages are like it, and whatever odd sign it holds", () => {
  const texts: Readonly<Record<string, string>> = {
    "windows-1250":
      "A bérlő köteles a bérleti díjat minden hónap tizedikéig megfizetni, különben kamatot fizet. Az őrzött betűk. ",
    "windows-1251": "Наемателят е длъжен да съобщи писмено три месеца преди края на договора. ",
    "windows-1252":
      "Le bailleur s'engage à délivrer les lieux ; où est passé l'œuvre prêtée l'été dernier ? ",
    "windows-1253": "Άγνωστος ο μισθωτής οφείλει να ειδοποιήσει εγγράφως τρεις μήνες πριν από τη λήξη. ",
    "windows-1255": "על השוכר להודיע בכתב שלושה חודשים לפני תום תקופת השכירות. ",
  };
  for (const [encoding, text] of Object.entries(texts)) {
    // A sign within a word: of a page's text that is nothing.
    const whole = `${text.repeat(8)}\nA§b`;
    assert.equal(textOf(iconv.encode(whole, encoding)), whole, encoding);
  }
});

test("a sign of several bytes may be cut where no more of a text is looked at", () => {
  for (const [encoding, text] of [
    ["gb18030", "书面形式通知"],
    ["euc-kr", "서면으로통지하여야"],
    ["shift_jis", "契約終了の三か月前"],
  ] as const) {
    for (const before of ["", "a"]) {
      const [likeliest] = likelyEncodings(iconv.encode(before + text.repeat(500), encoding));
      assert.equal(likeliest, encoding, `${encoding} ${before}`);
    }
  }
});

test("UTF-16 without a mark is told by its script, too", () => {
  const texts = [
    "Привет, мир",
    "Καλημέρα σας",
    "שלום עולם",
    "안녕하세요 여러분",
    "Grüße",
    "ok\n",
    "100 €",
    "灯台の日誌\n二行目\n",
  ];
  for (const encoding of ["utf-16le", "utf-16be"]) {
    for (const text of texts) {
      assert.equal(textOf(iconv.encode(text, encoding, { addBOM: false })), text, `${encoding} ${text}`);
    }
    const mixed = iconv.encode("Пä日한ש", encoding, { addBOM: false });
    assert.match(reasonOf(Buffer.concat([mixed, Buffer.from("\0 ")])) ?? "", isBinary, "of all scripts");
  }
});

test("a few broken bytes in UTF-8 are no reason to read all of it as something else", () => {
  const text = "Der Wärter zündete für später die Lampe an. ".repeat(5);
  const cut = Buffer.concat([Buffer.from(text), Buffer.from([0xc3])]);
  assert.equal(textOf(cut), `${text}\ufffd`);
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), cut]);
  assert.equal(textOf(marked), `${text}\ufffd`);
  const pasted = Buffer.concat([Buffer.from(text), latin1(text)]);
  assert.ok(!textOf(pasted)?.includes("\ufffd"), "half of it is more than a few");
});

test("UTF-8 is taken for it where more than three of four characters beyond ASCII are sound", () => {
  const broken = Buffer.from([0x20, 0xff]);
  const sound = (count: number): Buffer => Buffer.concat([Buffer.from("ä ".repeat(count)), broken]);
  assert.equal(textOf(sound(4)), `${"ä ".repeat(4)} \ufffd`);
  assert.ok(!textOf(sound(3))?.includes("ä"));
});

test("a mark before what is no text does not make it one", () => {
  const noise = Buffer.from(Array.from({ length: 600 }, (_, i) => 128 + ((i * 37) % 64)));
  assert.match(reasonOf(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), noise])) ?? "", isBinary);
});

test("the control characters of terminals and printers are text, many others are none", () => {
  const log = "\u001b[31mfailed\u001b[0m\ttwo of three\b\b\f\n";
  assert.equal(textOf(latin1(log.repeat(20))), log.repeat(20));
  const printed = "\u001b[1mW\xe4rter und L\xe4mpchen f\xfcr sp\xe4ter\u001b[0m\t\b\f\r\n";
  assert.match(textOf(latin1(printed.repeat(20))) ?? "", /Wärter und Lämpchen für später/);
  assert.match(textOf(latin1(`${printed.repeat(20)}\u0001`)) ?? "", /Wärter/, "a single other one");
  assert.equal(textOf(latin1(`${words}\u0001\u0002\u0003`)), `${words}\u0001\u0002\u0003`, "a few");
  for (const control of ["\u0001", "\u0007", "\u000b", "\u000e", "\u001a", "\u001c", "\u001f", "\u007f"]) {
    assert.match(reasonOf(latin1(`word${control}`.repeat(50))) ?? "", isBinary, JSON.stringify(control));
  }
  assert.match(reasonOf(latin1("w\xf6rd\u0001".repeat(50))) ?? "", isBinary, "not UTF-8 either");
});

test("no more than the beginning is looked at to tell text from other data", () => {
  const text = words.repeat(1_000);
  assert.ok(text.length > 65_536);
  const late = text + "\u0001".repeat(20_000);
  assert.equal(textOf(latin1(late)), late);
  assert.match(reasonOf(latin1("\u0001".repeat(20_000) + text)) ?? "", isBinary);
  // As many as to be text when all of it is looked at.
  assert.match(reasonOf(latin1("\u0001".repeat(1_400) + text)) ?? "", isBinary);
});

test("other formats under the name of a text say what they are and what to do", () => {
  const begins: Record<string, RegExp> = {
    "%PDF-1.7\n": /^A PDF document under another name: rename it to \.pdf to have it read\.$/,
    "{\\rtf1\\ansi": /^An RTF document under another name: rename it to \.rtf to have it read\.$/,
    "PK\u0003\u0004": /^A ZIP archive or Office document under another name\.$/,
    "\0asm": /^A program or compiled code/,
  };
  for (const [begin, reason] of Object.entries(begins)) {
    assert.match(reasonOf(latin1(begin + words)) ?? "", reason, begin);
    assert.doesNotMatch(reasonOf(latin1(`x${begin}`)) ?? "", reason, "only where it begins so");
  }
  assert.equal(textOf(latin1("PK, said the sign")), "PK, said the sign");
  for (let code = 32; code < 127; code++) assert.equal(decode(Buffer.of(code, 120)).ok, true);
});

test("bytes in no known encoding are refused, with what to do", () => {
  const reason = "Its characters can't be read: the encoding is not known. Save it as UTF-8.";
  assert.equal(reasonOf(Buffer.alloc(300, 0xff)), reason);
});

test("every end of a line becomes one", () => {
  assert.equal(textOf(Buffer.from("a\r\n\r\nb\r\rc\n")), "a\n\nb\n\nc\n");
});

test("bytes that read like no language are tried in the few encodings that their frequencies tell", () => {
  const rows = Buffer.from(Array.from({ length: 300 }, (_, i) => 128 + ((i * 37) % 128)));
  assert.equal(likelyEncodings(rows).length, 3);
  const western = Buffer.from(Array.from({ length: 300 }, (_, i) => 32 + ((i * i * 37) % 224)));
  assert.deepEqual(likelyEncodings(western), ["windows-1252"]);
  const named = likelyEncodings(latin1("\u001b$B$3$s$K$A$O\u001b(B \u00e9"));
  assert.equal(named[0], "windows-1252");
  assert.ok(!named.some((name) => /UTF|ASCII|2022/.test(name)));
});

test("what is odd of a few words in one encoding is so in a page of plain ones, too", () => {
  const page = words.repeat(5);
  const texts: Readonly<Record<string, readonly string[]>> = {
    "windows-1250": ["Kraków, ul. Długa 5", "příliš žluťoučký kůň"],
    "windows-1251": ["Да", "Договор, п. 5"],
    "windows-1252": ["L’œuvre, l’École, d’Été", "Ørsted, ça, où", "Ärzte, Öl"],
    "windows-1253": ["τρεις μήνες"],
  };
  for (const [encoding, list] of Object.entries(texts)) {
    for (const text of list) assert.equal(textOf(iconv.encode(page + text, encoding)), page + text, text);
  }
});

test("UTF-16 without a mark has whole characters, and none that no text has", () => {
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const encoded = (text: string): Buffer => iconv.encode(text, encoding, { addBOM: false });
    const text = words.repeat(3);
    assert.equal(textOf(encoded(text)), text);
    assert.match(reasonOf(Buffer.concat([encoded(text), Buffer.from(" ")])) ?? "", isBinary, encoding);
    for (const control of ["\u0001", "\u0007", "\u000e", "\u001a", "\u007f", "\u009f"]) {
      assert.match(reasonOf(encoded(text + control)) ?? "", isBinary, JSON.stringify(control));
    }
  }
});

test("a text may have as many odd control characters and broken bytes as say nothing, and no more", () => {
  const text = (controls: number): Buffer => latin1("x".repeat(100 - controls) + "\u0001".repeat(controls));
  assert.equal(decode(text(5)).ok, true);
  assert.equal(decode(text(6)).ok, false);
  const broken = (count: number): Buffer =>
    Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      latin1("x".repeat(200 - count)),
      Buffer.alloc(count, 0xff),
    ]);
  assert.equal(decode(broken(4)).ok, true);
  assert.equal(decode(broken(5)).ok, false);
});

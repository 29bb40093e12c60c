import { isAscii, isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { formats } from "../../protocol/formats.ts";
import { likelyEncodings, wideEncoding } from "./encodings.ts";

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** How much of a file is looked at to tell text from other data, and one encoding from another. */
const probeBytes = 65_536;
const binary: Decoded = { ok: false, reason: "Not a text: the file holds binary data." };

const byteOrderMarks: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xff, 0xfe, 0, 0], "utf-32le"],
  [[0, 0, 0xfe, 0xff], "utf-32be"],
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Starts of formats that may hold no zero byte near their beginning. */
const magic: readonly (readonly [start: string, reason: string])[] = [
  ...formats.flatMap(({ magic: start, label = "", extensions: [ending = ""] }) =>
    start
      ? [
          [
            start,
            `${/^(?:[aeio]|RTF)/i.test(label) ? "An" : "A"} ${label} under another name: rename it to .${ending} to have it read.`,
          ] as const,
        ]
      : [],
  ),
  ["PK\u0003\u0004", "A ZIP archive or Office document under another name."],
  ["\u0000asm", "A program or compiled code: Carrel reads the source."],
];

/**
 * The text of a file, with lines ending in "\n" and without a byte-order mark. UTF-8 and what has a mark are
 * read as such; other bytes by guessing the encoding. What holds no text, or none that can be read without
 * doubt, gives a reason.
 */
export function decode(bytes: Buffer): Decoded {
  const head = bytes.subarray(0, 8).toString("latin1");
  const known = magic.find(([start]) => head.startsWith(start));
  if (known) return { ok: false, reason: known[1] };
  const mark = byteOrderMarks.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (mark) return decodeAs(bytes.subarray(mark[0].length), mark[1]);
  const probe = bytes.subarray(0, probeBytes);
  if (probe.includes(0)) {
    const wide = wideEncoding(probe);
    return wide ? decodeAs(bytes, wide) : binary;
  }
  if (isAscii(bytes)) return checkText(bytes.toString("latin1"));
  if (isUtf8(bytes)) return checkText(bytes.toString("utf8"));
  if (controlShare(probe) > 0.02) return binary;
  return decodeByGuess(bytes, probe);
}

function decodeByGuess(bytes: Buffer, probe: Buffer): Decoded {
  // A few broken bytes in UTF-8 (a cut line of a log) are no reason to read all of it as something else.
  const lenient = bytes.toString("utf8");
  const broken = lenient.split("\ufffd").length - 1;
  const multibyte = (lenient.match(/[\u0080-\ufffc]/g) ?? []).length;
  if (multibyte > broken * 3) return checkText(lenient);
  for (const name of likelyEncodings(probe)) {
    const decoded = decodeAs(bytes, name);
    if (decoded.ok) return decoded;
  }
  return { ok: false, reason: "Its characters can't be read: the encoding is not known. Save it as UTF-8." };
}

function decodeAs(bytes: Buffer, encoding: string): Decoded {
  const text = iconv.decode(bytes, encoding);
  const broken = text.split("\ufffd").length - 1;
  if (broken > 3 + text.length / 200) return binary;
  return checkText(text);
}

/** Bytes that no text has: control characters other than tab, line feed, form feed, return and escape. */
function controlShare(probe: Buffer): number {
  let controls = 0;
  for (const byte of probe) if (byte < 32 && !isTextControl(byte)) controls += 1;
  return controls / Math.max(1, probe.length);
}

function isTextControl(code: number): boolean {
  return code === 9 || code === 10 || code === 12 || code === 13 || code === 27 || code === 8;
}

function checkText(text: string): Decoded {
  const probe = text.slice(0, probeBytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  const controls = probe.match(/[\u0000-\u0007\u000b\u000e-\u001a\u001c-\u001f\u007f]/g)?.length ?? 0;
  if (controls > 3 + probe.length * 0.02) return binary;
  return { ok: true, text: text.replace(/\r\n?/g, "\n") };
}

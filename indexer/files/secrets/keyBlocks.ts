import { type Found, wordStart } from "./found.ts";

/** Secrets of more than one line: private keys, and the data of a Kubernetes Secret. */
export function findKeyBlocks(text: string, found: Found[]): void {
  if (text.includes("PRIVATE KEY")) findPrivateKeys(text, found);
  if (text.includes("Private-Lines:")) findPuttyKeys(text, found);
  if (text.includes(pemInBase64)) findEncodedKeys(text, found);
  if (text.includes("Secret")) findSecretObjects(text, found);
}

const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** What stands between the lines of a key: line breaks, escaped ones, quotes, signs of comments and of joining. */
const keyLines =
  /(?:\s*[A-Za-z-]{1,40}: [^\n]{0,200}\n){0,8}(?:(?:\\{1,4}[nr]|[\s"',#>*+]|\/\/ ){0,200}[A-Za-z0-9+/=]{16,})+/y;
/** No key is longer, escapes and indentation included. */
const maxKey = 40_000;

function findPrivateKeys(text: string, found: Found[]): void {
  let end = -1;
  for (const { index, 0: begin } of text.matchAll(keyBegin)) {
    const start = index + begin.length;
    if (end < start) {
      end = text.indexOf("-----END ", start);
      if (end < 0) end = text.length + maxKey;
    }
    if (end - start <= maxKey && isMostlyBase64(text.slice(start, end))) {
      found.push({ start, end, kind: "private key" });
      continue;
    }
    // Without its end (a fragment, a cut file), or with code in between: as far as lines look like base64.
    pushLines(text, start, "private key", found);
  }
}

function isMostlyBase64(text: string): boolean {
  const characters = text.replace(/[^A-Za-z0-9+/=]/g, "").length;
  const lines = text.match(/[A-Za-z0-9+/=]{16,}/g)?.reduce((sum, line) => sum + line.length, 0) ?? 0;
  return lines > characters / 2;
}

/** Returns where the lines end. */
function pushLines(text: string, start: number, kind: string, found: Found[]): number {
  keyLines.lastIndex = start;
  const end = start + (keyLines.exec(text)?.[0].length ?? 0);
  if (end > start) found.push({ start, end, kind });
  return end;
}

function findPuttyKeys(text: string, found: Found[]): void {
  let done = 0;
  for (const { index, 0: begin } of text.matchAll(/Private-Lines: \d{1,4}/g)) {
    if (index >= done) done = pushLines(text, index + begin.length, "private key", found);
  }
}

/** "-----BEGIN " in base64, as kubeconfig files and settings hold keys and certificates. */
const pemInBase64 = "LS0tLS1CRUdJTi";
const base64Lines = /[A-Za-z0-9+/=]+(?:(?:\\{1,4}[nr]|[\s"'#>*]){1,40}[A-Za-z0-9+/=]{40,})*/y;

function findEncodedKeys(text: string, found: Found[]): void {
  let from = 0;
  for (;;) {
    const start = text.indexOf(pemInBase64, from);
    if (start < 0) return;
    const head = Buffer.from(text.slice(start, start + 80), "base64").toString("latin1");
    base64Lines.lastIndex = start;
    const end = start + (base64Lines.exec(text)?.[0].length ?? 1);
    if (head.includes("PRIVATE KEY")) found.push({ start, end, kind: "private key" });
    from = end;
  }
}

const secretKind = new RegExp(
  `${wordStart}kind\\\\{0,3}["']?\\s?:\\s{0,4}\\\\{0,3}["']?Secret(?![\\w.-])`,
  "g",
);
const dataBegin = new RegExp(`${wordStart}(?:data|stringData)\\\\{0,3}["']?\\s?:(?=[\\s\\\\{"'+])`, "g");
/** An entry's name and value; before the name a line break, an escaped one, or what separates JSON's entries. */
const entry =
  /(?:\\{1,4}n|[\n{,])[\s"'#>*/+{]{0,40}[\w.-]{1,100}\\{0,3}["']?\s?:[ \t]{0,8}(?:[|>]-?\s{1,20})?\\{0,3}["']?(?<value>[^\s"'\\,}{]{3,})/dy;
const otherField =
  /(?:\\{1,4}n|[\n{,}])[\s"'#>*/+}]{0,40}(?:metadata|kind|apiVersion|type|immutable|data|stringData)\\{0,3}["']?\s?:/y;
const maxObject = 100_000;

/** The values under "data" and "stringData" of each object whose kind is Secret. */
function findSecretObjects(text: string, found: Found[]): void {
  let done = 0;
  for (const { index } of text.matchAll(secretKind)) {
    if (index < done) continue;
    const before = Math.max(done, index - maxObject);
    const separator = text.lastIndexOf("---", index);
    const next = text.indexOf("---", index);
    const start = Math.max(before, separator);
    const end = Math.min(index + maxObject, next < 0 ? text.length : next);
    findData(text.slice(start, end), start, found);
    done = end;
  }
}

/** @param offset Where the object begins in the whole text. */
function findData(text: string, offset: number, found: Found[]): void {
  dataBegin.lastIndex = 0;
  while (dataBegin.test(text)) {
    let at = dataBegin.lastIndex;
    while (at < text.length) {
      otherField.lastIndex = at;
      if (otherField.test(text)) break;
      entry.lastIndex = at;
      const value = entry.exec(text)?.indices?.groups?.["value"];
      const next = value ? value[1] : nextEntry(text, at);
      if (value) {
        const [start, end] = value;
        found.push({ start: offset + start, end: offset + end, kind: "value of a Kubernetes Secret" });
      }
      if (next === undefined) break;
      at = next;
    }
    dataBegin.lastIndex = Math.max(at, dataBegin.lastIndex);
  }
}

/** Over the quote that ends a value, or a line that holds no entry; undefined where the object ends. */
function nextEntry(text: string, at: number): number | undefined {
  for (let next = at + 1; next < text.length; next++) {
    const character = text.charAt(next);
    if (character === "\n" || character === "{" || character === ",") return next;
    if (character === "\\" && /^\\+n/.test(text.slice(next, next + 5))) return next;
    if (character === "}") return undefined;
  }
  return text.length;
}

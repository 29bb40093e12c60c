import type { Found } from "./found.ts";
import {
  aroundSecret,
  bareParameter,
  bareValue,
  beforeKey,
  block,
  configLine,
  declared,
  defined,
  flag,
  gap,
  nextItem,
  nextLine,
  passwordRest,
  restOfName,
  restOfValue,
  secretName,
  shortName,
  wordGap,
} from "./notations.ts";
import {
  isChaos,
  isCodeOrPlace,
  isPassphrase,
  isPlaceholder,
  isUuid,
  isWild,
  looksLikePassword,
  looksRandom,
} from "./values.ts";

/**
 * Values that a name tells to be secrets: `api_key = "…"`, `<password>…</password>`, `--token …`, a row of a
 * table. What stands between name and value is described once, for all kinds of text (`gap`); whether the value
 * is a secret and not a label, a type or an expression is for values.ts to say.
 */

/**
 * Where the value stands, which says what may be one without quotes: in "expression" it may be code; "setting"
 * is a line of a file of settings, "shell" is NAME=value there, which is never code; "text" is an XML element.
 */
type Style = "expression" | "setting" | "shell" | "text" | "cell" | "word";

interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  readonly style: Style;
}

interface Name {
  /** The telling part, what stands before it on its line, and the rest of the name. */
  readonly part: string;
  readonly before: string;
  readonly rest: string;
}

/** Finds values that are assigned to telling names. */
export function findAssigned(text: string, found: Found[]): void {
  let covered = 0;
  for (const { index, 0: part } of text.matchAll(secretName)) {
    if (index < covered) continue;
    const end = index + part.length;
    restOfName.lastIndex = end;
    const rest = restOfName.exec(text)?.[0] ?? "";
    const valueIn = afterName(text, end + rest.length);
    if (!valueIn && !wordFollows(text, end + rest.length)) continue;
    const name = { part, rest, before: beforeName(text, index) };
    if (!isSecretName(name) || (valueIn?.isTag && !tagBegin.test(name.before))) continue;
    const value = valueAt(text, end + rest.length, name, valueIn);
    const kind = value && judge(text.slice(value.start, value.end), value, name);
    if (!kind) continue;
    covered = endOf(text, value);
    found.push({ start: value.start, end: covered, kind });
    if (value.quoted && valueIn?.isList) covered = findFurther(text, covered, name, found);
  }
}

/** The further values of a list, and where the last one ends. */
function findFurther(text: string, end: number, name: Name, found: Found[]): number {
  for (let last = end; ; ) {
    nextItem.lastIndex = last;
    if (!nextItem.test(text)) return last;
    const value = quotedAt(text, nextItem.lastIndex, "expression");
    if (!value) return last;
    const kind = judge(text.slice(value.start, value.end), value, name);
    if (kind) found.push({ start: value.start, end: value.end, kind });
    last = value.end;
  }
}

/** What stands on the left; where it is cut off, no pattern may take its beginning for that of a line. */
function beforeName(text: string, index: number): string {
  return index <= 120 ? text.slice(0, index) : `\0${text.slice(index - 120, index)}`;
}

function endOf(text: string, { start, end, quoted }: Value): number {
  if (quoted || end - start < 400) return end;
  restOfValue.lastIndex = end;
  restOfValue.test(text);
  return restOfValue.lastIndex;
}

function isSecretName({ part, before, rest }: Name): boolean {
  if (aroundSecret.test(rest)) return false;
  if (/^key/i.test(part)) return !beforeKey.test(before);
  if (!/^pass|^pwd/i.test(part) && !shortName.test(part)) return true;
  if (
    !passwordRest.test(rest) ||
    (/^ps?[ka]/i.test(part) && shortName.test(part) && !/^pass/i.test(part) && rest !== "")
  )
    return false;
  if (!shortName.test(part) || !/[A-Za-z]$/.test(before) || /\\[nrt]$/.test(before)) return true;
  return /[a-z]$/.test(before) ? /^P[a-z]/.test(part) || /(?:store|key|ssh)$/i.test(before) : false;
}

/** Not as in Perl's documentation, "L<Crypt::Pass>". */
const tagBegin = /(?:^|[^A-Za-z])(?:<|&lt;)[\w:.-]{0,60}$/;
const tagEnd = /\s*(?:\\n\s*)?(?:<|&lt;)\//y;

interface Gap {
  readonly end: number;
  readonly style: Style;
  readonly operator: string;
  /** The name is that of an XML element. */
  readonly isTag: boolean;
  /** The value is the first of a list's. */
  readonly isList: boolean;
}

function afterName(text: string, at: number): Gap | undefined {
  gap.lastIndex = at;
  const match = gap.exec(text);
  const groups = match?.groups;
  if (!groups) return undefined;
  const style =
    groups["element"] !== undefined ? "text" : groups["cell"] !== undefined ? "cell" : "expression";
  return {
    end: gap.lastIndex,
    style,
    operator: groups["operator"] ?? "",
    isTag: style === "text" && /^(?:>|&gt;)/.test(text.slice(at, at + 4)),
    isList: /\[(?:\s|\\{1,4}n){0,20}$/.test(match[0]),
  };
}

function wordFollows(text: string, at: number): boolean {
  wordGap.lastIndex = at;
  return wordGap.test(text);
}

function valueAt(text: string, at: number, name: Name, between: Gap | undefined): Value | undefined {
  const { part, before, rest } = name;
  if (!between) {
    wordGap.lastIndex = at;
    if (!wordGap.test(text)) return undefined;
    if (!flag.test(before) && !declared.test(before) && !defined.test(before)) return undefined;
    const quoted = quotedAt(text, wordGap.lastIndex, "word");
    return quoted ?? (defined.test(before) ? undefined : bareAt(text, wordGap.lastIndex, "word"));
  }
  const { end, style, operator } = between;
  if (style !== "cell") {
    block.lastIndex = end;
    if (block.test(text)) return bareAt(text, block.lastIndex, "setting");
  }
  nextLine.lastIndex = end;
  const start = nextLine.test(text) ? nextLine.lastIndex : end;
  const quoted = quotedAt(text, start, style);
  if (quoted || style !== "expression") return quoted ?? bareAt(text, start, style);
  if (/[?&;]$|[?&](?:amp;)?[\w-]{0,60}$/.test(before) && operator === "=")
    return bareAt(text, start, "word", bareParameter);
  if (operator === "=" && end === at + 1 && /(?:^|[\s"'`])[A-Z][A-Z0-9_]*$/.test(before + part + rest)) {
    return bareAt(text, start, "shell");
  }
  return (configLine.test(before) && restOfLine(text, start)) || bareAt(text, start, style);
}

const openQuote = /\\{0,4}["'`]|&quot;|&apos;/y;

function quotedAt(text: string, at: number, style: Style): Value | undefined {
  openQuote.lastIndex = at;
  const open = openQuote.exec(text)?.[0];
  if (!open) return undefined;
  const start = at + open.length;
  let end = text.indexOf(open, start);
  // A quote with a backslash belongs to the text, unless the quotes that enclose it have one too.
  while (open.length === 1 && end > start && text.charAt(end - 1) === "\\" && text.charAt(end - 2) !== "\\") {
    end = text.indexOf(open, end + 1);
  }
  if (end < 0 || text.slice(start, end).includes("\n")) return undefined;
  return { start, end, quoted: true, style };
}

function bareAt(text: string, at: number, style: Style, pattern: RegExp = bareValue): Value | undefined {
  pattern.lastIndex = at;
  const bare = pattern.exec(text)?.[0];
  tagEnd.lastIndex = at + (bare?.length ?? 0);
  if (
    !bare ||
    (style === "text" && bare.length < 400 && !tagEnd.test(text)) ||
    (style === "expression" && /^[[({]/.test(bare))
  )
    return undefined;
  const value = bare.replace(style === "expression" ? /[)}\]]+$/ : /\]\]$|[.:](?=$)/, "");
  return value.length >= 3 ? { start: at, end: at + value.length, quoted: false, style } : undefined;
}

const maxLine = 1_000;

/** In a line of a file of settings, the value goes to the end, with any signs in it. */
function restOfLine(text: string, at: number): Value | undefined {
  const rest = text.slice(at, at + maxLine);
  const lineEnd = rest.indexOf("\n");
  if (lineEnd < 0 && rest.length === maxLine) return undefined;
  const line = lineEnd < 0 ? rest : rest.slice(0, lineEnd);
  const value = /^(?:[^\s"'`<>\\;]+|[a-z]{4}(?: [a-z]{4}){3})(?=\s*$|\s+#)/.exec(line)?.[0];
  if (!value || /[;,([{]$|&[\w-]{1,40}=/.test(value)) return undefined;
  return { start: at, end: at + value.length, quoted: false, style: "setting" };
}

/** What kind of secret it is, or undefined when it is none. */
function judge(content: string, { quoted, style }: Value, { part, before }: Name): string | undefined {
  const value = content.trim();
  if (value.length < 3) return undefined;
  const isPassword = /^(?:pass|pwd|psk)/i.test(part);
  if (/mnemonic|phrase/i.test(part) && /^[a-z]{3,8}(?: [a-z]{3,8}){11,23}$/.test(value))
    return "recovery words";
  if (!quoted && (style === "expression" || style === "cell") && isIdentifier.test(value)) return undefined;
  if (isUuid(value)) return isPassword || takesUuid(part, before) ? "key" : undefined;
  if (isPassword) return isPasswordIn(value, part, quoted, style) ? "password" : undefined;
  if (isCodeOrPlace(value)) return undefined;
  if (/^key/i.test(part)) return isStrongKey(value) ? "key" : undefined;
  if (value.length < 12 || !looksRandom(value)) return undefined;
  return /token/i.test(part) ? "token" : "key";
}

/** MAX_KEY_2, nid_md5_with_key: parts of a name, none of them long. */
const isIdentifier = /^[A-Za-z_](?:[A-Za-z0-9]{0,14}_){2,}[A-Za-z0-9]{0,14}$/;

function isPasswordIn(value: string, part: string, quoted: boolean, style: Style): boolean {
  // A bare number is a password's where the name is not that of a constant: "SUBMIT_PASSWORD = 100004".
  if (!quoted && style === "expression" && /^\d{6,}$/.test(value)) return !/^[A-Z]+$/.test(part);
  const isLiteral = quoted || style !== "expression";
  if (isCodeOrPlace(value) && !(isLiteral && /^[\w.!?@#%^*+-]+$/.test(value))) return false;
  if (looksLikePassword(value, isLiteral) || (value.length >= 12 && looksRandom(value))) return true;
  if (/phrase/i.test(part) && isLiteral && !/\s/.test(value) && isPassphrase(value, 3)) return true;
  const isAnything = (style === "shell" && !quoted) || style === "text";
  return isAnything && /^[\w!?@#%^*+.-]{3,}$/.test(value) && !isPlaceholder(value);
}

/** A UUID is more often a number of something than a key. */
function takesUuid(part: string, before: string): boolean {
  if (/^key/i.test(part)) return /(?:api|access|secret|instrumentation)[_. -]?$/i.test(before);
  if (/^secret$/i.test(part)) return true;
  if (/(?:csrf|xsrf|request|client|idempotency|continuation|page|next)[_. -]?$/i.test(before)) return false;
  return /(?:[A-Z0-9]_|(?:auth|access|api|server|snyk|codecov|postmark|heroku)[_. -]?|:_)$/i.test(before);
}

/** A name that ends in "key" tells little: its value must be long and random. */
function isStrongKey(value: string): boolean {
  if (/^base64:/.test(value)) return true;
  if (value.length < 20 || !looksRandom(value)) return false;
  return (
    isWild(value) ||
    isChaos(value) ||
    /^(?:0x)?[0-9a-f]{32,}$/i.test(value) ||
    (value.match(/[0-9]/g)?.length ?? 0) >= 3
  );
}

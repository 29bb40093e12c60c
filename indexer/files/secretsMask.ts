/**
 * Keys and passwords in a text are replaced by a mask before anything else sees the text: they reach neither
 * the index nor the model, and the rest of the file stays searchable. (Refusing the whole file would hide a
 * 500-line module because of one token in a test.) Line breaks stay, so that places stay right. What is
 * recognised: private-key blocks as a whole, tokens by the prefixes that their makers give them, passwords in
 * addresses and headers, and values with the look of a random string that are assigned to a name such as
 * `api_key`. A password that is an ordinary word cannot be told from text and is not found.
 */

const mask = "[masked secret]";

interface Rule {
  /** Cheap test: the pattern is tried only where one of these occurs. */
  readonly hints: readonly string[];
  /** Matches with the flags "g" and "d"; the group `secret`, or else the whole match, is masked. */
  readonly pattern: RegExp;
  readonly accept?: (secret: string) => boolean;
}

/** Tokens that begin with a prefix of their maker's. None is shorter than `shortestToken`. */
const prefixed: readonly string[] = [
  // Amazon, Google, Microsoft
  "AKIA[A-Z0-9]{16}",
  "ASIA[A-Z0-9]{16}",
  "ABSK[A-Za-z0-9+/]{60,}={0,2}",
  "AIza[\\w-]{35}",
  "ya29\\.[\\w.-]{20,}",
  "GOCSPX-[\\w-]{20,}",
  "1//0[\\w-]{30,}",
  "[\\w~.-]{3}8Q~[\\w~.-]{31,34}",
  // Source hosting and package registries
  "ghp_[A-Za-z0-9]{30,}",
  "gho_[A-Za-z0-9]{30,}",
  "ghu_[A-Za-z0-9]{30,}",
  "ghs_[A-Za-z0-9]{30,}",
  "ghr_[A-Za-z0-9]{30,}",
  "github_pat_\\w{30,}",
  "glpat-[\\w.-]{18,}",
  "gldt-[\\w-]{18,}",
  "glrt-[\\w-]{18,}",
  "npm_[A-Za-z0-9]{36}",
  "pypi-[\\w-]{50,}",
  "rubygems_[a-f0-9]{40,}",
  "dckr_pat_[\\w-]{20,}",
  "ATATT3[\\w=-]{50,}",
  "ATBB[A-Za-z0-9]{28,}",
  // Chat
  "xox[abeoprs]-[\\w-]{15,}",
  "xapp-\\d-[\\w-]{20,}",
  "hooks\\.slack\\.com/(?:services|workflows)/[\\w/]{20,}",
  "discord(?:app)?\\.com/api/webhooks/\\d+/[\\w-]{40,}",
  "\\d{8,10}:AA[\\w-]{32,}",
  // Payments and shops
  "sk_live_[A-Za-z0-9]{16,}",
  "sk_test_[A-Za-z0-9]{16,}",
  "rk_live_[A-Za-z0-9]{16,}",
  "rk_test_[A-Za-z0-9]{16,}",
  "whsec_[A-Za-z0-9+/=]{20,}",
  "sq0(?:atp|csp)-[\\w-]{20,}",
  "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
  // Models
  "sk-(?:ant-|proj-|svcacct-|admin-|or-v1-)?[\\w-]{20,}",
  "hf_[A-Za-z0-9]{30,}",
  "r8_[A-Za-z0-9]{36,}",
  "gsk_[A-Za-z0-9]{40,}",
  "xai-[A-Za-z0-9]{60,}",
  "pplx-[A-Za-z0-9]{40,}",
  // Mail, hosting, operations
  "SG\\.[\\w-]{16,}\\.[\\w-]{16,}",
  "key-[a-f0-9]{32}",
  "[a-f0-9]{32}-us\\d{1,2}",
  "xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}",
  "SK[a-f0-9]{32}",
  "do[opr]_v1_[a-f0-9]{60,}",
  "dapi[a-f0-9]{32}(?:-\\d)?",
  "hvs\\.[\\w-]{20,}",
  "hvb\\.[\\w-]{20,}",
  "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{40,}",
  "gl(?:c|sa)_[\\w=+/]{30,}",
  "NRAK-[A-Z0-9]{27}",
  "PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
  "lin_(?:api|oauth)_[A-Za-z0-9]{32,}",
  "ntn_[A-Za-z0-9]{40,}",
  "secret_[A-Za-z0-9]{43}",
  "pscale_(?:tkn|pw|oauth)_[\\w.-]{32,}",
  "sb(?:p|_secret)_[\\w-]{20,}",
  "figd_[\\w-]{38,}",
  "HRKU-[\\w-]{36,}",
  "sntry[su]_[\\w=+/-]{40,}",
  "pul-[a-f0-9]{40}",
  "[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{60,}",
  "tskey-[a-z]+-[\\w-]{16,}",
  "fm[12]_[\\w+/=-]{40,}",
  "AGE-SECRET-KEY-1[A-Z0-9]{58}",
  "eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.?[\\w-]*",
];

const shortestToken = 20;
/** The only places where such a token can be; few, so that the long pattern meets little text. */
const longRun = new RegExp(`[\\w.~+/=:-]{${shortestToken},}`, "g");
const token = new RegExp(`(?<![A-Za-z0-9_])(?:${prefixed.join("|")})(?![A-Za-z0-9])`, "g");

const rules: readonly Rule[] = [
  {
    hints: ["Private-Lines:"],
    pattern: /Private-Lines: \d+\n(?<secret>(?:[A-Za-z0-9+/=]{16,}\n?)+)/dg,
  },
  {
    hints: ["://"],
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'`<>]{0,64}:(?<secret>[^\s/@"'`<>]{3,128})@[\w[]/dgi,
    accept: (secret) => !isPlaceholder(secret),
  },
  {
    hints: ["earer ", "asic "],
    pattern: /\b(?:Bearer|Basic)\s+(?<secret>[A-Za-z0-9+/._~=-]{16,})/dgi,
    accept: looksRandom,
  },
  {
    hints: ["AccountKey=", "SharedAccessKey=", "sig="],
    pattern: /(?:AccountKey|SharedAccessKey|[?&]sig)=(?<secret>[A-Za-z0-9+/%=-]{20,})/dg,
  },
];

const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const keyLines = /(?:\s*[A-Za-z-]{1,40}: [^\n]{0,200}\n)*(?:(?:\\[nr]|[\s"',])*[A-Za-z0-9+/=]{16,})+/y;
/** No key is longer, escapes and indentation included. */
const maxKey = 40_000;

/** Names that are given to secrets. What is assigned to them is masked when it looks random. */
const secretName =
  /(?:passw(?:or)?d|passphrase|pass(?![a-z])|pwd|secret|token|credential|auth(?![a-z])|api[_-]?key|access[_-]?key|(?:private|signing|encryption|account|master|shared|license|service|auth|client|app|db|root|admin|user|jwt|hmac|aes)[_-]?key)/gi;
const assignment =
  /[\w$-]{0,40}["'\]]{0,2}(?<gap>\s{0,8}(?::=|=>|={1,3}|:)\s{0,8})[a-z]{0,2}(?=["'`])|[\w$-]{0,40}["']?[ \t]{0,8}[:=][ \t]{0,8}/y;
const bareValue = /[^\s"'`#;,(){}<>[\]$]{1,513}/y;
const maxValue = 512;
/** "Errors.AuthenticationError", "http://host", "src/auth/token.ts": code and places. */
const codeOrPlace =
  /^[A-Za-z_$][\w$]*(\??\.[A-Za-z_$][\w$]*)+$|^[a-z]+:\/\/|^[./~]|^(?:[\w.-]+\/)+[\w-]+\.\w{1,5}$/;

/** The text with every secret that was recognised masked. The number of lines does not change. */
export function maskSecrets(text: string): string {
  const found: [start: number, end: number][] = [];
  for (const { hints, pattern, accept } of rules) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.["secret"] ?? match[0];
      const place = match.indices?.groups?.["secret"] ?? match.indices?.[0];
      if (place && (!accept || accept(secret))) found.push(place);
    }
  }
  findPrivateKeys(text, found);
  findTokens(text, found);
  findAssigned(text, found);
  if (found.length === 0) return text;
  return replace(
    text,
    found.sort((a, b) => a[0] - b[0] || b[1] - a[1]),
  );
}

function findTokens(text: string, found: [number, number][]): void {
  for (const { index, 0: run } of text.matchAll(longRun)) {
    for (const match of run.matchAll(token)) {
      if (looksLikeToken(match[0])) found.push([index + match.index, index + match.index + match[0].length]);
    }
  }
}

function findPrivateKeys(text: string, found: [number, number][]): void {
  if (!text.includes("PRIVATE KEY")) return;
  let end = -1;
  for (const { index, 0: begin } of text.matchAll(keyBegin)) {
    const start = index + begin.length;
    if (end < start) {
      end = text.indexOf("-----END ", start);
      if (end < 0) end = text.length + maxKey;
    }
    if (end - start <= maxKey) {
      found.push([start, end]);
      continue;
    }
    // Without its end (a fragment, a cut file): as far as lines look like base64.
    keyLines.lastIndex = start;
    const lines = keyLines.exec(text);
    if (lines) found.push([start, start + lines[0].length]);
  }
}

function findAssigned(text: string, found: [number, number][]): void {
  for (const { index, 0: name } of text.matchAll(secretName)) {
    assignment.lastIndex = index + name.length;
    if (!assignment.test(text)) continue;
    const place = valueAt(text, assignment.lastIndex);
    if (!place) continue;
    const value = text.slice(place[0], place[1]);
    const isCode = codeOrPlace.test(value) && !isWild(value);
    if (!isCode && looksLikeSecret(value, /pass|pwd/i.test(name))) found.push(place);
  }
}

/** Where the value lies that begins here: a string between quotes, or a word that ends a line or an item. */
function valueAt(text: string, at: number): [number, number] | undefined {
  const quote = text.charAt(at);
  if (quote === '"' || quote === "'" || quote === "`") {
    const limit = Math.min(text.length, at + 1 + maxValue);
    for (let end = at + 1; end <= limit; end++) {
      const character = text.charAt(end);
      if (character === "\n") return undefined;
      if (character === quote) return [at + 1, end];
    }
    return undefined;
  }
  bareValue.lastIndex = at;
  const value = bareValue.exec(text)?.[0];
  if (!value || value.length < 8 || value.length > maxValue) return undefined;
  const end = at + value.length;
  return /^[ \t]*(?:$|[\n#;,}])/.test(text.slice(end, end + 20)) ? [at, end] : undefined;
}

/** A password may be short ("hunter2!"); what is called a token or a key must look random. */
function looksLikeSecret(value: string, isPassword: boolean): boolean {
  if (value.length >= 12 && looksRandom(value)) return true;
  if (!isPassword || isPlaceholder(value) || /\s/.test(value)) return false;
  return /[0-9]/.test(value) && /[A-Za-z]/.test(value) && !/^[A-Za-z_]+\d?$/.test(value);
}

/** What follows a maker's prefix: "sk-some-kebab-case-name" is none. */
function looksLikeToken(value: string): boolean {
  if (entropy(value) < 2.8) return false;
  const body = value.replace(/^[A-Za-z0-9]+[-_.]/, "");
  if (/[0-9]/.test(body) || !/[-_./]/.test(body)) return true;
  const tail = body.slice(body.search(/[^-_./]*$/));
  return tail.length >= 16 && /[a-z]/.test(tail) && /[A-Z]/.test(tail);
}

/** Enough different characters, with digits among letters; without digits only when it is long and wild. */
function looksRandom(value: string): boolean {
  if (isPlaceholder(value) || /\s/.test(value.trim())) return false;
  if (isWild(value)) return true;
  const digits = value.replace(/[^0-9]/g, "").length;
  if (digits < 2 || digits === value.length || !/[A-Za-z]/.test(value)) return false;
  return entropy(value) >= (value.length >= 20 ? 3 : 2.5);
}

/** Too disorderly for a name or a path of this length. */
function isWild(value: string): boolean {
  return value.length >= 32 && /[a-z]/.test(value) && /[A-Z]/.test(value) && entropy(value) >= 4.4;
}

/** "<your key>", "${TOKEN}", "xxxx…", "changeme": nothing to protect, and worth finding. */
function isPlaceholder(value: string): boolean {
  if (/^[<{$%[]|\$\{|\{\{|^(process\.env|os\.environ|env\.|ENV\[)/.test(value)) return true;
  if (/^(.)\1*$/.test(value)) return true;
  return (
    /^(x{3,}|\*{3,}|\.{3,}|your|example|sample|changeme|placeholder|dummy|password|secret|token|none|null|undefined|true|false)/i.test(
      value,
    ) && !/[0-9]{3,}/.test(value)
  );
}

/** Shannon entropy in bits for each character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

function replace(text: string, found: readonly (readonly [number, number])[]): string {
  let result = "";
  let from = 0;
  for (const [start, end] of found) {
    if (end <= from) continue;
    const begin = Math.max(start, from);
    const lineBreaks = text.slice(begin, end).replace(/[^\n]/g, "");
    result += `${text.slice(from, begin)}${begin > start ? "" : mask}${lineBreaks}`;
    from = end;
  }
  return result + text.slice(from);
}

/**
 * What a value looks like: a random key, a password that somebody thought of, a word, a piece of code, or a
 * placeholder. Only the first characters are looked at, so that a very long value costs no more than a long one.
 */

const looked = 400;

/** "<your key>", "${TOKEN}", "%s", "xxxx…", "changeme": nothing to protect, and worth finding. */
export function isPlaceholder(whole: string): boolean {
  const value = whole.slice(0, looked);
  return (
    isFilledIn.test(value) || isFiller.test(value) || (isWordsOnly.test(value) && saysReplaceMe.test(value))
  );
}

/** A place that a program or a person fills in. */
const isFilledIn =
  /^<[^<>]*>?$|^(?:[$#@]?\{|\{\{|\$\(|%\(|<%|\[\[)|^\[[\w .-]*\]$|\$\{|\{\{|#\{|^\$(?:[A-Z_][A-Z0-9_]*|[A-Za-z_]+\d?)$|^%\w+%$|^%\.?\d*[sdv]$|^(?:process\.env|os\.environ|env\.|ENV\[|secrets\.)/;
const isFiller = /abcdefgh|ABCDEFGH|^(.{1,2})\1+.?$|^[x*.#_-]+$|x{5,}|\*{3,}|\.{3,}|…|_here$/i;
const isWordsOnly = /^[A-Za-z][A-Za-z_. :-]*\d?[!.]?$/;
const saysReplaceMe =
  /^(?:your|my|the|some|insert|replace|enter|example|sample|change[-_]?(?:me|it|this)|placeholder|dummy|fake|foobar|foo|bar|pass(?:word|wd)?|passphrase|pwd|pw|secret|token|redacted|none|null|nil|undefined|true|false|string|default|test|todo)(?![a-z])/i;

/** "Errors.AuthenticationError", "http://host", "src/auth/token.ts", "decode(x)": code and places. */
export function isCodeOrPlace(whole: string): boolean {
  const value = whole.slice(0, looked);
  if (
    /^(?:self|this|cls|super|os|sys|process|config|settings|ctx|req|request|options|opts|args|params|props)[.[]|^[\w$.:>@?/-]*\w[[(]|=>|^[({]|^!\w+[.(]|\[[^\]]{0,20}[a-z0]-[z9]|\(\?|^(?:\\\\?x[\da-f]{2}){3}/i.test(
      value,
    )
  )
    return true;
  if (isWild(value) || isChaos(value)) return false;
  return (
    /^[A-Za-z_$][\w$]*(?:(?:\??\.|::|->)[A-Za-z_$][\w$]*)+[;,]?$/.test(value) ||
    /^[a-z][a-z+]*:\/\/|^[./~]|^[A-Z]:\\|^(?:[\w.@-]+\/)+[\w.-]+\.\w{1,5}$|^[\w*-]+\.(?:[jt]sx?|py|md|json|html?|com|org|net)$/.test(
      value,
    )
  );
}

/** Enough different characters, with digits among letters; without digits only when it is long and wild. */
export function looksRandom(whole: string): boolean {
  const value = whole.slice(0, looked);
  if (isPlaceholder(value) || /\s/.test(value.trim()) || beyondLatin.test(value)) return false;
  if (isWild(value) || isChaos(value)) return true;
  if (/^[A-Z2-7]{16,}=*$/.test(value)) return entropy(value) >= 3.3;
  const digits = value.replace(/[^0-9]/g, "").length;
  if (digits < 2 || digits === value.length || !/[A-Za-z]/.test(value)) return false;
  if (/^0x[0-9a-f]{1,16}$/i.test(value) || isWords(value)) return false;
  return entropy(value) >= (value.length >= 20 ? 3 : 2.5);
}

/** What a person might have chosen as a password: more than a word, or a number. */
export function looksLikePassword(value: string, isLiteral: boolean): boolean {
  if (value.length > 200 || isPlaceholder(value) || isVersion.test(value) || beyondLatin.test(value))
    return false;
  if (/^\d+$/.test(value)) return isLiteral && value.length >= 4;
  if (/^[a-z]{4}(?: [a-z]{4}){3}$/.test(value)) return true;
  if (/\s|^0x[\da-f]+$/i.test(value) || /^[@$%&*#!?:^+=.,-]+[A-Za-z_.-]*\d?$/.test(value)) return false;
  if (/[0-9]/.test(value) && /[A-Za-z]/.test(value))
    return !/^[A-Za-z_]+\d?$/.test(value) && !/^[a-z]{0,6}\d{0,4}\(/.test(value);
  if (/[0-9]/.test(value)) return /[^\d.:,/\s-]/.test(value) && value.length >= 6;
  if (isPassphrase(value, 4)) return true;
  if (/^[A-Za-z]+[!?@#%^*+=&][A-Za-z!?@#%^*+=&]*$/.test(value))
    return value.length >= 8 && !saysWhatItIs.test(value);
  return /^[a-z]{3,}[A-Z]{4,}$/.test(value) && !saysWhatItIs.test(value);
}

const isVersion = /^[~^<>=v]{0,3}\d+(?:\.[\dx*]+)+(?:[-+][\w.]*)?$/;
/** Labels in other scripts. */
const beyondLatin = /[\u0250-\uffff]/;

/** So many words with a sign between each two: "correct-horse-battery-staple". */
export function isPassphrase(value: string, words: number): boolean {
  const parts = value.split(/[-_. ]/);
  return (
    parts.length >= words && parts.every((part) => /^[A-Za-z]+$/.test(part)) && !saysWhatItIs.test(value)
  );
}

/** Words of labels and message names, which stand beside the word "password" more often than passwords do. */
const saysWhatItIs =
  /pass|pwd|secret|token|key|auth|login|user|account|form|field|input|label|error|message|invalid|valid|forgot|reset|change|confirm|current|settings|title|button|page|view|type|text|string|name|required|enter/i;

/** Words joined by signs, with small numbers among them: "my-k8s-secret-2024-prod", "rsa-sha2-256". */
function isWords(value: string): boolean {
  const parts = value.split(/[-_./:@ ]+/);
  if (parts.length === 1)
    return /^[A-Za-z]*[a-z]{3,}\d{1,4}$/.test(value) && isWord(value.replace(/\d+$/, ""));
  const isPlain = (part: string): boolean =>
    /^\d{1,8}$/.test(part) || (/^[A-Za-z]*\d{0,4}$/.test(part) && isWord(part));
  const others = parts.filter((part) => !isPlain(part));
  // "k8s", "v1b2": few and short.
  return others.length * 3 <= parts.length && others.every((part) => part.length <= 4);
}

/** Letters whose case changes no more often than that of words in a name. */
function isWord(letters: string): boolean {
  return (letters.match(/[a-z](?=[A-Z])/g)?.length ?? 0) <= letters.length / 5;
}

/** Upper case, lower case and digits in turn, more often than in any name. */
export function isChaos(whole: string): boolean {
  const value = whole.slice(0, looked);
  if (value.length < 16 || !/^[A-Za-z0-9+/]+=*$/.test(value)) return false;
  const changes = value.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
  if (/[0-9]/.test(value)) return changes >= value.length * 0.3;
  if (/^[a-z]*(?:[A-Z][a-z]{2,})+$/.test(value)) return false;
  // Words have more vowels than chance gives.
  const vowels = value.match(/[aeiou]/gi)?.length ?? 0;
  return changes >= value.length * (vowels <= value.length * 0.25 ? 0.25 : 0.45);
}

export function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

/** Too disorderly for a name or a path of this length. */
export function isWild(whole: string): boolean {
  const value = whole.slice(0, looked);
  return value.length >= 32 && /[a-z]/.test(value) && /[A-Z]/.test(value) && entropy(value) >= 4.4;
}

/** Shannon entropy in bits for each character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value.slice(0, looked)) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = Math.min(value.length, looked);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

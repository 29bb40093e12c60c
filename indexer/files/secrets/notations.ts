/**
 * How a name and its value are written down in the many kinds of text, from a shell's line to an XML element, and
 * which names are given to secrets. Every repetition has an end, so that no text takes long.
 */

/** Parts of names that are given to secrets. */
export const secretName =
  /pass(?:w(?:or)?d|phrase|code)?|pwd|secret|token|credential|mnemonic|session[_-]?id|(?:recovery|seed)[_ -]phrase|psk|pat(?![a-z])|auth(?![a-z])|(?<=[a-z0-9][_. -]?)keys?(?![a-z])(?:[ _.-]base)?/gi;
/** Those that are also pieces of words ("compass", "path"): here they begin a word, or end a name. */
export const shortName = /^(?:pass|psk|pat)$/i;
/** Names of things around secrets, which are none: "token_type", "secretName", "passwordField". */
export const aroundSecret =
  /^[_-]?(?:names?|ur[il]|path|file(?:name)?|dir|type|kind|field|label|header|param|prefix|suffix|length|len|size|count|limit|format|policy|rules?|regexp?|pattern|version|alg|algorithm|method|mode|class|ref|selector|column|table|index|placeholder|hint|message|msg|title|error|status|state|expir\w*|ttl|timeout|at|date|time|endpoint|host|port|provider|manager|service|page|view|link|button|input|reset|strength|encoder|usage|code|codes|scopes?|issuer|audience|bytes|bits)(?![a-z])/i;
export const beforeKey =
  /(?:public|foreign|partition|sort|cache|index|hot|short[_-]?cut|object|group|map|row|unique|composite|i18n|translation|locali[sz]ation|query|react|storage_?name|item|field|column|data|node|registry|hash|json|dict|lookup|routing|idempotency|message|dedup\w*|state|event|menu|arrow|access_?control|any|enter|ctrl|pub|site|gpg|pgp|recv|fetch|trusted)[_. -]?$/i;

const quote = `(?:\\\\{0,4}["'\`]|&quot;)`;
const space = `(?:[ \\t]|\\\\{1,4}[nrt])`;
const breaks = `(?:[\\s#>*/+]|\\\\{1,4}[nrt]|"(?=[\\s+]))`;
/** What may stand between a name and its value; the value begins where the match ends. */
export const gap = new RegExp(
  [
    // name { … default = "
    `(?:${quote})?${space}{0,4}:?${space}{0,4}\\{[^{}]{0,200}?(?:value|default)(?:${quote})?${space}{0,8}[:=]${space}{0,4}`,
    // name: NAME, value: "
    `(?:&quot;|[^A-Za-z0-9{}]){0,30}(?:n[^A-Za-z0-9{}]{0,30})?(?<=["'\\s,;])value(?:${quote})?${space}?[:=]${space}{0,4}`,
    // key="name" value="
    `(?:${quote})?[\\s\\\\nr]{1,20}value${space}?=${space}?(?=\\\\*["']|&quot;)`,
    // name = , name: , "name": , ['name'] => , name := , **Name:** , name: string = , name ||=
    `(?:${quote}|\\]|\\)|\\*){0,4}${space}{0,8}(?<operator>(?::${space}?&?(?:'static )?[\\w<>]{1,20}${space}?=(?!=)|(?:\\|\\||\\?\\?|:)=|=>|={1,3}|:)\\*{0,2})${space}{0,8}(?:[bruf]{1,2}(?=["'])|@(?="))?(?:\\[(?:\\s|\\\\{1,4}n){0,20}(?=\\\\*["']))?`,
    // "name", "value" as arguments
    `${quote}${space}{0,4}(?:,|\\))${space}{0,4}(?:\\?\\?${space})?(?=\\\\*["'\`])`,
    // <name>value, name="name">value, <key>name</key><string>value
    `(?:(?:${quote})(?:\\s{1,4}[\\w:-]{1,30}=(?:${quote})[^<>"'\\n]{0,60}(?:${quote})){0,4}\\s{0,4}|(?:<|&lt;)/key)?(?:>|&gt;)(?<element>)(?:${breaks}{0,40}(?:<|&lt;)string(?:>|&gt;))?${breaks}{0,40}`,
    // | name | value |
    `[*\`]{0,3}[ \\t]{0,40}\\|[ \\t]{0,4}(?<cell>)`,
  ].join("|"),
  "dy",
);
export const restOfName = /[\w$-]{0,40}(?:[ .](?:hash|value|default))?/iy;
/** `--name value`, `ENV NAME value`, `#define NAME "value"`, `password value` */
export const wordGap = new RegExp(`${space}{1,8}(?=${quote}?[^\\s\\-=|<>(){}])`, "y");
export const flag = /(?:^|[\s"'`[(])--?[\w-]{0,60}$/;
export const declared =
  /(?:^|\n|\\n)[\s#>*/"'+]{0,12}(?:ENV|ARG|setx?|set-variable|static const char \*)\s+[\w]{0,60}$/;
/** In C a value without quotes is a name or an expression. */
export const defined = /#\s?define\s+[\w]{0,60}$/;
/** A value of more than one line follows in YAML: "name: |", ">-". */
export const block = new RegExp(`[|>][-+\\d]{0,2}${space}{0,4}(?:\\r?\\n|\\\\{1,4}n)${breaks}{0,40}`, "y");
export const nextLine = new RegExp(
  `(?:\\r?\\n|\\\\{1,4}n|" ?\\+? ?\\r?\\n)${breaks}{0,40}(?=\\\\*["']|&quot;)`,
  "y",
);
export const bareValue =
  /[a-z]{4}(?: [a-z]{4}){3}(?! ?\w)|(?:[^\s"'`;,<>|\\&]|&(?!\w{1,6};|[\w-]{1,40}=)){1,400}/y;
/** In an address's query. */
export const bareParameter = /[^\s"'`;,<>|\\&#]{1,400}/y;
/** What a value of 400 characters goes on with: looked at once it is known to be a secret, so that time stays linear. */
export const restOfValue = /[^\s"'`;,<>|\\&]*/y;
export const configLine =
  /(?:^|\n|\\n)[ \t#>*/+-]{0,40}(?:export |set |- )?["']?(?:[\w.$:-]{0,80}|[A-Z][\w ]{0,60})$/;

/** What may follow "password" in the name of one. */
export const passwordRest =
  /^(?:[_ .-]?(?:\d|prod|production|dev|test|staging|local|value|plain(?:text)?|text|string|old|new|b64|base64|default|data|main|root|admin|user|db|hash|md5))*$/i;

/** From the end of a quoted value to the next one of the same list. */
export const nextItem = /\\{0,4}["'`]\s{0,4},(?:\s|\\{1,4}n){0,40}(?=\\{0,4}["'`])/y;

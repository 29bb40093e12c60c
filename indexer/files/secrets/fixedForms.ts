import type { Found } from "./found.ts";
import { isPlaceholder, looksLikePassword, looksRandom } from "./values.ts";

/**
 * Secrets that stand at a known place of a known form: hashes of passwords, headers, connection strings,
 * commands. A pattern is tried only in a text with one of its hints, and every repetition in it has an end.
 */
export interface Form {
  readonly kind: string;
  readonly hints: readonly string[];
  /** With the flags "g" and "d"; the group `secret`, or else the whole match, is masked. */
  readonly pattern: RegExp;
  readonly accept?: (secret: string) => boolean;
}

const notPlaceholder = (secret: string): boolean => !isPlaceholder(secret);
const isAccepted = (secret: string): boolean => looksRandom(secret) || looksLikePassword(secret, true);

export const forms: readonly Form[] = [
  // Keys with their maker's sign in the middle
  { kind: "Azure secret", hints: ["8Q~"], pattern: /(?<![\w~.-])[\w~.-]{3}8Q~[\w~.-]{31,40}/dg },
  {
    kind: "Azure DevOps token",
    hints: ["AZDO"],
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}/dg,
  },
  {
    kind: "Azure key",
    hints: ["AzFu", "AzSe", "AzCa", "AzIo", "ASt", "ACDb", "ABa", "AEh", "ARm", "AIoT"],
    pattern:
      /(?<![\w+/-])[\w+/-]{30,80}(?:AzFu|AzSe|AzCa|AzIo|ASt|ACDb|ABa|AEh|ARm|AIoT)[\w+/-]{5,12}={0,2}/dg,
    accept: looksRandom,
  },
  {
    kind: "Terraform token",
    hints: [".atlasv1."],
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/dg,
  },
  { kind: "Mailchimp key", hints: ["-us"], pattern: /(?<![A-Za-z0-9])[a-f0-9]{32}-us\d{1,2}(?!\d)/dg },
  { kind: "Telegram token", hints: [":AA"], pattern: /(?<![\d.])\d{8,10}:AA[\w-]{32,}/dg },
  { kind: "Firebase key", hints: [":APA91b"], pattern: /(?<![\w-])[\w-]{7,30}:APA91b[\w-]{100,}/dg },
  // Addresses
  {
    kind: "Slack webhook",
    hints: ["hooks.slack.com"],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[\w/]{20,})/dg,
  },
  {
    kind: "Discord webhook",
    hints: ["/api/webhooks/"],
    pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{1,24}\/(?<secret>[\w-]{40,})/dg,
  },
  {
    kind: "Teams webhook",
    hints: ["webhook.office.com", "/webhookb2/"],
    pattern:
      /\/webhookb2\/[\w@-]{36,100}\/(?:IncomingWebhook|JenkinsCI|GitHub)\/(?<secret>[a-f0-9]{20,}\/[\w-]{20,80})/dgi,
  },
  {
    kind: "signature in an address",
    hints: ["sig=", "ignature="],
    pattern:
      /[?&;](?:amp;)?(?:sig|X-Amz-Signature|X-Goog-Signature|Signature)=(?<secret>[A-Za-z0-9+/%=_~-]{20,})/dg,
    accept: looksRandom,
  },
  {
    kind: "password in an address",
    hints: ["jdbc:oracle"],
    pattern: /jdbc:oracle:\w{1,10}:[\w.]{1,60}\/(?<secret>[^\s@"'`]{1,200})@/dg,
    accept: notPlaceholder,
  },
  // Hashes of passwords
  {
    kind: "password hash",
    hints: ["$1$", "$apr1$", "$2", "$5$", "$6$", "$7$", "$y$", "$gy$", "$sm3$", "$argon2", "$scrypt$"],
    pattern:
      /\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|(?:1|apr1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|[56]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}|(?:y|gy|7|sm3)\$[./A-Za-z0-9]{1,20}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43,86}|argon2(?:id|i|d)\$(?:v=\d{1,3}\$)?[\w=,]{1,60}\$[\w+/-]{8,90}\$[\w+/-]{20,120}|scrypt\$[\w=,]{1,40}\$[\w+/=.-]{8,120}\$[\w+/=.-]{20,120})/dg,
  },
  {
    kind: "password hash",
    hints: ["pbkdf2", "scrypt:", "bcrypt_sha256"],
    pattern:
      /(?:pbkdf2[_:]sha\d{1,3}|scrypt:\d{1,8}:\d:\d|bcrypt_sha256)[$:]\d{0,9}\$?[\w./+=-]{4,60}\$[\w./+=$-]{20,140}/dg,
  },
  {
    kind: "password hash",
    hints: ["SCRAM-SHA-"],
    pattern: /SCRAM-SHA-(?:1|256)\$\d{1,7}:[\w+/=]{8,60}\$[\w+/=]{20,60}:[\w+/=]{20,60}/dg,
  },
  {
    kind: "password hash",
    hints: ["SHA}", "MD5}"],
    pattern: /\{S?(?:SHA|MD5)(?:256|384|512)?\}(?<secret>[A-Za-z0-9+/]{20,}={0,2})/dg,
  },
  {
    kind: "password hash",
    hints: [":::"],
    pattern: /:\d{1,7}:[\da-fA-F]{32}:(?<secret>[\da-fA-F]{32}):::/dg,
  },
  // Headers
  {
    kind: "authorization header",
    hints: ["Bearer ", "bearer ", "Basic ", "basic ", "uthorization"],
    pattern:
      /(?<!\w(?<!\\[nrt]))(?:Bearer|Basic|Authorization["']{0,2}\s{0,2}[:=,]\s{0,2}["']{0,1}(?:token|key|apikey|sso-key|splunk))\s{1,4}(?<secret>[A-Za-z0-9+/._~=:-]{12,})/dgi,
    accept: (secret) => looksRandom(secret) || /^[A-Za-z0-9+/]{16,}={1,2}$/.test(secret),
  },
  // Files of passwords
  {
    kind: "password",
    hints: ["login "],
    pattern:
      /(?<!\w(?<!\\[nrt]))login\s{1,8}\S{1,100}(?:\\n|[\s#>*/"'+]){1,20}password\s{1,8}(?<secret>[^\s"'`\\<]{1,200})/dg,
    accept: notPlaceholder,
  },
  {
    kind: "password",
    hints: [":5432:", ":6432:", ":5433:"],
    pattern:
      /(?<![\w.:-])[\w.*-]{1,100}:(?:5432|5433|6432):[\w*-]{1,60}:[\w*.-]{1,60}:(?<secret>[^\s"'`<>\\]{3,200})/dg,
    accept: notPlaceholder,
  },
  // Statements
  {
    kind: "password",
    hints: ["identified by", "IDENTIFIED "],
    pattern:
      /(?<!\w(?<!\\[nrt]))IDENTIFIED\s{1,4}(?:WITH\s{1,4}\S{1,40}\s{1,4})?(?:BY|AS)\s{1,4}(?:PASSWORD\s{1,4})?\\{0,3}'(?<secret>[^'\n\\]{3,200})\\{0,3}'/dgi,
    accept: notPlaceholder,
  },
  {
    kind: "password",
    hints: ["PASSWORD '", "assword '"],
    pattern:
      /(?<!\w(?<!\\[nrt]))(?:USER|ROLE|LOGIN|WITH|ENCRYPTED)\b[^\n;]{0,100}\bPASSWORD\s{1,4}\\{0,3}'(?<secret>[^'\n\\]{3,200})\\{0,3}'/dgi,
    accept: notPlaceholder,
  },
  // Commands
  {
    kind: "password in a command",
    hints: ["curl ", "http -", "https -"],
    pattern:
      /(?<!\w(?<!\\[nrt]))(?:curl|https?(?= -))\s(?:[^\n|]{0,300}?\s)?(?:-u|--user|--proxy-user|-a|--auth)[ =]?\s{0,4}\\{0,3}["']?[^\s:"'`\\]{1,100}:(?<secret>[^\s"'`\\]{3,200})/dg,
    accept: notPlaceholder,
  },
  {
    kind: "password in a command",
    hints: ["mysql", "mariadb"],
    pattern:
      /(?<!\w(?<!\\[nrt]))(?:mysql|mariadb)[a-z_-]{0,12}\s(?:[^\n|]{0,300}?\s)?-p\\{0,3}["']?(?<secret>[^\s"'`\\]{3,200})/dg,
    accept: (secret) => isAccepted(secret) || /^\w{6,}$/.test(secret),
  },
  {
    kind: "password in a command",
    hints: ["sshpass ", " login ", "ldap", "mongo"],
    pattern:
      /(?<!\w(?<!\\[nrt]))(?:sshpass|(?:docker|podman|helm|az|oc|crane|skopeo|buildah|vault|cf|npm)\s[^\n|]{0,60}login|ldap[a-z]{3,9}|mongo[a-z]{0,8})\b(?:[^\n|]{0,300}?)\s-[pw]\s{0,3}\\{0,3}["']?(?<secret>[^\s"'`\\]{3,200})/dg,
    accept: isAccepted,
  },
  {
    kind: "password in a command",
    hints: ["redis-cli"],
    pattern:
      /(?<!\w(?<!\\[nrt]))redis-cli\b[^\n|]{0,300}?\s(?:-a|--pass)\s{1,4}\\{0,3}["']?(?<secret>[^\s"'`\\]{3,200})/dg,
    accept: notPlaceholder,
  },
  {
    kind: "password in a command",
    hints: ["pass:"],
    pattern: /-pass(?:in|out)?\s{1,4}\\{0,3}["']?pass:(?<secret>[^\s"'`\\]{3,200})/dg,
    accept: notPlaceholder,
  },
  {
    kind: "password in a command",
    hints: ["htpasswd"],
    pattern:
      /(?<!\w(?<!\\[nrt]))htpasswd\s[^\n|]{0,40}-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}\s{1,4}\S{1,200}\s{1,4}\S{1,100}\s{1,4}\\{0,3}["']?(?<secret>[^\s"'`\\]{3,200})/dg,
    accept: notPlaceholder,
  },
  {
    kind: "password in a command",
    hints: ["chpasswd", "sudo -S", "passwd --stdin"],
    pattern:
      /(?<!\w(?<!\\[nrt]))echo\s{1,4}(?:-[ne]\s{1,4})?\\{0,3}["']?(?:[^\s:"'`\\|]{1,60}:)?(?<secret>[^\s"'`\\|]{3,200})\\{0,3}["']?\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?(?:chpasswd|passwd\b|sudo\s{1,4}-S)/dg,
    accept: notPlaceholder,
  },
];

export function findForm(text: string, { kind, pattern, accept }: Form, found: Found[]): void {
  for (const match of text.matchAll(pattern)) {
    const secret = match.groups?.["secret"] ?? match[0];
    const place = match.indices?.groups?.["secret"] ?? match.indices?.[0];
    if (place && (!accept || accept(secret))) found.push({ start: place[0], end: place[1], kind });
  }
}

/** What may stand before the host: "user:password", where the password may hold ":" and "@" of its own. */
const userInfo = /[^\s/"'`<>\\?#|()[\]]{0,400}/y;

export function findInAddresses(text: string, found: Found[]): void {
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    userInfo.lastIndex = at + 3;
    const authority = userInfo.exec(text)?.[0] ?? "";
    const end = authority.lastIndexOf("@");
    if (end < 4) continue;
    const colon = authority.indexOf(":");
    const name = authority.slice(0, colon < 0 ? end : Math.min(colon, end));
    const start = at + 3;
    if (name.length >= 20 && looksRandom(name)) {
      found.push({ start, end: start + end, kind: "key in an address" });
      continue;
    }
    const password = colon >= 0 && colon < end ? authority.slice(colon + 1, end) : "";
    if (password.length >= 4 && !isPlaceholder(password)) {
      found.push({ start: start + colon + 1, end: start + end, kind: "password in an address" });
    }
  }
}

import type { Random } from "./random.ts";

/** The words of a name, from which each place makes its own style: db_password, DB_PASSWORD, dbPassword, … */
export interface Named {
  readonly name: readonly string[];
  readonly value: (r: Random) => string;
}

const words = "correct horse battery staple lantern copper meadow thunder violet anchor pepper saddle".split(
  " ",
);

/** Keys and passwords that only the name in front of them tells. */
export const named: Record<string, Named> = {
  "AWS secret": { name: ["aws", "secret", "access", "key"], value: (r) => r.word("base64", 40) },
  "AWS session": { name: ["aws", "session", "token"], value: (r) => r.word("base64", 356) },
  "Azure DevOps": { name: ["azure", "devops", "pat"], value: (r) => r.word("base32lower", 52) },
  "Azure storage": {
    name: ["azure", "storage", "key"],
    value: (r) => r.bytes(64).toString("base64"),
  },
  "Azure account key": {
    name: ["azure", "storage", "account", "key"],
    value: (r) => r.bytes(64).toString("base64"),
  },
  "Azure OpenAI": { name: ["azure", "openai", "key"], value: (r) => r.word("hex", 32) },
  "Cosmos key": { name: ["cosmos", "primary", "key"], value: (r) => r.bytes(64).toString("base64") },
  "Cloudflare token": { name: ["cloudflare", "api", "token"], value: (r) => r.word("base64url", 40) },
  "Cloudflare global": { name: ["cf", "api", "key"], value: (r) => r.word("hex", 37) },
  Datadog: { name: ["dd", "api", "key"], value: (r) => r.word("hex", 32) },
  "Datadog app": { name: ["datadog", "app", "key"], value: (r) => r.word("hex", 40) },
  "Heroku UUID": { name: ["heroku", "api", "key"], value: (r) => r.uuid() },
  Snyk: { name: ["snyk", "token"], value: (r) => r.uuid() },
  Postmark: { name: ["postmark", "server", "token"], value: (r) => r.uuid() },
  Codecov: { name: ["codecov", "token"], value: (r) => r.uuid() },
  "Twilio auth": { name: ["twilio", "auth", "token"], value: (r) => r.word("hex", 32) },
  Algolia: { name: ["algolia", "admin", "key"], value: (r) => r.word("hex", 32) },
  Auth0: { name: ["auth0", "client", "secret"], value: (r) => r.word("base64url", 64) },
  Okta: { name: ["okta", "api", "token"], value: (r) => `00${r.word("base64url", 40)}` },
  Vercel: { name: ["vercel", "token"], value: (r) => r.word("base62", 24) },
  Cohere: { name: ["cohere", "api", "key"], value: (r) => r.word("base62", 40) },
  Mistral: { name: ["mistral", "api", "key"], value: (r) => r.word("base62", 32) },
  "Weights and Biases": { name: ["wandb", "api", "key"], value: (r) => r.word("hex", 40) },
  Gitea: { name: ["gitea", "token"], value: (r) => r.word("hex", 40) },
  Jenkins: { name: ["jenkins", "api", "token"], value: (r) => `11${r.word("hex", 32)}` },
  Mailjet: { name: ["mailjet", "secret", "key"], value: (r) => r.word("hex", 32) },
  "Alibaba secret": { name: ["alibaba", "access", "key", "secret"], value: (r) => r.word("base62", 30) },
  "Tencent secret": { name: ["tencent", "secret", "key"], value: (r) => r.word("base62", 32) },
  "Kraken key": { name: ["kraken", "private", "key"], value: (r) => r.bytes(64).toString("base64") },
  "Ethereum key": { name: ["wallet", "private", "key"], value: (r) => `0x${r.word("hex", 64)}` },
  "WireGuard key": { name: ["wg", "private", "key"], value: (r) => r.bytes(32).toString("base64") },
  "Rails secret": { name: ["secret", "key", "base"], value: (r) => r.word("hex", 128) },
  "Laravel key": { name: ["app", "key"], value: (r) => `base64:${r.bytes(32).toString("base64")}` },
  "Django secret": {
    name: ["secret", "key"],
    value: (r) => `django-insecure-${r.word("lowerDigits", 12)}!@%^&*(-_=+)${r.word("lowerDigits", 24)}`,
  },
  "JWT signing": { name: ["jwt", "secret"], value: (r) => r.word("base62", 48) },
  "Webhook secret": { name: ["webhook", "secret"], value: (r) => r.word("hex", 40) },
  "Encryption key": { name: ["encryption", "key"], value: (r) => r.bytes(32).toString("base64") },
  "Encryption key in hex": { name: ["encryption", "key"], value: (r) => r.word("hexUpper", 64) },
  "Session secret": { name: ["session", "secret"], value: (r) => r.word("base62", 32) },
  "Long license key": { name: ["license", "key"], value: (r) => r.word("base64", 900) },
  "Long token": { name: ["auth", "token"], value: (r) => r.word("base64", 3000) },
  "Value of 520 characters": { name: ["client", "secret"], value: (r) => r.word("base62", 520) },
  "Personal access token": { name: ["personal", "access", "token"], value: (r) => r.word("lowerDigits", 40) },
  "Refresh token": { name: ["refresh", "token"], value: (r) => r.word("base64url", 64) },
  "TOTP seed": { name: ["totp", "secret"], value: (r) => r.word("base32", 32) },
  "Password of letters, digits and signs": {
    name: ["db", "password"],
    value: (r) => `${r.word("base62", 6)}!${r.word("base62", 4)}@${r.word("base62", 3)}?${r.below(10)}`,
  },
  "Password of letters and digits": {
    name: ["admin", "password"],
    value: (r) => `${r.word("base62", 11)}7k`,
  },
  "Password of a word and a year": {
    name: ["mysql", "root", "password"],
    value: (r) => `${capital(r.pick(words))}${1990 + r.below(35)}!`,
  },
  "Password of digits": {
    name: ["smtp", "password"],
    value: (r) => `${1 + r.below(9)}${r.word("digits", 7)}`,
  },
  "Long password of digits": { name: ["redis", "password"], value: (r) => `9${r.word("digits", 15)}` },
  "Password of letters": {
    name: ["ldap", "bind", "passwd"],
    value: (r) => `${r.word("lower", 7)}${r.word("lower", 7).toUpperCase()}`,
  },
  Passphrase: {
    name: ["passphrase"],
    value: (r) => Array.from({ length: 4 }, () => r.pick(words)).join("-"),
  },
  "Passphrase of a key": {
    name: ["ssh", "key", "passphrase"],
    value: (r) => Array.from({ length: 5 }, () => r.pick(words)).join("."),
  },
  "Password that begins with a sign": {
    name: ["app", "password"],
    value: (r) => `${r.pick(["$", "%", "@", "*", "!", "?"])}${r.word("base62", 8)}4w`,
  },
  "MySQL hash": { name: ["password", "hash"], value: (r) => `*${r.word("hexUpper", 40)}` },
  "Postgres hash": { name: ["role", "password"], value: (r) => `md5${r.word("hex", 32)}` },
  "Passphrase of three words": {
    name: ["backup", "passphrase"],
    value: (r) => `${r.pick(words)}-${r.pick(words)}-${r.pick(words)}`,
  },
  "Keystore password": {
    name: ["key", "store", "password"],
    value: (r) => `${r.pick(words)}_${r.word("digits", 3)}`,
  },
  "Password in hex": { name: ["postgres", "password"], value: (r) => r.word("hex", 24) },
  "Password called pwd": { name: ["service", "pwd"], value: (r) => `${r.word("base62", 9)}#4` },
  "Password called pass": {
    name: ["mail", "pass"],
    value: (r) => `${r.word("lower", 4)} ${r.word("lower", 4)} ${r.word("lower", 4)} ${r.word("lower", 4)}`,
  },
};

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

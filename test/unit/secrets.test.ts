import assert from "node:assert/strict";
import { test } from "node:test";
import { secretDirectoryReason, secretFileReason } from "../../indexer/files/secrets.ts";
import { maskSecrets } from "../../indexer/files/secretsMask.ts";

test("refuses files by their names", () => {
  const refused =
    ".env .env.local .ENV prod.env server.pem cert.p12 cert.pfx store.jks vault.kdbx id_rsa id_ed25519 id_rsa.bak site.key " +
    ".netrc .npmrc .pypirc .git-credentials .htpasswd credentials credentials.json secrets.yaml client_secret_1.json " +
    "service-account.json service_account_prod.json terraform.tfstate prod.tfvars putty.ppk private_key.txt kubeconfig";
  for (const name of refused.split(" ")) assert.ok(secretFileReason(name), name);
  const read =
    "environment.ts env.ts .env.example .env.sample .env.template id_rsa.pub keys.md secrets.ts secrets.md tokens.json " +
    "private_key.py privateKey.test.ts credentials.ts password-reset.md key.ts .envoy.yaml keyboard.json env.d.ts";
  for (const name of read.split(" ")) assert.equal(secretFileReason(name), undefined, name);
  assert.ok(secretDirectoryReason(".ssh"));
  assert.ok(secretDirectoryReason(".aws"));
  assert.equal(secretDirectoryReason("ssh"), undefined);
});

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const alphabets = {
  base62: `${upper}${upper.toLowerCase()}0123456789`,
  base32: `${upper}234567`,
  hex: "0123456789abcdef",
  base64: `${upper}${upper.toLowerCase()}0123456789+/`,
};

/** A generator with a seed: the same keys in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const next = random(7);
function chars(alphabet: keyof typeof alphabets, length: number): string {
  const from = alphabets[alphabet];
  return Array.from({ length }, () => from[Math.floor(next() * from.length)]).join("");
}

/** Makers of keys, put together at run time, so that this file does not look like a leak to other tools. */
const makers: Record<string, () => string> = {
  "aws id": () => `AKIA${chars("base32", 16)}`,
  "aws session": () => `ASIA${chars("base32", 16)}`,
  github: () => `ghp_${chars("base62", 36)}`,
  "github app": () => `ghs_${chars("base62", 36)}`,
  "github fine": () => `github_pat_${chars("base62", 22)}_${chars("base62", 59)}`,
  gitlab: () => `glpat-${chars("base62", 20)}`,
  slack: () => `xoxb-${Math.floor(next() * 1e12)}-${Math.floor(next() * 1e12)}-${chars("base62", 24)}`,
  stripe: () => `sk_live_${chars("base62", 24)}`,
  "stripe test": () => `rk_test_${chars("base62", 24)}`,
  google: () => `AIza${chars("base62", 35)}`,
  "google oauth": () => `GOCSPX-${chars("base62", 28)}`,
  openai: () => `sk-proj-${chars("base62", 48)}`,
  "openai old": () => `sk-${chars("base62", 48)}`,
  anthropic: () => `sk-ant-api03-${chars("base62", 80)}`,
  "hugging face": () => `hf_${chars("base62", 34)}`,
  npm: () => `npm_${chars("base62", 36)}`,
  pypi: () => `pypi-AgEIcHlwaS5vcmc${chars("base62", 60)}`,
  sendgrid: () => `SG.${chars("base62", 22)}.${chars("base62", 43)}`,
  twilio: () => `SK${chars("hex", 32)}`,
  telegram: () => `${Math.floor(1e9 + next() * 8e9)}:AA${chars("base62", 33)}`,
  jwt: () => `eyJ${chars("base62", 33)}.eyJ${chars("base62", 60)}.${chars("base62", 43)}`,
  digitalocean: () => `dop_v1_${chars("hex", 64)}`,
  vault: () => `hvs.${chars("base62", 24)}`,
  shopify: () => `shpat_${chars("hex", 32)}`,
};

test("masks 500 planted keys of well-known makers wherever they stand", () => {
  const places: ((key: string) => string)[] = [
    (key) => `const key = "${key}";`,
    (key) => `KEY=${key}`,
    (key) => `  token: ${key}\n  other: 1`,
    (key) => `Authorization: Bearer ${key}`,
    (key) => `curl -H 'X-Api: ${key}' https://example.com`,
    (key) => `The key is ${key}.`,
    (key) => `["${key}","b"]`,
    (key) => `https://example.com/?k=${key}&x=1`,
  ];
  let planted = 0;
  for (let round = 0; planted < 500; round++) {
    for (const [maker, make] of Object.entries(makers)) {
      const key = make();
      const place = places[(round + maker.length) % places.length];
      const text = `before\n${place?.(key)}\nafter`;
      const masked = maskSecrets(text);
      assert.ok(!masked.includes(key), `${maker}: ${text}`);
      assert.ok(!masked.includes(key.slice(8, 24)), `${maker}: half of it is left in ${masked}`);
      assert.ok(masked.startsWith("before\n") && masked.endsWith("\nafter"));
      planted += 1;
    }
  }
});

test("masks 300 random values that are assigned to telling names", () => {
  const places: ((value: string) => string)[] = [
    (value) => `aws_secret_access_key = ${value}`,
    (value) => `"apiKey": "${value}",`,
    (value) => `client_secret: '${value}'`,
    (value) => `export DB_PASSWORD=${value}`,
    (value) => `os.environ["SECRET_KEY"] = "${value}"`,
    (value) => `postgres://app:${value.replace(/[/+]/g, "x")}@db.internal/main`,
    (value) => `private static final String AUTH_TOKEN = "${value}";`,
    (value) => `$config['encryption_key'] = '${value}';`,
  ];
  for (let i = 0; i < 300; i++) {
    const value = chars(i % 3 === 0 ? "hex" : i % 3 === 1 ? "base64" : "base62", 40);
    const text = places[i % places.length]?.(value) ?? "";
    const masked = maskSecrets(text);
    assert.ok(!masked.includes(value.slice(10, 30)), text);
    assert.notEqual(masked, text);
  }
});

test("masks short passwords that are assigned, and passwords in addresses", () => {
  assert.equal(maskSecrets('password = "hunter2!x"'), 'password = "[masked secret]"');
  assert.equal(maskSecrets("DB_PASS=s3cr3t-Pa55"), "DB_PASS=[masked secret]");
  assert.equal(
    maskSecrets("redis://user:pa55w0rd@cache.internal:6379/0"),
    "redis://user:[masked secret]@cache.internal:6379/0",
  );
});

function pem(kind: string): string {
  const body = Array.from({ length: 12 }, () => chars("base64", 64)).join("\n");
  return `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----`;
}

test("masks private keys as a whole and keeps the number of lines", () => {
  for (const kind of [
    "RSA PRIVATE KEY",
    "PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "EC PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
  ]) {
    const key = pem(kind);
    const text = `# Setup\n\n${key}\n\nDone.`;
    const masked = maskSecrets(text);
    assert.equal(masked.split("\n").length, text.split("\n").length);
    assert.ok(masked.endsWith("\n\nDone."));
    for (const line of key.split("\n").slice(1, -1)) assert.ok(!masked.includes(line.slice(0, 20)), kind);
  }
});

test("masks a private key in a string with escapes, indented, and without its end", () => {
  const key = pem("PRIVATE KEY");
  const lines = key.split("\n").slice(1, -1);
  const shapes = [
    JSON.stringify({ private_key: `${key}\n` }),
    key
      .split("\n")
      .map((line) => `      ${line}`)
      .join("\n"),
    key
      .split("\n")
      .map((line) => `  "${line}\\n" +`)
      .join("\n"),
    key.split("\n").slice(0, -1).join("\n"),
  ];
  for (const shape of shapes) {
    const masked = maskSecrets(`first\n${shape}\nlast words`);
    for (const line of lines) assert.ok(!masked.includes(line.slice(4, 30)), shape);
    assert.ok(masked.endsWith("last words"));
  }
});

test("leaves public keys, placeholders, names and prose alone", () => {
  const harmless = [
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----",
    'const token = "your-token-here";',
    `password: $${"{DB_PASSWORD}"}`,
    "API_KEY=<your key>",
    "password = getPassword(user)",
    'label: "Enter your password"',
    "the secret of the old lighthouse keeper",
    "exports.getPersonalAccessTokenHandler = getPersonalAccessTokenHandler;",
    'import { TokenRatios2 } from "./auth/tokenRatios2.ts";',
    "token: import('typescript').SyntaxKind.OpenBraceToken",
    "sk-learn-compatible-estimators are fine",
    "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "https://example.com/docs/authentication?page=2",
    'const passwordField = "input";',
    "if (token === undefined) return;",
    "secretary: Miss Moneypenny",
  ];
  for (const text of harmless) assert.equal(maskSecrets(text), text);
});

test("hostile texts do not make a pattern backtrack", { timeout: 120_000 }, () => {
  const hostile = [
    "password = ",
    "a".repeat(1000),
    "eyJ",
    "-----BEGIN PRIVATE KEY-----\nAAAA",
    "a://x:",
    "token:",
    "a.b",
  ];
  for (const piece of hostile) {
    // A pattern that backtracks would run into the time limit, which ends the test.
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    assert.equal(maskSecrets(text).split("\n").length, text.split("\n").length);
  }
});

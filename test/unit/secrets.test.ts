import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fingerprintOf, maskSecrets, maxWithheld } from "../../indexer/files/secretsMask.ts";
import { parseFile } from "../../indexer/read/parseFile.ts";
import { random } from "../support/planted/random.ts";
import { leftOf, plantedKeys } from "../support/plantedKeys.ts";

const mask = (text: string): string => maskSecrets(text).text;
const r = random("unit");

test("masks planted keys of 300 kinds in seven kinds of text", () => {
  const planted = [...plantedKeys("first"), ...plantedKeys("second")];
  assert.ok(new Set(planted.map(({ kind }) => kind)).size >= 300);
  const left: string[] = [];
  for (const key of planted) {
    const masked = mask(key.text);
    const piece = leftOf(key, masked);
    if (piece !== undefined) left.push(`${key.kind} in ${key.place}: ${piece} is left of\n${key.text}`);
    assert.equal(masked.split("\n").length, key.text.split("\n").length, key.text);
    assert.ok(masked.startsWith("first line\n") && masked.endsWith("\nlast line\n"), key.text);
  }
  assert.deepEqual(left, []);
});

test("a planted key that is not masked is noticed", () => {
  const [key] = plantedKeys("first");
  assert.ok(key);
  assert.equal(leftOf(key, "nothing here"), undefined);
  assert.ok(leftOf(key, key.text));
  const secret = key.secrets[0] ?? "";
  assert.ok(leftOf(key, key.text.replace(secret, secret.slice(4))));
});

test("knows a key after an escape, and not inside a word", () => {
  const token = `ghp_${r.word("base62", 36)}`;
  assert.equal(
    mask(JSON.stringify({ text: `see\n${token}\nthere` })),
    '{"text":"see\\n[masked secret]\\nthere"}',
  );
  assert.equal(mask(`https://x.test/?next=a%3D${token}`), "https://x.test/?next=a%3D[masked secret]");
  assert.equal(mask(`see${token}`), `see${token}`);
});

test("masks values however long they are", () => {
  for (const length of [24, 508, 512, 520, 900, 4_000, 60_000, 500_000]) {
    const value = r.word("base62", length);
    for (const text of [
      `client_secret = "${value}"`,
      `client_secret: ${value}`,
      `    client-key-data: ${value}\nnext: 1`,
      JSON.stringify({ client_secret: value }),
      `CLIENT_SECRET=${value}`,
    ]) {
      assert.ok(!mask(text).includes(value.slice(-12)), `${length}: ${text.slice(0, 60)}`);
    }
  }
});

test("masks what is said, and says it in its place", () => {
  const cases: [text: string, masked: string][] = [
    ['password = "hunter2!x"', 'password = "[masked secret]"'],
    ["DB_PASS=s3cr3t-Pa55", "DB_PASS=[masked secret]"],
    ["redis://user:pa55w0rd@cache.internal:6379/0", "redis://user:[masked secret]@cache.internal:6379/0"],
    ["PASSPHRASE=a-b-c-d", "PASSPHRASE=[masked secret]"],
    ['{ "password": 48151623, "port": 80 }', '{ "password": [masked secret], "port": 80 }'],
    ["'oauth_token=f00dbabe1234cafe&page=2'", "'oauth_token=[masked secret]&page=2'"],
    ["smtp.password=48151623", "smtp.password=[masked secret]"],
    ["curl -u admin:swordfish https://x.test", "curl -u admin:[masked secret] https://x.test"],
    ["mysql -u root -pSwordfish app", "mysql -u root -p[masked secret] app"],
    ["<password>swordfish</password>", "<password>[masked secret]</password>"],
    ["<password>x7k</password>", "<password>[masked secret]</password>"],
    ["Password=Tr1cky;Database=app", "Password=[masked secret];Database=app"],
    ['const a = "x", password = `Tr1cky-One`, b = 2;', 'const a = "x", password = `[masked secret]`, b = 2;'],
  ];
  for (const [text, expected] of cases) assert.equal(mask(text), expected);
});

function pem(kind: string): string {
  const body = Array.from({ length: 12 }, () => r.word("base64", 64)).join("\n");
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
    const masked = mask(text);
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
    const masked = mask(`first\n${shape}\nlast words`);
    for (const line of lines) assert.ok(!masked.includes(line.slice(4, 30)), shape);
    assert.ok(masked.endsWith("last words"));
  }
});

test("masks every key of a list", () => {
  const keys = Array.from({ length: 3 }, () => r.word("base62", 32));
  for (const indent of [undefined, 2]) {
    const text = JSON.stringify(
      { apiKeys: [keys[0], "primary", keys[1], keys[2]], names: ["one"] },
      null,
      indent,
    );
    const expected = keys.reduce((from, key) => from.replace(key, "[masked secret]"), text);
    assert.equal(mask(text), expected);
    assert.ok(!keys.some((key) => mask(JSON.stringify({ text })).includes(key)));
  }
});

test("lists what was held back with its line and kind, at most a hundred", () => {
  const token = `ghp_${r.word("base62", 36)}`;
  const key = pem("RSA PRIVATE KEY");
  const { withheld } = maskSecrets(`one\nx = "${token}"\n${key}\n\npassword = "hunter2!x"\n`);
  assert.deepEqual(withheld, [
    { line: 2, kind: "GitHub token" },
    { line: 3, kind: "private key" },
    { line: 3 + key.split("\n").length + 1, kind: "password" },
  ]);
  assert.deepEqual(maskSecrets("nothing to see").withheld, []);
  const many = maskSecrets('password = "hunter2!x"\n'.repeat(150));
  assert.equal(many.withheld.length, maxWithheld);
  assert.ok(!many.text.includes("hunter2"));
});

test("lets through exactly the value that the user named", () => {
  const salt = "this machine's";
  const text = 'password = "hunter2!x"\npassword = "hunter3!y"\n';
  const fingerprints = maskSecrets(text, { salt, fingerprints: new Set() }).withheld.map(
    (one) => one.fingerprint,
  );
  assert.deepEqual(fingerprints, [fingerprintOf("hunter2!x", salt), fingerprintOf("hunter3!y", salt)]);
  assert.notEqual(fingerprints[0], fingerprints[1]);
  assert.notEqual(fingerprints[0], fingerprintOf("hunter2!x", "another machine's"));
  const allowed = maskSecrets(text, { salt, fingerprints: new Set([fingerprintOf("hunter2!x", salt)]) });
  assert.equal(allowed.text, 'password = "hunter2!x"\npassword = "[masked secret]"\n');
  assert.deepEqual(allowed.withheld, [
    { line: 2, kind: "password", fingerprint: fingerprintOf("hunter3!y", salt) },
  ]);
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
    "secretName: my-k8s-secret-2024-prod",
    "clientSecret: my-k8s-secret-2024-prod",
    'const token = "rsa-sha2-256-etm";',
    "token: 3f2b8c1e-9d47-4a6b-8e15-7c0d9a4f6b23",
    'idempotencyToken = "3f2b8c1e-9d47-4a6b-8e15-7c0d9a4f6b23"',
    '#define TLS1_RFC_PSK_WITH_AES_128_CCM_8 "TLS_PSK_WITH_AES_128_CCM_8"',
    "export const RESET_PASSWORD_V2_START = 100209;",
    '"eslint-plugin-password": "^10.2.2"',
    '"password": "Mot de passe"',
    'autocomplete="current-password"',
    '<input type="password" name="password" />',
    'proxy_url = "socks5h://<username>:<password>@proxy-host"',
    "const cachedToken = storage?.getItem(CACHE_KEY_2024);",
    "password: string;",
    "$credential = [Reader]::Read($env:VSCE_KEYTAR_SERVICE)",
    "pg_dump --password --host=db",
    'START = b"-----BEGIN OPENSSH PRIVATE KEY-----"\nEND = b"-----END OPENSSH PRIVATE KEY-----"',
    "Release GPG key: 9554F04D7259F04124DE6B476D5A82AC7E37093B",
    "postgres://user:password@localhost/db",
    "kind: SecretStore\ndata:\n  name: something",
    "kind: ConfigMap\ndata:\n  name: YWRtaW5pc3RyYXRvcg==",
    '"integrity": "sha512-TTAZyVrSnpwVdWkZ1mVMH0gX6cGlNnQKfVb9oQ0dQ0h0wZ0dXw1c0bX2vNq6b0h3=="',
  ];
  for (const text of harmless) assert.equal(mask(text), text);
});

test("no planted key is in the chunks of a file, and the places of all are told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "carrel-secrets-"));
  try {
    const planted = plantedKeys("chunks").filter((_, index) => index % 20 === 0);
    for (const [index, key] of planted.entries()) {
      await writeFile(join(folder, `note${index}.md`), key.text);
      const result = await parseFile(folder, `note${index}.md`, 1_000_000);
      assert.ok(result.ok, key.text);
      const stored = JSON.stringify(result.parsed);
      assert.equal(leftOf(key, stored), undefined, key.text);
      assert.ok(result.parsed.withheld.length > 0, key.text);
      for (const { line, kind } of result.parsed.withheld) {
        assert.match(key.text.split("\n")[line - 1] ?? "", /\S/);
        assert.match(kind, /^[A-Za-z1.][\w .-]+$/);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Processor time in milliseconds, which does not count what other programs do. */
function cost(piece: string, length: number): number {
  const text = piece.repeat(Math.ceil(length / piece.length));
  const before = process.cpuUsage();
  const masked = mask(text);
  const { user, system } = process.cpuUsage(before);
  assert.equal(masked.split("\n").length, text.split("\n").length);
  return (user + system) / 1000;
}

/** Six times the text may take six times as long; a pattern that backtracks takes 36 times or runs into the limit. */
test("hostile texts take no longer than their length", { timeout: 300_000 }, () => {
  const key = "-----BEGIN PRIVATE KEY-----\nAAAA";
  const hostile =
    'a|=|"|\'|`|\\|{|[|<|&quot;|$|://|a://b:|a://b:c@|password|password=|password = "|passwordpassword:|token: "|_key|' +
    'api_key: {|api_key value |<password>|<password>x|password", |--password |password: |\\n|ENV PASSWORD |eyJ|eyJ-|sk-a|sk-|xoxb-|glpat-|pypi-|AQE+|Private-Lines: 4 |MT|AKIA|' +
    "AAAAAAAAAAAAAAAAAAAA|-----BEGIN PRIVATE KEY-----|LS0tLS1CRUdJTi|kind: Secret |kind: Secret data: a: bcd |curl -u a:|" +
    "mysql -p|docker login -p |redis-cli -a |htpasswd -b a |echo a > |login a password |a:5432:b:c:|IDENTIFIED BY '|Bearer |" +
    "8Q~|AZDO|AzFu|:APA91b|1234567890:AA|{SSHA}|SCRAM-SHA-256$|pbkdf2_sha256$|$argon2id$|$6$|?sig=a|:1:|abcd abcd ";
  for (const piece of [
    ...hostile.split("|"),
    "|",
    "\n",
    "password:\n",
    key,
    `${key}AAAAAAAAAAAA\n`,
    "kind: Secret\n",
  ]) {
    const isLinear = (): boolean => cost(piece, 150_000) <= 18 * Math.max(5, cost(piece, 25_000));
    // A second try, because a collection of garbage may fall into the first.
    assert.ok(isLinear() || isLinear(), JSON.stringify(piece));
  }
});

/**
 * Files whose name says that they hold passwords or keys are refused: listed, never opened. No ignore file or
 * setting takes them in. What looks like a key inside other files is masked (secretsMask.ts).
 */

const directories = new Set([".ssh", ".gnupg", ".aws", ".kube", ".password-store"]);

const names = new Set([
  ".netrc",
  "_netrc",
  ".pgpass",
  ".my.cnf",
  ".htpasswd",
  ".npmrc",
  ".yarnrc.yml",
  ".pypirc",
  ".git-credentials",
  ".dockercfg",
  ".dockerconfigjson",
  ".s3cfg",
  ".boto",
  ".vault-token",
  ".envrc",
  ".flaskenv",
  "credentials",
  "credentials.json",
  "credentials.yml",
  "credentials.yaml",
  "credentials.xml",
  "credentials.toml",
  "credentials.ini",
  "credentials.csv",
  "secrets.json",
  "secrets.yml",
  "secrets.yaml",
  "secrets.toml",
  "secrets.ini",
  "secrets.env",
  "master.key",
  "kubeconfig",
  "wallet.dat",
  "logins.json",
  "key4.db",
  "passwords.txt",
  "passwords.csv",
  "local.settings.json",
]);

const patterns: readonly RegExp[] = [
  /^\.env(\..+)?$/,
  /^.+\.env$/,
  /^id_(rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk|xmss)([._-].*)?$/,
  /\.(pem|p12|pfx|p8|jks|jceks|keystore|bks|kdbx?|ppk|agekey|gpg|pgp|pkcs12|der|ovpn|keychain|keychain-db|jwk|tfstate|tfvars|cred|creds|opvault|1pux)$/,
  /\.tfstate\.backup$/,
  /^(client_secret|service[-_]?account|gcp[-_]?key|firebase[-_]adminsdk).*\.json$/,
  /(^|[._-])private[._-]?key(\.(txt|json|xml|asc|b64|base64|bin))?$/,
  /\.key$/,
];

/** Examples that are written to be shared, and public halves of key pairs. */
const harmless = /(^\.?env\.|\.env\.?)(example|sample|template|dist|defaults?|schema)$|^\.env\.d\.ts$|\.pub$/;

/** Why a file of this name is refused, or undefined when it may be read. */
export function secretFileReason(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (harmless.test(lower)) return undefined;
  if (names.has(lower) || patterns.some((pattern) => pattern.test(lower))) {
    return "Its name says that it holds passwords or keys, so it is not read.";
  }
  return undefined;
}

/** Why a directory of this name is refused, or undefined when it may be entered. */
export function secretDirectoryReason(name: string): string | undefined {
  return directories.has(name.toLowerCase())
    ? "A folder for passwords and keys, so nothing in it is read."
    : undefined;
}

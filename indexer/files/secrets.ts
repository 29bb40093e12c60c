/**
 * Files whose name says that they hold passwords or keys are refused: listed, never opened. No ignore file or
 * setting takes them in. What looks like a key inside other files is masked (secretsMask.ts).
 */

const directories = new Set([
  ".ssh",
  ".gnupg",
  ".aws",
  ".azure",
  ".gcloud",
  ".oci",
  ".kube",
  ".password-store",
  ".bash_sessions",
  ".zsh_sessions",
]);

/** What commands were typed, with the passwords in them. */
const histories =
  ".bash_history .zsh_history .zhistory .history .sh_history .ksh_history .ash_history .tcsh_history fish_history " +
  ".fish_history .psql_history .mysql_history .mariadb_history .sqlite_history .rediscli_history .mongo_history .dbshell " +
  ".mongosh_repl_history .python_history .ipython_history .node_repl_history .ts_node_repl_history .irb_history .irb-history " +
  ".pry_history .rhistory .julia_history .scala_history .php_history .lesshst .viminfo .wget-hsts consolehost_history.txt " +
  ".powershell_history .histfile";

/** Where programs keep what they log in with. */
const keptByPrograms =
  ".netrc _netrc .authinfo .pgpass pgpass.conf .my.cnf .mylogin.cnf .htpasswd htpasswd .htdigest passwd shadow gshadow " +
  "passwd- shadow- gshadow- master.passwd smbpasswd .smbcredentials .passwd-s3fs .msmtprc .fetchmailrc .getmailrc .esmtprc " +
  ".npmrc .yarnrc.yml .pypirc .git-credentials .dockercfg .dockerconfigjson .s3cfg .boto rclone.conf .vault-token .vault_pass " +
  ".vault-pass .vault_password vault_pass vault_pass.txt vault-password vault_password vault_password.txt .envrc .flaskenv " +
  "credentials master.key kubeconfig admin.conf super-admin.conf kubelet.conf controller-manager.conf scheduler.conf k3s.yaml " +
  "kube.config wallet.dat logins.json key3.db key4.db cookies.sqlite cookies.txt local.settings.json auth.json " +
  "accesstokens.json msal_token_cache.json application_default_credentials.json credentials.tfrc.json .terraformrc terraform.rc " +
  "settings-security.xml sftp-config.json .ftpconfig .ftppass sitemanager.xml recentservers.xml filezilla.xml winscp.ini " +
  "ws_ftp.ini wpa_supplicant.conf .token token.txt token .pgpass.conf .rhosts secring.gpg";

const names = new Set([...histories.split(" "), ...keptByPrograms.split(" ")]);

const stage =
  "prod|production|live|dev|devel|development|test|testing|stage|staging|local|private|secret|qa|uat|ci|docker|preview|real|new|all|old|backup|bak|copy|\\d+";
/** Files of data and settings; source code is called "secrets.ts" for what it does. */
const data =
  "txt|csv|tsv|json|jsonc|json5|ya?ml|toml|ini|conf|cfg|config|properties|xml|plist|env|enc|dat|db|sqlite|list|lst|xlsx?|ods|kdbx?|asc|b64|base64|bin|hex|hcl|sh|bat|ps1|gpg|age";
/** Documents: a manual is called "secrets.md", a list of passwords "passwords.md". */
const documents = "md|markdown|docx?|odt|rtf|pdf|org|rst|html?|pages|note";

const patterns: readonly RegExp[] = [
  /^\.env([._-].+)?$/,
  /^.+\.env$/,
  new RegExp(`^env[._-](?:${stage})(?:[._-](?:${stage}))*$`),
  /^id_(rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk|xmss)([._-].*)?$/,
  /^id_[a-z0-9-]+$|^ssh_host_\w+_key$|^[\w.-]+[_-](rsa|dsa|ecdsa|ed25519)$/,
  /\.(pem|p12|pfx|p8|pk8|pkcs8|pvk|jks|jceks|keystore|bks|kdbx?|ppk|agekey|gpg|pgp|pkcs12|der|ovpn|keychain|keychain-db|jwk|tfstate|creds?|opvault|1pux|1pif|agilekeychain|psafe3|nmconnection|rdp|secrets?|passwords?|passwd|htpasswd|kubeconfig)$/,
  /\.tfvars(\.json)?$|\.tfstate(\.\d+)?\.backup$/,
  /^(client_secret|service[-_]?account|gcp[-_]?key|gcloud[-_]?key|gha-creds).*\.json$|firebase[-_]adminsdk.*\.json$/,
  /(^|[._-])(private|deploy|deployment|signing|encryption|secret|ssh|host|release|upload|master|root|gpg|pgp|age|api)[._-]?keys?(\.(txt|json|ya?ml|xml|asc|b64|base64|bin|hex|enc))?$/,
  /\.key$|^wg\d+\.conf$|^kubeconfig[._-].*$|[._-]kubeconfig(\.(ya?ml|json|conf|txt))?$|^passwd-s3fs$/,
  new RegExp(
    `(?:^|[._-])(?:secrets?|credentials?|creds?|passwords|passphrases?|logins?)(?:[._-](?:${stage}))*\\.(?:${data})(?:\\.enc)?$`,
  ),
  new RegExp(
    `(?:^|[._-])(?:password|passwd|pwd)s?(?:[._-](?:${stage}))*(?:\\.(?:txt|csv|list|lst|ini|conf|cfg|enc|env|dat|xlsx?|ods))$`,
  ),
  new RegExp(
    `(?:^|[._ -])(?:passwords|passphrases|creds|logins)(?:[._-](?:${stage}))*\\.(?:${documents}|txt|csv|xlsx?)$`,
  ),
  /(^|[._-])(access|auth|api|bearer|refresh|oauth|github|gitlab|npm|slack|bot)[._-]?tokens?(\.(txt|json|ya?ml|conf|ini|enc))?$/,
  /(^|[._-])(api[._-]?keys?|apikeys?)\.(txt|csv|json|ya?ml|ini|conf|properties|md|xlsx?)$/,
  /^(bitwarden|lastpass|keepass|1password|dashlane|chrome|firefox)[\w .-]*\.(csv|json|xml)$/,
];

/** Examples that are written to be shared, and public halves of key pairs. */
const harmless =
  /(^\.?env[._-]|[._-])(example|sample|template|tmpl|dist|defaults?|schema)s?(\.(txt|md|json|ya?ml|toml|ini|conf|cfg|properties|xml|env))?$|^\.?(example|sample|template)\.env$|^\.?env\.(?:[\w-]+\.)*d\.ts$|\.pub$/;

/** What editors, systems and people add to the name of a copy: ".env~", ".env.bak", ".id_rsa.swp", "#.env#". */
const copies: readonly (readonly [RegExp, string])[] = [
  [
    /(?:~|[._-](?:bak|backup|bk|bkp|old|orig|original|save|saved|copy|tmp|temp|rej|prev|previous|swp|swo|swn|swx|dpkg-\w+|rpmnew|rpmsave|\d{1,14}|\d{4}-\d\d-\d\d))$/,
    "",
  ],
  [/ (?:copy|\(\d+\)|- copy)(?: \d+)?(?=\.|$)/, ""],
  [/^#(.+)#$/, "$1"],
];

/** Why a file of this name is refused, or undefined when it may be read. */
export function secretFileReason(name: string): string | undefined {
  const versions = originals(name.toLowerCase());
  if (versions.some((version) => harmless.test(version))) return undefined;
  const isRefused = versions.some(
    (version) => names.has(version) || patterns.some((pattern) => pattern.test(version)),
  );
  return isRefused ? "Its name says that it holds passwords or keys, so it is not read." : undefined;
}

/** The name, and what it may be a copy of. */
function originals(name: string): readonly string[] {
  const result = [name];
  for (let current = name; result.length < 6; ) {
    const next = copies.reduce((from, [pattern, to]) => from.replace(pattern, to), current);
    if (next === current || next === "") break;
    result.push(next);
    // Vim puts a dot before the name of its swap file.
    if (/\.sw[pnox]$/.test(current) && next.startsWith(".")) result.push(next.slice(1));
    current = next;
  }
  return result;
}

/** Why a directory of this name is refused, or undefined when it may be entered. */
export function secretDirectoryReason(name: string): string | undefined {
  return directories.has(name.toLowerCase())
    ? "A folder for passwords and keys, so nothing in it is read."
    : undefined;
}

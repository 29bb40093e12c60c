import assert from "node:assert/strict";
import { test } from "node:test";
import { secretDirectoryReason, secretFileReason } from "../../indexer/files/secrets.ts";

const refusedNames = `
.env .env.local .ENV prod.env server.pem cert.p12 cert.pfx store.jks vault.kdbx id_rsa id_ed25519 id_rsa.bak site.key
.netrc .npmrc .pypirc .git-credentials .htpasswd credentials credentials.json secrets.yaml client_secret_1.json
service-account.json service_account_prod.json terraform.tfstate prod.tfvars putty.ppk private_key.txt kubeconfig
env.production env.local env.prod.local .env_production .env-staging .env~ .env.bak .env.old .env.orig .env.save .env.swp
.env.production~ #.env# .env.20240131 prod.env.bak .id_rsa.swp id_work id_github ssh_host_ed25519_key github_rsa
admin.conf kubelet.conf super-admin.conf prod.kubeconfig kubeconfig.yaml kubeconfig-prod staging-kubeconfig.yml k3s.yaml
deploy_key deploy-key app_deploy_key deploy_key.txt signing_key api_key api_keys.txt encryption.key server.key.bak
.bash_history .zsh_history .psql_history .python_history .mysql_history .node_repl_history .sqlite_history fish_history
.rediscli_history .viminfo ConsoleHost_history.txt .bash_history~ .htpasswd.bak htpasswd .htdigest shadow passwd shadow- shadow~
passwords.md passwords.txt passwords.docx my-passwords.txt Passwords.xlsx db_password.txt passwords-old.txt logins.csv
application-secrets.yml app.secrets.json secret.yaml secrets-prod.yml secrets.production.yaml db-credentials.yaml
credentials.yml.enc credentials.json.bak secrets.yaml.orig secrets_backup.json .pgpass pgpass.conf .my.cnf .mylogin.cnf
.vault_pass vault_password.txt auth.json rclone.conf wg0.conf wpa_supplicant.conf home.nmconnection sftp-config.json
app-firebase-adminsdk-x1y2.json application_default_credentials.json terraform.tfstate.backup prod.auto.tfvars.json
github_token access_token.txt .token bitwarden_export.json AuthKey_AB12.p8 release.keystore .netrc.bak .npmrc~
`;

const readNames = `
environment.ts env.ts id_rsakeys.ts .env.example .env.sample .env.template id_rsa.pub keys.md secrets.ts secrets.md tokens.json
private_key.py privateKey.test.ts credentials.ts password-reset.md key.ts .envoy.yaml keyboard.json env.d.ts
env.example env.test.ts env.production.ts .env.production.example .env.example~ example.env secrets.example.yml
secrets.yml.example credentials.sample.json deploy_key.pub deploy.key.pub monkey.txt turkey.json hockey.csv history.md
CHANGELOG.md passwords.ts passwordPolicy.ts password.html password.go token.ts tokens.css history.ts admin.ts nginx.conf
admin.py config.json secretary.txt README.md~ notes.md.bak main.c.orig index.html.old shadow.css shadow.ts
design-tokens.json id.ts identity.md id_column.sql environment.yml conftest.py authorization.md keymap.json
`;

const namesOf = (list: string): string[] => list.trim().split(/\s+/);

test("refuses files by their names, and copies of them", () => {
  for (const name of namesOf(refusedNames)) assert.ok(secretFileReason(name), name);
  assert.ok(secretFileReason(".env copy"));
  assert.ok(secretFileReason("credentials (1).json"));
  assert.ok(secretDirectoryReason(".ssh"));
  assert.ok(secretDirectoryReason(".aws"));
  assert.equal(secretDirectoryReason("ssh"), undefined);
});

test("reads examples, public keys and code about secrets", () => {
  for (const name of namesOf(readNames)) assert.equal(secretFileReason(name), undefined, name);
});

import { generateKeyPairSync } from "node:crypto";
import { jwt } from "./makers.ts";
import type { Random } from "./random.ts";

/** A text that holds secrets at its own places, of one line or more; the names in it are those of its format. */
export interface Shape {
  readonly body: string;
  /** What must not be left of it. */
  readonly secrets: readonly string[];
}

const password = (r: Random): string => `${r.word("base62", 8)}${r.below(10)}x`;

/** Files, commands, addresses and headers with a secret inside. */
export const shapes: Record<string, (r: Random) => Shape> = {
  "RSA key": (r) => pem(r, "RSA PRIVATE KEY", 25),
  "EC key": (r) => pem(r, "EC PRIVATE KEY", 3),
  "PKCS #8 key": (r) => pem(r, "PRIVATE KEY", 26),
  "encrypted PKCS #8 key": (r) => pem(r, "ENCRYPTED PRIVATE KEY", 28),
  "OpenSSH key": (r) => pem(r, "OPENSSH PRIVATE KEY", 38, 70),
  "PGP key": (r) => {
    const { secrets } = pem(r, "", 20);
    const kind = "PGP PRIVATE KEY BLOCK";
    return {
      body: `-----BEGIN ${kind}-----\nVersion: GnuPG v2\n\n${secrets.join("\n")}\n=aB3d\n-----END ${kind}-----`,
      secrets,
    };
  },
  "PEM key with headers": (r) => {
    const { secrets } = pem(r, "", 12);
    return {
      body: `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${r.word("hexUpper", 32)}\n\n${secrets.join("\n")}\n-----END RSA PRIVATE KEY-----`,
      secrets,
    };
  },
  "Ed25519 key, a true one": () => {
    const body = generateKeyPairSync("ed25519")
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString()
      .trim();
    return { body, secrets: [body.split("\n")[1] ?? ""] };
  },
  "PuTTY key": (r) => {
    const { secrets } = pem(r, "", 14);
    return {
      body: `PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: me\nPrivate-Lines: 14\n${secrets.join("\n")}\nPrivate-MAC: ${"0".repeat(64)}`,
      secrets,
    };
  },
  "key in base64": (r) => {
    const { body } = pem(r, "RSA PRIVATE KEY", 25);
    const secret = Buffer.from(body).toString("base64");
    return { body: `encoded: ${secret}`, secrets: [secret] };
  },
  kubeconfig: (r) => {
    const key = Buffer.from(pem(r, "RSA PRIVATE KEY", 25).body).toString("base64");
    const token = r.word("base64url", 60);
    return {
      body: `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-key-data: ${key}\n    token: ${token}`,
      secrets: [key, token],
    };
  },
  "Kubernetes Secret": (r) => {
    const secrets = [r.bytes(12), r.bytes(30), Buffer.from(password(r))].map((bytes) =>
      bytes.toString("base64"),
    );
    return {
      body: `apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ntype: Opaque\ndata:\n  username: YWRtaW4=\n  password: ${secrets[0]}\n  config.bin: ${secrets[1]}\n  tls: ${secrets[2]}`,
      secrets,
    };
  },
  "Kubernetes Secret, stringData": (r) => {
    const secrets = [password(r), password(r)];
    return {
      body: `kind: Secret\napiVersion: v1\nstringData:\n  DB: "${secrets[0]}"\n  other: ${secrets[1]}\nmetadata:\n  name: app`,
      secrets,
    };
  },
  "Kubernetes env": (r) => one(password(r), (s) => `env:\n  - name: DB_PASSWORD\n    value: "${s}"`),
  "task definition": (r) => one(r.word("base62", 32), (s) => `[{"name": "STRIPE_SECRET", "value": "${s}"}]`),
  "Docker auth": (r) =>
    one(
      Buffer.from(`me:${r.word("base62", 20)}`).toString("base64"),
      (s) => `{"auths": {"ghcr.io": {"auth": "${s}"}}}`,
    ),
  "Docker auth, indented": (r) =>
    one(
      Buffer.from(`me:${r.word("base62", 20)}`).toString("base64"),
      (s) => `{\n  "auths": {\n    "ghcr.io": {\n      "auth": "${s}"\n    }\n  }\n}`,
    ),
  "service account": (r) => {
    const { body, secrets } = pem(r, "PRIVATE KEY", 26);
    return {
      body: JSON.stringify({ type: "service_account", private_key: `${body}\n` }, null, 2),
      secrets,
    };
  },
  "Terraform output": (r) =>
    one(r.word("base62", 20), (s) => `db_password = "${s}"\nhost = "db.example.com"`),
  "Terraform output in JSON": (r) =>
    one(
      r.word("base62", 20),
      (s) => `{"db_password": {"sensitive": true, "type": "string", "value": "${s}"}}`,
    ),
  "Terraform variable": (r) =>
    one(password(r), (s) => `variable "db_password" {\n  type    = string\n  default = "${s}"\n}`),
  ".netrc line": (r) => one(password(r), (s) => `machine api.example.com login me password ${s}`),
  ".netrc lines": (r) => one(password(r), (s) => `machine api.example.com\n  login me\n  password ${s}`),
  ".pgpass line": (r) => one(password(r), (s) => `db.example.com:5432:app:me:${s}`),
  ".npmrc line": (r) => one(r.uuid(), (s) => `//registry.example.com/:_authToken=${s}`),
  ".npmrc password": (r) =>
    one(r.bytes(18).toString("base64"), (s) => `//registry.example.com/:_password="${s}"`),
  "shadow line": (r) =>
    one(`$6$${r.word("bcrypt", 8)}$${r.word("bcrypt", 86)}`, (s) => `root:${s}:19000:0:99999:7:::`),
  "htpasswd line": (r) => one(`$2y$05$${r.word("bcrypt", 53)}`, (s) => `admin:${s}`),
  "Windows hashes": (r) =>
    one(r.word("hex", 32), (s) => `admin:500:aad3b435b51404eeaad3b435b51404ee:${s}:::`),
  "htpasswd SHA": (r) => one(`${r.word("base64", 27)}=`, (s) => `admin:{SHA}${s}`),
  "postgres address": (r) =>
    one(password(r), (s) => `postgresql://app:${s}@db.example.com:5432/main?sslmode=require`),
  "mysql address": (r) => one(password(r), (s) => `mysql2://root:${s}@127.0.0.1/app`),
  "mongodb address": (r) =>
    one(password(r), (s) => `mongodb+srv://app:${s}@cluster0.ab1cd.mongodb.net/?retryWrites=true`),
  "redis address": (r) => one(password(r), (s) => `rediss://:${s}@cache.example.com:6380/0`),
  "amqp address": (r) => one(password(r), (s) => `amqps://guest1:${s}@mq.example.com:5671/vhost`),
  "smtp address": (r) => one(password(r), (s) => `smtp://me%40example.com:${s}@smtp.example.com:587`),
  "address with signs": (r) =>
    one(`${password(r)}%21:${r.word("base62", 5)}`, (s) => `postgres://app:${s}@db/main`),
  "address with an at sign": (r) =>
    one(`${r.word("base62", 5)}@${password(r)}`, (s) => `ftp://me:${s}@ftp.example.com/`),
  "git address": (r) => one(r.word("base62", 26), (s) => `https://oauth2:${s}@git.example.com/team/app.git`),
  "git address, key alone": (r) => one(r.word("hex", 40), (s) => `https://${s}@git.example.com/team/app.git`),
  "Sentry address": (r) => one(r.word("hex", 32), (s) => `https://${s}:${s}@sentry.example.com/12`),
  "JDBC address": (r) =>
    one(password(r), (s) => `jdbc:mysql://db.example.com:3306/app?user=root&password=${s}&useSSL=true`),
  "JDBC, SQL Server": (r) =>
    one(
      password(r),
      (s) => `jdbc:sqlserver://db.example.com:1433;databaseName=app;user=sa;password=${s};encrypt=true`,
    ),
  "JDBC, Oracle": (r) => one(password(r), (s) => `jdbc:oracle:thin:scott/${s}@//db.example.com:1521/ORCL`),
  "ADO.NET": (r) =>
    one(
      `${password(r)}!`,
      (s) => `Server=tcp:db.example.com,1433;Database=app;User ID=sa;Password=${s};Encrypt=True;`,
    ),
  "ADO.NET, Pwd": (r) => one(password(r), (s) => `Data Source=db;Initial Catalog=app;Uid=sa;Pwd=${s}`),
  "libpq words": (r) =>
    one(password(r), (s) => `host=db.example.com port=5432 user=app password=${s} dbname=main`),
  "Azure storage connection": (r) =>
    one(
      r.bytes(64).toString("base64"),
      (s) =>
        `DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=${s};EndpointSuffix=core.windows.net`,
    ),
  "Service Bus": (r) =>
    one(
      r.bytes(32).toString("base64"),
      (s) => `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${s}`,
    ),
  "IoT Hub": (r) =>
    one(
      r.bytes(32).toString("base64"),
      (s) => `HostName=x.azure-devices.net;DeviceId=d;SharedAccessKey=${s}`,
    ),
  "Application Insights": (r) =>
    one(r.uuid(), (s) => `InstrumentationKey=${s};IngestionEndpoint=https://x.example.com/`),
  "Slack webhook": (r) =>
    one(
      `T${r.word("upper", 10)}/B${r.word("upper", 10)}/${r.word("base62", 24)}`,
      (s) => `https://hooks.slack.com/services/${s}`,
    ),
  "Discord webhook": (r) =>
    one(r.word("base64url", 68), (s) => `https://discord.com/api/webhooks/1${r.word("digits", 17)}/${s}`),
  "Teams webhook": (r) =>
    one(
      `${r.word("hex", 32)}/${r.uuid()}`,
      (s) => `https://contoso.webhook.office.com/webhookb2/${r.uuid()}@${r.uuid()}/IncomingWebhook/${s}`,
    ),
  "Google Chat webhook": (r) => {
    const secrets = [`AIza${r.word("base64url", 35)}`, r.word("base64url", 43)];
    return {
      body: `https://chat.googleapis.com/v1/spaces/AAAA${r.word("base62", 7)}/messages?key=${secrets[0]}&token=${secrets[1]}`,
      secrets,
    };
  },
  "Azure shared access": (r) =>
    one(
      encodeURIComponent(r.bytes(32).toString("base64")),
      (s) => `https://acct.blob.core.windows.net/c/b?sv=2022-11-02&sr=b&se=2030-01-01&sp=r&sig=${s}`,
    ),
  "query key": (r) =>
    one(r.word("base62", 32), (s) => `https://api.example.com/v1/items?api_key=${s}&page=2`),
  "query token": (r) =>
    one(r.word("hex", 40), (s) => `https://api.example.com/v1/items?page=2&access_token=${s}`),
  "presigned address": (r) =>
    one(
      r.word("hex", 64),
      (s) => `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${s}`,
    ),
  "authenticator address": (r) =>
    one(r.word("base32", 32), (s) => `otpauth://totp/Acme:me?secret=${s}&issuer=Acme`),
  "bearer header": (r) => one(r.word("base62", 40), (s) => `Authorization: Bearer ${s}`),
  "bearer header, JWT": (r) => one(jwt(r), (s) => `Authorization: Bearer ${s}`),
  "basic header": (r) =>
    one(Buffer.from(`me:${password(r)}`).toString("base64"), (s) => `Authorization: Basic ${s}`),
  "token header": (r) => one(r.word("hex", 40), (s) => `Authorization: token ${s}`),
  "key header": (r) => one(r.word("hex", 32), (s) => `X-Api-Key: ${s}`),
  "GitLab header": (r) => one(r.word("base62", 20), (s) => `PRIVATE-TOKEN: ${s}`),
  "session cookie": (r) => one(r.word("base64url", 60), (s) => `Cookie: lang=en; sessionid=${s}; theme=dark`),
  "curl -u": (r) => one(password(r), (s) => `curl -u admin:${s} https://api.example.com/v1`),
  "curl --user": (r) => one(password(r), (s) => `curl -sS --user 'admin:${s}' https://api.example.com/v1`),
  "curl header": (r) =>
    one(r.word("base62", 40), (s) => `curl -H "Authorization: Bearer ${s}" https://api.example.com`),
  "mysql -p": (r) => one(password(r), (s) => `mysql -h db -u root -p${s} app`),
  "mysqldump -p": (r) =>
    one(password(r), (s) => `mysqldump --single-transaction -uroot -p'${s}' app > app.sql`),
  sshpass: (r) => one(password(r), (s) => `sshpass -p ${s} ssh me@host`),
  "docker login": (r) => one(password(r), (s) => `docker login -u me -p ${s} registry.example.com`),
  "redis-cli": (r) => one(password(r), (s) => `redis-cli -h cache -a ${s} ping`),
  PGPASSWORD: (r) => one(password(r), (s) => `PGPASSWORD=${s} psql -h db -U app main`),
  "openssl passin": (r) => one(password(r), (s) => `openssl rsa -in a.enc -passin pass:${s} -out a`),
  "htpasswd -b": (r) => one(password(r), (s) => `htpasswd -bc users.txt admin ${s}`),
  "wget --password": (r) =>
    one(password(r), (s) => `wget --user=me --http-password=${s} https://example.com/a`),
  chpasswd: (r) => one(password(r), (s) => `echo "deploy:${s}" | chpasswd`),
  "sudo -S": (r) => one(password(r), (s) => `echo ${s} | sudo -S apt-get update`),
  "az login": (r) =>
    one(`${r.word("base62", 20)}~7q`, (s) => `az login --service-principal -u app -p ${s} --tenant t1`),
  "keytool -storepass": (r) => one(password(r), (s) => `keytool -list -keystore k.jks -storepass ${s}`),
  "Dockerfile ENV": (r) => one(password(r), (s) => `FROM alpine\nENV DB_PASSWORD ${s}`),
  "SQL identified by": (r) => one(password(r), (s) => `CREATE USER 'app'@'%' IDENTIFIED BY '${s}';`),
  "SQL password": (r) => one(password(r), (s) => `ALTER ROLE app WITH LOGIN PASSWORD '${s}';`),
  "WordPress salt": (r) =>
    one(`${r.word("base62", 30)}|+%;-${r.word("base62", 30)}`, (s) => `define('SECURE_AUTH_KEY',  '${s}');`),
  "Wi-Fi": (r) => one(password(r), (s) => `network={\n  ssid="home"\n  psk="${s}"\n}`),
  WireGuard: (r) =>
    one(r.bytes(32).toString("base64"), (s) => `[Interface]\nPrivateKey = ${s}\nAddress = 10.0.0.2/24`),
  "Tomcat user": (r) => one(password(r), (s) => `<user username="admin" password="${s}" roles="manager"/>`),
  "Maven server": () =>
    one("swordfish", (s) => `<server><id>x</id><username>me</username><password>${s}</password></server>`),
  "web.config": (r) =>
    one(
      password(r),
      (s) =>
        `<add name="Db" connectionString="Server=db;User Id=sa;Password=${s};" providerName="System.Data.SqlClient"/>`,
    ),
  "NuGet source": (r) => one(password(r), (s) => `<add key="ClearTextPassword" value="${s}" />`),
  "Android string": (r) => one(r.word("hex", 32), (s) => `<string name="api_key">${s}</string>`),
  "property list": (r) => one(r.word("base62", 32), (s) => `<key>ApiSecret</key>\n<string>${s}</string>`),
  "key and value on two lines": (r) => one(r.word("base62", 40), (s) => `api_secret:\n  "${s}"`),
  "ssh config in Ansible": (r) =>
    one(password(r), (s) => `web1 ansible_host=10.0.0.1 ansible_ssh_pass=${s} ansible_port=22`),
  "YAML block scalar": (r) => one(r.word("base62", 48), (s) => `client_secret: >-\n  ${s}\nother: 1`),
  "recovery words": (r) => {
    const words =
      "abandon ability able about above absent absorb abstract absurd abuse access accident acid acoustic acquire across act action".split(
        " ",
      );
    return one(Array.from({ length: 12 }, () => r.pick(words)).join(" "), (s) => `mnemonic: "${s}"`);
  },
};

function one(secret: string, body: (secret: string) => string): Shape {
  return { body: body(secret), secrets: [secret] };
}

function pem(r: Random, kind: string, lines: number, width = 64): Shape {
  const secrets = Array.from({ length: lines }, () => r.word("base64", width));
  return { body: `-----BEGIN ${kind}-----\n${secrets.join("\n")}\n-----END ${kind}-----`, secrets };
}

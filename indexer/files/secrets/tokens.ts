import type { Found } from "./found.ts";
import { entropy, isChaos, isWild } from "./values.ts";

/**
 * Keys that are known by the beginning that their makers give them, so that leaks can be found. Written down
 * from the makers' own pages. Each line: what it is, how it begins (two characters or more), and what follows.
 */
const formats: readonly (readonly [kind: string, begin: string, rest: string])[] = [
  // Amazon, Google, Microsoft, other clouds
  ["AWS key", "AKIA", "[A-Z0-9]{16}"],
  ["AWS key", "ASIA", "[A-Z0-9]{16}"],
  ["AWS key", "ABSK", "[A-Za-z0-9+/]{60,}={0,2}"],
  ["AWS key", "amzn.mws.", "[0-9a-f-]{36}"],
  ["Google key", "AIza", "[\\w-]{35}"],
  ["Google token", "ya29.", "[\\w.-]{20,}"],
  ["Google secret", "GOCSPX-", "[\\w-]{20,}"],
  ["Google token", "1//0", "[\\w-]{30,}"],
  ["Alibaba key", "LTAI", "[A-Za-z0-9]{12,24}"],
  ["Tencent key", "AKID", "[A-Za-z0-9]{32}"],
  ["Yandex key", "AQVN", "[\\w-]{30,}"],
  ["DigitalOcean token", "dop_v1_", "[a-f0-9]{60,}"],
  ["DigitalOcean token", "doo_v1_", "[a-f0-9]{60,}"],
  ["DigitalOcean token", "dor_v1_", "[a-f0-9]{60,}"],
  ["Cloudflare key", "v1.0-", "[a-f0-9]{24}-[a-f0-9]{100,}"],
  ["Heroku key", "HRKU-", "[\\w-]{36,}"],
  ["Netlify token", "nfp_", "[A-Za-z0-9]{30,}"],
  ["Render key", "rnd_", "[A-Za-z0-9]{24,}"],
  ["Fly.io token", "fm1_", "[\\w+/=-]{40,}"],
  ["Fly.io token", "fm2_", "[\\w+/=-]{40,}"],
  ["Tailscale key", "tskey-", "[a-z]+-[\\w-]{16,}"],
  ["OpenShift token", "sha256~", "[\\w-]{40,}"],
  // Source hosting, packages, builds
  ["GitHub token", "ghp_", "[A-Za-z0-9]{30,}"],
  ["GitHub token", "gho_", "[A-Za-z0-9]{30,}"],
  ["GitHub token", "ghu_", "[A-Za-z0-9]{30,}"],
  ["GitHub token", "ghs_", "[A-Za-z0-9]{30,}"],
  ["GitHub token", "ghr_", "[A-Za-z0-9]{30,}"],
  ["GitHub token", "github_pat_", "\\w{30,}"],
  ...["pat", "ptt", "dt", "rt", "rtr", "cbt", "ft", "ffct", "imt", "soat", "agent", "oas"].map(
    (name) => ["GitLab token", `gl${name}-`, "[\\w.-]{18,}"] as const,
  ),
  ["GitLab token", "GR1348941", "[\\w-]{20,}"],
  ["Atlassian token", "ATATT3", "[\\w=-]{50,}"],
  ["Atlassian token", "ATCTT3", "[\\w=-]{50,}"],
  ["Bitbucket password", "ATBB", "[A-Za-z0-9]{28,}"],
  ["npm token", "npm_", "[A-Za-z0-9]{36}"],
  ["PyPI token", "pypi-", "[\\w-]{50,}"],
  ["RubyGems key", "rubygems_", "[a-f0-9]{40,}"],
  ["crates.io token", "cio", "[A-Za-z0-9]{32}"],
  ["NuGet key", "oy2", "[a-z0-9]{43}"],
  ["Clojars token", "CLOJARS_", "[a-f0-9]{60}"],
  ["Artifactory key", "AKCp", "[A-Za-z0-9]{60,}"],
  ["Docker token", "dckr_pat_", "[\\w-]{20,}"],
  ["Docker token", "dckr_oat_", "[\\w-]{20,}"],
  ["Sourcegraph token", "sgp_", "(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}"],
  ["Sonar token", "squ_", "[a-f0-9]{40}"],
  ["Sonar token", "sqp_", "[a-f0-9]{40}"],
  ["Sonar token", "sqa_", "[a-f0-9]{40}"],
  ["Buildkite token", "bkua_", "[a-f0-9]{40}"],
  ["CircleCI token", "CCIPAT_", "\\w{40,}"],
  ["Harness token", "pat.", "[\\w-]{22}\\.[\\w-]{20,}\\.[A-Za-z0-9]{16,}"],
  ["Prefect key", "pnu_", "[a-z0-9]{36}"],
  ["Octopus key", "API-", "[A-Z0-9]{25,32}"],
  ["LaunchDarkly key", "sdk-", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"],
  ["Infracost key", "ico-", "[A-Za-z0-9]{32}"],
  // Chat
  ["Slack token", "xox", "[abeoprs][-.][\\w.-]{15,}"],
  ["Slack token", "xapp-", "\\d-[\\w-]{20,}"],
  // The number of an account, which begins a Discord bot's token, in base64.
  ...["MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"].map(
    (begin) => ["Discord token", begin, "[\\w-]{21,26}\\.[\\w-]{6}\\.[\\w-]{27,}"] as const,
  ),
  // Payments and shops
  ["Stripe key", "sk_live_", "[A-Za-z0-9]{16,}"],
  ["Stripe key", "sk_test_", "[A-Za-z0-9]{16,}"],
  ["Stripe key", "rk_live_", "[A-Za-z0-9]{16,}"],
  ["Stripe key", "rk_test_", "[A-Za-z0-9]{16,}"],
  ["webhook secret", "whsec_", "[A-Za-z0-9+/=]{20,}"],
  ["Square token", "sq0atp-", "[\\w-]{20,}"],
  ["Square secret", "sq0csp-", "[\\w-]{20,}"],
  ["Square or Facebook token", "EAA", "[\\w-]{58,}"],
  ...["at", "ca", "pa", "ss"].map((name) => ["Shopify token", `shp${name}_`, "[a-fA-F0-9]{32}"] as const),
  ["Braintree token", "access_token$", "(?:production|sandbox)\\$[a-z0-9]{10,}\\$[a-f0-9]{32}"],
  ["Plaid token", "access-", "(?:production|sandbox|development)-[0-9a-f-]{36}"],
  ["Razorpay key", "rzp_live_", "[A-Za-z0-9]{14}"],
  ["Razorpay key", "rzp_test_", "[A-Za-z0-9]{14}"],
  ["Flutterwave key", "FLWSECK", "(?:_TEST)?-[a-f0-9]{12,}(?:-X)?"],
  ["EasyPost key", "EZAK", "[A-Za-z0-9]{54}"],
  ["EasyPost key", "EZTK", "[A-Za-z0-9]{54}"],
  ["Shippo token", "shippo_live_", "[a-f0-9]{40}"],
  ["Shippo token", "shippo_test_", "[a-f0-9]{40}"],
  ["Adyen key", "AQE", "[\\w+/=-]{80,}"],
  ["Duffel token", "duffel_live_", "[\\w=-]{43}"],
  ["Duffel token", "duffel_test_", "[\\w=-]{43}"],
  // Models
  ["OpenAI-style key", "sk-", "(?:ant-|proj-|svcacct-|admin-|or-v1-)?[\\w-]{20,}"],
  ["Hugging Face token", "hf_", "[A-Za-z0-9]{30,}"],
  ["Replicate token", "r8_", "[A-Za-z0-9]{36,}"],
  ["Groq key", "gsk_", "[A-Za-z0-9]{40,}"],
  ["xAI key", "xai-", "[A-Za-z0-9]{60,}"],
  ["Perplexity key", "pplx-", "[A-Za-z0-9]{40,}"],
  ["NVIDIA key", "nvapi-", "[\\w-]{50,}"],
  ["LangSmith key", "lsv2_", "(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"],
  ["Pinecone key", "pcsk_", "[A-Za-z0-9]{4,}_[A-Za-z0-9]{50,}"],
  ["ElevenLabs key", "sk_", "[a-f0-9]{48}"],
  ["Voyage key", "pa-", "[\\w-]{43}"],
  ["Fireworks key", "fw_", "[A-Za-z0-9]{22,24}"],
  // Mail, data, operations
  ["SendGrid key", "SG.", "[\\w-]{16,}\\.[\\w-]{16,}"],
  ["Mailgun key", "key-", "[a-f0-9]{32}"],
  ["Brevo key", "xkeysib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}"],
  ["Twilio key", "SK", "[a-f0-9]{32}"],
  ["Resend key", "re_", "[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"],
  ["Databricks token", "dapi", "[a-f0-9]{32}(?:-\\d)?"],
  ["Vault token", "hvs.", "[\\w-]{20,}"],
  ["Vault token", "hvb.", "[\\w-]{20,}"],
  ["Vault token", "s.", "(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{24}(?![\\w.(-])"],
  ["Doppler token", "dp.", "(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{40,}"],
  ["Grafana token", "glc_", "[\\w=+/]{30,}"],
  ["Grafana token", "glsa_", "[\\w=+/]{30,}"],
  ["New Relic key", "NRAK-", "[A-Z0-9]{27}"],
  ["New Relic key", "NRII-", "[\\w-]{32}"],
  ["Dynatrace token", "dt0", "[a-z]\\d\\d\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}"],
  ["Sentry token", "sntryu_", "[a-f0-9]{40,}"],
  ["Sentry token", "sntrys_", "[\\w=+/-]{40,}"],
  ["Pulumi token", "pul-", "[a-f0-9]{40}"],
  ["Postman key", "PMAK-", "[a-f0-9]{24}-[a-f0-9]{34}"],
  ["Linear key", "lin_", "(?:api|oauth)_[A-Za-z0-9]{32,}"],
  ["Notion token", "ntn_", "[A-Za-z0-9]{40,}"],
  ["Notion token", "secret_", "[A-Za-z0-9]{43}"],
  ["Figma token", "figd_", "[\\w-]{38,}"],
  ["Airtable token", "pat", "[A-Za-z0-9]{14}\\.[a-f0-9]{64}"],
  ["Asana token", "2/", "\\d{12,}/\\d{12,}:[a-f0-9]{32}"],
  ["Asana token", "1/", "\\d{12,}:[a-f0-9]{32}"],
  ["HubSpot token", "pat-", "[a-z]{2}\\d-[0-9a-f-]{36}"],
  ["Typeform token", "tfp_", "[\\w.=-]{40,}"],
  ["Contentful token", "CFPAT-", "[\\w-]{43}"],
  ["Dropbox token", "sl.", "(?:u\\.)?[\\w-]{130,}"],
  ["PlanetScale token", "pscale_", "(?:tkn|pw|oauth)_[\\w.-]{32,}"],
  ["Supabase key", "sbp_", "[\\w-]{20,}"],
  ["Supabase key", "sb_secret_", "[\\w-]{20,}"],
  ["Neon key", "napi_", "[a-z0-9]{40,}"],
  ["Aiven token", "AVNS_", "[\\w-]{16,}"],
  ["MongoDB Atlas secret", "mdb_sa_sk_", "[\\w-]{30,}"],
  ["Twitter token", "AAAAAAAAAAAAAAAAAAAA", "[A-Za-z0-9%]{60,}(?![+/])"],
  ["ReadMe key", "rdme_", "[a-z0-9]{60,}"],
  ["Frame.io token", "fio-u-", "[\\w=-]{60,}"],
  ["age key", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}"],
  ["1Password token", "ops_eyJ", "[\\w-]{60,}"],
  ["1Password key", "A3-", "[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"],
  ["Mapbox token", "sk.eyJ", "[\\w-]{20,}\\.[\\w-]{20,}"],
  ["JSON web token", "eyJ", "[\\w-]{10,}(?:\\.eyJ[\\w-]{10,}\\.?[\\w-]*|\\.[\\w-]*(?:\\.[\\w-]{10,}){3})"],
];

export interface Maker {
  readonly kind: string;
  readonly begin: string;
  /** Sticky. */
  readonly pattern: RegExp;
}

/** A longer run is matched to here and then followed to its end once it is known for a key: linear in time. */
const longest = 2_000;
const restOfRun = /[\w+/=.%-]*/y;

export const makers: readonly Maker[] = formats.map(([kind, begin, rest]) => {
  const limited = rest.replaceAll(",}", `,${longest}}`).replaceAll("]*", `]{0,${longest}}`);
  return { kind, begin, pattern: new RegExp(begin.replace(/[.$]/g, "\\$&") + limited, "y") };
});

/** The key of this maker at a place where the text has its beginning. */
export function tokenAt(text: string, at: number, { kind, begin, pattern }: Maker): Found | undefined {
  if (!isWordStart(text, at)) return undefined;
  pattern.lastIndex = at;
  const value = pattern.exec(text)?.[0];
  if (!value) return undefined;
  const end = at + value.length;
  const goesOn = /[A-Za-z0-9]/.test(text.charAt(end));
  if ((goesOn && value.length < longest) || !looksLikeToken(value, begin)) return undefined;
  restOfRun.lastIndex = end;
  if (goesOn) restOfRun.test(text);
  return { start: at, end: goesOn ? restOfRun.lastIndex : end, kind };
}

/** Not inside a word; the letter of an escape ("\n") and the digits of one ("%3D") are no word. */
function isWordStart(text: string, at: number): boolean {
  if (at === 0 || !/\w/.test(text.charAt(at - 1))) return true;
  if (text.charAt(at - 2) === "\\") return "nrt".includes(text.charAt(at - 1));
  return /^%[0-9A-F]{2}$/i.test(text.slice(Math.max(0, at - 3), at));
}

/** Beginnings of a few letters, which ordinary names share: "sk-some-kebab-case-name" is none. */
function looksLikeToken(value: string, begin: string): boolean {
  const body = value.slice(begin.length);
  if (entropy(body) < 2.6) return false;
  if (/^A(?:KIA|SIA|Iza)$/.test(begin)) return true;
  if ((begin.length >= 5 || /^[A-Z]{4}$/.test(begin)) && begin !== "secret_" && begin !== "access-")
    return /[0-9]|[a-z][A-Z]/.test(body);
  if (/[0-9]/.test(body)) return isWild(body) || isChaos(body) || /[0-9][A-Za-z]|[0-9]{3}/.test(body);
  if (begin === "s.") return isChaos(body);
  if (!/[-_./]/.test(body)) return /[A-Z]/.test(body) && /[a-z]/.test(body);
  const tail = body.slice(body.search(/[^-_./]*$/));
  return tail.length >= 16 && /[a-z]/.test(tail) && /[A-Z]/.test(tail);
}

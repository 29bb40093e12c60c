/** Checks what a new client has typed in, and says what is missing in words that the client understands. */

export interface IntakeForm {
  readonly fullName: string;
  readonly birthDate: string;
  readonly email?: string;
  readonly phone?: string;
  readonly identity: IdentityDocument;
  readonly purpose: string;
  readonly metInPerson: boolean;
  readonly holdsPublicOffice: boolean;
  /** Worth of what is at stake, in euros, as the client estimates it. */
  readonly value: number;
}

export interface IdentityDocument {
  readonly kind: "passport" | "identity-card" | "residence-permit";
  readonly number: string;
  readonly expires: string;
}

export interface Problem {
  readonly field: keyof IntakeForm | "identity.number" | "identity.expires";
  readonly message: string;
}

export type RiskClass = "low" | "medium" | "high";

const NUMBER_PATTERNS: Record<IdentityDocument["kind"], RegExp> = {
  passport: /^[A-Z]{1,2}\d{7}$/,
  "identity-card": /^[0-9A-Z]{9}$/,
  "residence-permit": /^R[0-9A-Z]{8}$/,
};

/** Passport control accepts expired papers for a while; we do not, but for a grace of thirty days. */
const EXPIRY_GRACE_DAYS = 30;

const DAY = 24 * 3600 * 1000;

export function validateIntake(form: IntakeForm, today: Date): Problem[] {
  const problems: Problem[] = [];
  const report = (field: Problem["field"], message: string) => problems.push({ field, message });

  if (form.fullName.trim().split(/\s+/).length < 2) report("fullName", "Please give first and last name.");
  if (ageInYears(form.birthDate, today) < 18) {
    report("birthDate", "For people under 18 a parent or guardian signs. Please call reception.");
  }
  if (!form.email && !form.phone) report("email", "Please give an e-mail address or a telephone number.");
  if (form.email && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(form.email)) {
    report("email", "This does not look like an e-mail address.");
  }
  if (form.phone && normalisePhone(form.phone) === undefined) {
    report("phone", "Please give the number with its area code.");
  }
  if (!NUMBER_PATTERNS[form.identity.kind].test(form.identity.number.replace(/\s/g, ""))) {
    report("identity.number", "The number does not fit this kind of document.");
  }
  if (Date.parse(form.identity.expires) + EXPIRY_GRACE_DAYS * DAY < today.getTime()) {
    report("identity.expires", "This document is out of date. Please bring another one.");
  }
  if (form.purpose.trim().length < 20) report("purpose", "Please tell us in a sentence what it is about.");
  return problems;
}

/** Digits with a leading plus; numbers without a country code are taken as local. Undefined if too short. */
export function normalisePhone(input: string): string | undefined {
  const compact = input.replace(/[\s()/.-]/g, "").replace(/^00/, "+");
  if (!/^\+?\d{7,15}$/.test(compact)) return undefined;
  if (compact.startsWith("+")) return compact;
  return `+99${compact.replace(/^0/, "")}`;
}

/** Full years on the given day; a birthday that is today counts. */
export function ageInYears(birthDate: string, today: Date): number {
  const born = new Date(birthDate);
  const years = today.getUTCFullYear() - born.getUTCFullYear();
  const before =
    today.getUTCMonth() < born.getUTCMonth() ||
    (today.getUTCMonth() === born.getUTCMonth() && today.getUTCDate() < born.getUTCDate());
  return before ? years - 1 : years;
}

/**
 * How closely the matter must be watched for money laundering. Points are added up: a public office weighs
 * most, since the rules ask for both partners' consent then.
 */
export function riskClass(form: IntakeForm): RiskClass {
  let points = 0;
  if (form.holdsPublicOffice) points += 5;
  if (!form.metInPerson) points += 2;
  if (form.value > 250_000) points += 2;
  if (form.identity.kind === "residence-permit") points += 1;
  if (points >= 5) return "high";
  return points >= 2 ? "medium" : "low";
}

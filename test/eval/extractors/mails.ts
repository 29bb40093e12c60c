import type { Random } from "../../soak/random.ts";
import { escaped } from "./flatText.ts";
import { type Language, languages } from "./sentences.ts";

/** What makeMail.py makes a mail of. */
interface MadeMail {
  readonly id: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly html: string;
  readonly charset: string;
  readonly encoding: "quoted-printable" | "base64" | "8bit";
  readonly attachments: readonly string[];
  readonly forwarded?: MadeMail;
}

export interface MadeMailbox {
  readonly name: string;
  readonly mails: readonly MadeMail[];
}

/** Five mails by themselves and three boxes of them. @param attachable Files that some of the mails bring along. */
export function makeMailboxes(random: Random, attachable: readonly string[]): MadeMailbox[] {
  const single = Array.from({ length: 5 }, (_, i) => ({
    name: `mail${i + 1}`,
    mails: [mail(random, i, attachable)],
  }));
  const boxes = [3, 8, 20].map((count, i) => ({
    name: `box${i + 1}`,
    mails: Array.from({ length: count }, (_, at) => mail(random, i * 100 + at + 10, [])),
  }));
  return [...single, ...boxes];
}

function mail(random: Random, number: number, attachable: readonly string[], isForwarded = false): MadeMail {
  const own = languages[number % languages.length] ?? random.pick(languages);
  const sentences = Array.from({ length: 4 + random.int(6) }, () => random.pick(own.sentences));
  const html = `<html><head><style>p{color:red}</style></head><body>${sentences.map((one) => `<p>${escaped(one)}</p>`).join("")}</body></html>`;
  const shape = random.pick(["text", "html", "both"]);
  return {
    id: `mail-${number}`,
    subject: random.pick(own.sentences).slice(0, 60),
    from: "Åse Lind <ase.lind@harbour.example>",
    to: "Eve Müller <eve@kestrel.example>, office@kestrel.example",
    text: shape === "html" ? "" : `${sentences.join("\n\n")}\n\nFrom here on all is quiet.\n`,
    html: shape === "text" ? "" : html,
    charset: charsetOf(own),
    encoding: random.pick(["quoted-printable", "base64"] as const),
    attachments: random.some(attachable, random.int(3)),
    ...(!isForwarded && attachable.length > 0 && random.chance(0.5)
      ? { forwarded: mail(random, number + 1, [], true) }
      : {}),
  };
}

function charsetOf({ code }: Language): string {
  const old: Readonly<Record<string, string>> = {
    de: "windows-1252",
    pl: "windows-1250",
    ja: "iso-2022-jp",
    zh: "gb18030",
  };
  return old[code] ?? "utf-8";
}

import type { Random } from "../../soak/random.ts";
import { escaped, flat, flatTable } from "./flatText.ts";
import { languages, words } from "./sentences.ts";

const styles =
  `<office:automatic-styles><style:style style:name="hidden" style:family="drawing-page">` +
  `<style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>`;

/** Slides with titles, lists, a table here and there, notes of the speaker; the last one is hidden. */
export function toFlatSlides(random: Random, count: number): string {
  const pages = Array.from({ length: count }, (_, index) => {
    const own =
      languages[(index * 5 + random.int(languages.length)) % languages.length] ?? random.pick(languages);
    const items = Array.from(
      { length: 2 + random.int(3) },
      () => `<text:list-item><text:p>${escaped(random.pick(own.sentences))}</text:p></text:list-item>`,
    );
    const rows = [
      ["Part", "Price"],
      ...Array.from({ length: 3 }, () => [random.pick(words), `${random.int(900)} €`]),
    ];
    const table = random.chance(0.4) ? frame(flatTable(rows, false, `t${index}`), "12cm") : "";
    return (
      `<draw:page draw:name="page${index}" draw:master-page-name="Default"${index === count - 1 ? ' draw:style-name="hidden"' : ""}>` +
      frame(
        `<draw:text-box><text:p>${escaped(random.pick(own.sentences))}</text:p></draw:text-box>`,
        "1cm",
        "title",
      ) +
      frame(`<draw:text-box><text:list>${items.join("")}</text:list></draw:text-box>`, "5cm", "outline") +
      table +
      `<presentation:notes>${frame(`<draw:text-box><text:p>${escaped(random.pick(random.pick(languages).sentences))}</text:p></draw:text-box>`, "14cm", "notes")}</presentation:notes>` +
      `</draw:page>`
    );
  });
  return flat("presentation", styles, pages.join(""));
}

function frame(inner: string, top: string, role?: string): string {
  const name = role === undefined ? "" : ` presentation:class="${role}"`;
  return `<draw:frame${name} svg:x="2cm" svg:y="${top}" svg:width="20cm" svg:height="5cm">${inner}</draw:frame>`;
}

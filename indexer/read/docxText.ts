import { signOf } from "./docxSigns.ts";
import { isOn, valOf } from "./docxStyles.ts";
import { childrenOf, textIn, within, type Xml } from "./xml.ts";

/** What stands at a place of a paragraph and is written after it. */
export type Hanging =
  | { readonly kind: "box"; readonly element: Xml }
  | { readonly kind: "deleted"; readonly text: string }
  /** `id` is that of a relation of the document. */
  | { readonly kind: "drawing"; readonly id: string }
  | { readonly kind: "footnote" | "endnote" | "comment"; readonly id: string; readonly number: number };

/** What elements without text stand for. */
const signs: ReadonlyMap<string, string> = new Map([
  ["tab", "\t"],
  ["ptab", "\t"],
  ["br", "\n"],
  ["cr", "\n"],
  ["noBreakHyphen", "-"],
]);

/** Takes the text of Word's paragraphs out; elements have their names without prefixes. */
export class DocxText {
  private hanging: Hanging[] = [];
  private references = 0;
  /** The fields that are open, outermost first; what they are made by is no text, what they show is. */
  private fields: ("made" | "shown")[] = [];

  /** The text of a paragraph; lines end where it breaks them. */
  of(paragraph: Xml): string {
    const text = this.below(paragraph);
    // What makes a field stands in one paragraph: a field without an end must not swallow the document.
    this.fields = [];
    return text;
  }

  /** What hangs on the paragraphs read since it was last taken. */
  takeHanging(): Hanging[] {
    const taken = this.hanging;
    this.hanging = [];
    return taken;
  }

  /** Of what a file says in several ways for programs of several ages: the first, if it says anything. */
  chosen(alternatives: Xml): Xml {
    const ways = childrenOf(alternatives, "Choice", "Fallback");
    const says = (way: Xml): boolean => within(way, "t", "relIds", "chart", "textpath").length > 0;
    return ways.find(says) ?? { name: "Choice", attributes: {}, children: [] };
  }

  private below(element: Xml): string {
    return childrenOf(element)
      .map((child) => this.piece(child))
      .join("");
  }

  private piece(element: Xml): string {
    const { name, attributes } = element;
    const simple = signs.get(name);
    if (simple !== undefined) return simple;
    switch (name) {
      case "t":
        // Soft hyphens would hide the word from a search.
        return this.fields.includes("made") ? "" : textIn(element).replaceAll("\u00ad", "");
      case "r":
        return isOn(childrenOf(childrenOf(element, "rPr")[0], "vanish")[0]) ? "" : this.below(element);
      case "sym":
        return signOf(attributes["font"] ?? "", attributes["char"] ?? "");
      case "fldChar":
        return this.field(element);
      case "sdt":
        return checkBox(within(childrenOf(element, "sdtPr")[0], "checkbox")[0]) ?? this.below(element);
      case "AlternateContent":
        return this.below(this.chosen(element));
      case "footnoteReference":
      case "endnoteReference":
        return this.reference(name === "footnoteReference" ? "footnote" : "endnote", attributes["id"] ?? "");
      case "textpath":
        return ` ${attributes["string"] ?? ""} `;
      case "rt":
      case "moveFrom":
        return "";
      default:
        return this.hangs(element) || name.endsWith("Pr") ? "" : this.below(element);
    }
  }

  /** Puts by what is not text of the paragraph itself; false when the element is none of that. */
  private hangs(element: Xml): boolean {
    const { name, attributes } = element;
    if (name === "txbxContent") this.hanging.push({ kind: "box", element });
    else if (name === "del") {
      const text = within(element, "delText", "t").map(textIn).join("");
      if (text.trim() !== "") this.hanging.push({ kind: "deleted", text });
    } else if (name === "commentReference") {
      this.hanging.push({ kind: "comment", id: attributes["id"] ?? "", number: 0 });
    } else if (name === "relIds" || name === "chart") {
      this.hanging.push({ kind: "drawing", id: attributes["dm"] ?? attributes["id"] ?? "" });
    } else return false;
    return true;
  }

  private reference(kind: "footnote" | "endnote", id: string): string {
    this.references += 1;
    this.hanging.push({ kind, id, number: this.references });
    return `[${this.references}]`;
  }

  private field(element: Xml): string {
    const type = element.attributes["fldCharType"];
    if (type === "begin") this.fields.push("made");
    else if (type === "separate") this.fields.splice(-1, 1, "shown");
    else this.fields.pop();
    return formField(childrenOf(element, "ffData")[0]);
  }
}

/** The box of a content control; undefined when it has none. */
function checkBox(box: Xml | undefined): string | undefined {
  if (!box) return undefined;
  return isOn(childrenOf(box, "checked")[0]) ? "[x]" : "[ ]";
}

/** What is chosen in a field of an old form, where its text does not say it. */
function formField(data: Xml | undefined): string {
  const box = childrenOf(data, "checkBox")[0];
  if (box) {
    const state = childrenOf(box, "checked")[0] ?? childrenOf(box, "default")[0];
    return isOn(state) ? "[x]" : "[ ]";
  }
  const list = childrenOf(data, "ddList")[0];
  const chosen = childrenOf(list, "listEntry")[Number(valOf(childrenOf(list, "result")[0]) ?? 0)];
  return valOf(chosen) ?? "";
}

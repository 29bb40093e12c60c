import { asciidoc } from "./asciidoc.ts";
import { latex } from "./latex.ts";
import type { Markup } from "./markupOutline.ts";
import { org } from "./org.ts";
import { restructuredText } from "./restructuredText.ts";

/** The languages of markup beside Markdown, by the names of the table of formats. */
export const markups: Readonly<Record<string, Markup | undefined>> = {
  asciidoc,
  latex,
  org,
  restructuredtext: restructuredText,
};

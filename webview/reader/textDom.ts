import { documentPlace } from "../../protocol/places.ts";
import {
  type Block,
  columnName,
  columnsOf,
  type Line,
  type Section,
  type SheetRow,
} from "./documentBlocks.ts";

/** Builds a document's elements. Texts are set as text alone: nothing in a document becomes an element. */
export function sectionElement(section: Section): HTMLElement {
  const element = make("section", section.kind === "sheet" ? "sheet" : "part");
  const label = labelOf(section);
  if (label !== "") {
    element.append(aside(make("p", "place", label)));
    // A landmark for each slide or message would be too many.
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", label);
  }
  if (section.kind === "sheet") {
    element.dataset["sheet"] = section.name;
    const { columns, note } = columnsOf(section.rows);
    if (note !== undefined) element.append(aside(make("p", "note", note)));
    element.append(scrolled(grid(section.rows, columns), label));
  } else element.append(...section.blocks.map((block) => blockElement(block, label)));
  if (section.place?.in === "slide") element.classList.add(section.place.notes ? "notes" : "slide");
  return element;
}

function labelOf(section: Section): string {
  if (section.kind === "sheet") return `Sheet ${section.name}${section.isHidden ? " (hidden)" : ""}`;
  const { place } = section;
  // A place in a sheet is that of a named range, which the line itself says.
  const label = place && place.in !== "sheet" ? (documentPlace({ place }) ?? "") : "";
  return label.charAt(0).toUpperCase() + label.slice(1);
}

function blockElement(block: Block, label: string): HTMLElement {
  switch (block.kind) {
    case "heading": {
      const element = make(`h${Math.min(6, block.level + 1)}` as "h2", "", block.line.text);
      return numbered(element, block.line.number);
    }
    case "paragraph":
      return within(make("p"), block.lines.map(lineElement));
    case "code":
      return within(make("pre"), block.lines.map(lineElement));
    case "list": {
      const items = block.items.map(({ number, text, mark, depth }) => {
        const item = numbered(make("div", "item"), number);
        item.setAttribute("role", "listitem");
        item.style.setProperty("--depth", `${depth}`);
        item.append(aside(make("span", "mark", mark)), make("span", "", text));
        return item;
      });
      const list = within(make("div", "list"), items);
      list.setAttribute("role", "list");
      return list;
    }
    case "table": {
      const rows = block.rows.map(({ line, cells }) =>
        within(
          numbered(make("tr"), line.number),
          cells.map((cell) => make("td", "", cell)),
        ),
      );
      return scrolled(within(make("table"), [within(make("tbody"), rows)]), label || "Table");
    }
  }
}

/** A sheet with the letters of its columns and the numbers of its rows. */
function grid(rows: readonly SheetRow[], columns: readonly number[]): HTMLElement {
  const named = columns.map((column) => ({ column, name: columnName(column) }));
  const head = make("tr");
  const corner = aside(make("td", "corner"));
  head.append(corner, ...named.map(({ name }) => aside(header(name, "col"))));
  const body = rows.map((row) => {
    const element = numbered(make("tr", row.isHeader ? "columns" : ""), row.line);
    const cells = new Map(row.cells.map(({ column, text }) => [column, text]));
    element.append(aside(header(`${row.number}`, "row")));
    for (const { column, name } of named) {
      const cell = make("td", "", cells.get(column) ?? "");
      cell.dataset["cell"] = `${name}${row.number}`;
      element.append(cell);
    }
    return element;
  });
  return within(make("table", "grid"), [within(make("thead"), [head]), within(make("tbody"), body)]);
}

function header(text: string, scope: "row" | "col"): HTMLTableCellElement {
  const element = document.createElement("th");
  element.scope = scope;
  element.textContent = text;
  return element;
}

/** What is wider than the tab scrolls by itself, by keyboard too. */
function scrolled(table: HTMLElement, label: string): HTMLElement {
  const frame = within(make("div", "scrolled"), [table]);
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", label);
  return frame;
}

function lineElement({ number, text }: Line): HTMLElement {
  return numbered(make("span", "line", text), number);
}

function numbered<T extends HTMLElement>(element: T, line: number): T {
  element.dataset["line"] = `${line}`;
  return element;
}

/** Is shown, but is no part of the document's text. */
function aside<T extends HTMLElement>(element: T): T {
  element.dataset["aside"] = "";
  return element;
}

function within<T extends HTMLElement>(element: T, children: readonly HTMLElement[]): T {
  element.append(...children);
  return element;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, name = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name !== "") element.className = name;
  if (text !== "") element.textContent = text;
  return element;
}

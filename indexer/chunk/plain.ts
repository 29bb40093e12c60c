import type { Lines } from "./lines.ts";
import { type Heading, sectionsOf } from "./markdownOutline.ts";
import { type Outline, type Section, sortSections, stay } from "./outline.ts";

const noRows: readonly Section[] = [];

/** Plain text: cut between paragraphs, else after sentences, else between lines. */
export function outlineProse(lines: Lines): Outline {
  const cost = new Uint16Array(lines.count);
  const named = new Uint8Array(lines.count);
  for (let row = 1; row < lines.count; row++) {
    if (lines.isBlank(row - 1)) cost[row] = 10;
    else cost[row] = /[.!?:;。！？]["')\]]?\s*$/.test(lines.line(row - 1)) ? 18 : 20;
  }
  cost[0] = 1;
  return { cost, named, wholeFrom: 10, sections: [] };
}

/**
 * Code without a grammar, and data: cut where the indentation is least, before blank lines rather than
 * elsewhere; a comment stays with what follows, a closing bracket with what it closes.
 */
export function outlineByIndent(lines: Lines, sections: readonly Section[] = noRows): Outline {
  const cost = new Uint16Array(lines.count);
  const named = new Uint8Array(lines.count);
  let previous = -1;
  for (let row = 0; row < lines.count; row++) {
    if (lines.isBlank(row)) {
      cost[row] = previous < 0 ? 2 : 3 + Math.min(80, lines.indent(previous));
      continue;
    }
    const afterBlank = row === 0 || lines.isBlank(row - 1);
    const closes = isCloser(lines, row);
    const follows = previous >= 0 && !afterBlank && isComment(lines.line(previous));
    cost[row] = 2 + 2 * Math.min(40, lines.indent(row)) + (afterBlank ? 0 : 1) + (closes ? 1 : 0);
    if (follows && !isComment(lines.line(row))) cost[row] = stay;
    previous = row;
  }
  for (const section of sections) named[section.first] = 1;
  return { cost, named, wholeFrom: 2, sections };
}

function isCloser(lines: Lines, row: number): boolean {
  const code = lines.firstCode(row);
  if (code === 125 || code === 93 || code === 41) return true;
  return code === 101 && /^\s*(end|endif|esac)\b/.test(lines.line(row));
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|#(?!include|define|if|endif|pragma)|--|;|%|\*|\/\*|"""|'''|@\w|<!--)/.test(line);
}

const definition =
  /^[ \t]*(?:(?:export|public|private|protected|internal|static|final|abstract|open|sealed|override|inline|data|suspend|async|local|pub|shared|case|implicit|lazy|virtual|external|mutable|const|create|or|replace|if|not|exists)\s+)*(?:class|struct|enum|interface|trait|protocol|extension|object|module|namespace|fun|func|fn|def|defp|defmodule|function|sub|proc|procedure|message|service|rpc|actor|mixin|impl|table|view|trigger|contract|resource|entity)\s+(?:if\s+not\s+exists\s+)?["'`[]?([\w.$:-]+)/i;

/** Definitions in languages without a grammar, told by their first words; they end where the indentation does. */
export function definitionsByWords(lines: Lines): Section[] {
  const open: { name: string; first: number; indent: number }[] = [];
  const sections: Section[] = [];
  let lastInk = 0;
  for (let row = 0; row < lines.count; row++) {
    if (lines.isBlank(row)) continue;
    const indent = lines.indent(row);
    const closes = isCloser(lines, row);
    for (
      let top = open.at(-1);
      top && (closes ? top.indent > indent : top.indent >= indent);
      top = open.at(-1)
    ) {
      sections.push({ name: top.name, first: top.first, last: lastInk });
      open.pop();
    }
    lastInk = row;
    const name = definition.exec(lines.line(row))?.[1];
    if (name && open.length < 8) open.push({ name, first: row, indent });
  }
  for (const { name, first } of open.reverse()) sections.push({ name, first, last: lastInk });
  return sortSections(sections);
}

/** "[section]" lines of INI and TOML, keys at the top of YAML, and the header row of a table. */
export function dataSections(lines: Lines, language: string): Section[] {
  if (language === "csv" || language === "tsv") {
    const header = lines
      .line(0)
      .replace(/["\ufeff]/g, "")
      .split(/[,;\t]/)
      .map((name) => name.trim());
    const isHeader = header.length > 1 && header.every((name) => name !== "" && !/^[-\d.,]+$/.test(name));
    return isHeader ? [{ name: header.join(", "), first: 0, last: lines.count - 1 }] : [];
  }
  const pattern =
    language === "yaml"
      ? /^([A-Za-z_][\w. /-]{0,60}):(?:\s|$)/
      : language === "toml"
        ? // A row of an array may look alike, but for its commas.
          /^\s*\[{1,2}([^\],]+)\]{1,2}\s*(?:#.*)?$/
        : ["ini", "properties"].includes(language)
          ? /^\s*\[{1,2}([^\]]+)\]/
          : undefined;
  if (!pattern) return [];
  const headings: Heading[] = [];
  for (let row = 0; row < lines.count; row++) {
    const name = pattern.exec(lines.line(row))?.[1];
    if (name) headings.push({ name: name.trim(), level: 1, row });
  }
  return sectionsOf(headings, lines.count);
}

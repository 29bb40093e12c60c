import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Chunk } from "../../indexer/chunk/chunk.ts";
import { cutUp } from "../../indexer/chunk/cutUp.ts";
import { Lines } from "../../indexer/chunk/lines.ts";
import { markups } from "../../indexer/chunk/markups.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));

/** The headings of a text, each as "LEVEL NAME". */
function headings(language: string, text: string): string[] {
  return (markups[language]?.(new Lines(text)).headings ?? []).map(({ level, name }) => `${level} ${name}`);
}

async function chunks(language: string, text: string): Promise<readonly Chunk[]> {
  const found = await cutUp({ kind: "prose", language, text, pages: [], headings: [] });
  assert.ok(typeof found !== "string", String(found));
  return found;
}

describe("a report that pandoc wrote", () => {
  const endings = { rst: "restructuredtext", adoc: "asciidoc", tex: "latex", org: "org" };
  for (const [ending, language] of Object.entries(endings)) {
    it(`has its sections and tables (${ending})`, async () => {
      const text = readFileSync(`${folder}report.${ending}`, "utf8");
      const found = headings(language, text);
      assert.deepEqual(
        found.map((heading) => heading.replace(/^\d /, "")),
        [
          "Survey of the footbridges",
          "Method",
          "Tools",
          "Order of work",
          "Results",
          "Mill Bridge in detail",
          "Next survey",
        ],
      );
      const levels = found.map((heading) => Number(heading.charAt(0)));
      const [top = 0, section = 0] = levels;
      assert.deepEqual(levels, [top, section, section + 1, section + 1, section, section + 1, section]);
      assert.ok(section > top);
      const cut = await chunks(language, text);
      const place = cut.find((chunk) => chunk.text.includes("Willow Bridge"));
      assert.match(place?.heading ?? "", /^Survey of the footbridges › .*Results/);
      assert.match(place?.text ?? "", /Verdict/);
    });
  }
});

describe("reStructuredText", () => {
  const language = "restructuredtext";

  it("has titles by lines above and below, whose levels are in the order of their first use", () => {
    const text =
      "=====\nGuide\n=====\n\nOne\n===\n\nTwo\n---\n\n.. _mark:\n\nThree\n---\n\nFour\n====\n\n -----\n\n#####\n Part\n#####\n";
    assert.deepEqual(headings(language, text), ["1 Guide", "2 One", "3 Two", "2 Four", "4 Part"]);
    assert.deepEqual(headings(language, "Titles with\n----\n\nSo:\n---\n"), ["1 Titles with", "1 So:"]);
  });

  it("has none in what is indented, in tables, after text or without letters", () => {
    const text = `Example::

    Not a title
    ===========

.. Comment
   =======

.. code-block:: text

   No
   ==

=====  =====
A      B
=====  =====
1      2
=====  =====

A paragraph
that goes on
------------

-----

+---+---+
| A | B |
+===+===+
| 1 | 2 |
+---+---+
`;
    assert.deepEqual(headings(language, text), []);
  });

  it("shows titles without roles, literals and emphasis", () => {
    const text = (title: string): string => `${title}\n${"=".repeat(title.length)}\n`;
    const titles = {
      ":mod:`sched` --- *Event* scheduler": "sched --- Event scheduler",
      "``:code:`` and :ref:`the rest <rest>`": ":code: and the rest",
      "See `the site <https://example.org>`_ and |name|": "See the site and name",
    };
    for (const [title, name] of Object.entries(titles)) {
      assert.deepEqual(headings(language, text(title)), [`1 ${name}`]);
    }
  });
});

describe("AsciiDoc", () => {
  it("has titles of both kinds, and none in delimited blocks", () => {
    const text = `= Guide

[[one]]
First part
----------
Text.

Subpart
~~~~~~~
----
== not this
----
////
== nor this
////
....
Nor this
--------
....

.Title of a block
----
code
----

|===
== cell
|===

=== Third ==
=== {empty}*Bold* and link:x.html[the _link_] ===
`;
    assert.deepEqual(headings("asciidoc", text), [
      "1 Guide",
      "2 First part",
      "3 Subpart",
      "3 Third ==",
      "3 Bold and the link",
    ]);
  });

  it("goes on after a line that looks as if it opened a block", () => {
    assert.deepEqual(headings("asciidoc", "Text.\n\n--------------------\n\n== After\n"), ["2 After"]);
  });
});

describe("LaTeX", () => {
  it("has the commands that head sections, their title in braces, as a page shows it", () => {
    const text = String.raw`\title{The \emph{Lamp} of M\"uller \& S\"ohne}
\begin{abstract}
\chapter*[Short]{Oil {and} wick\footnote{Not this}}
\section{A title that
  goes on~here}\label{sec:a}
\subsection{\texorpdfstring{$x^{2}$ -- \textbf{bold}}{x squared}}
\paragraph{Gr\"o\ss e 5 \%}
\begin{frame}
\frametitle{A slide}
\end{frame}
`;
    assert.deepEqual(headings("latex", text), [
      "0 The Lamp of Müller & Söhne",
      "3 Abstract",
      "2 Oil and wick",
      "3 A title that goes on here",
      "4 x squared",
      "6 Größe 5 %",
      "5 A slide",
    ]);
  });

  it("has none in comments, in text as it stands and in definitions, and follows no other file", () => {
    const text = String.raw`% \section{Comment}
\begin{verbatim}
\section{Verbatim}
\end{verbatim}
\begin{lstlisting}[language=TeX]
\section{Listing}
\end{lstlisting}
\newcommand{\part}[1]{\section{#1}}
\input{chapter}
50\% \section{After a sign} % \section{Comment}
\section{Never closed
`;
    assert.deepEqual(headings("latex", text), ["3 After a sign"]);
  });
});

describe("Org", () => {
  it("has headlines without what says their state, and none in blocks", () => {
    const text = `#+TITLE: Lamp
* TODO [#A] Trim the wick [1/3] :lamp:oil:
:PROPERTIES:
:ID: 7
:END:
** COMMENT See [[file:a.org][the log]] of /today/
#+begin_src text
* not this
#+end_src
#+begin_example
*** never closed
* DONE
* Dusk
`;
    assert.deepEqual(headings("org", text), [
      "0 Lamp",
      "1 Trim the wick",
      "2 See the log of today",
      "3 never closed",
      "1 DONE",
      "1 Dusk",
    ]);
  });
});

describe("a text in a language of markup", () => {
  it("is cut so that code stays whole where it fits and a table's rows with their head", async () => {
    const words = `${"The keeper lit the lamp at dusk and went up again at two. ".repeat(3)}\n\n`;
    const code = `[source]\n----\n${"step one\n\nstep two\n\n".repeat(20)}----\n`;
    const text = `== Lamps\n\n${words.repeat(6)}${code}\n${words.repeat(3)}`;
    const cut = await chunks("asciidoc", text);
    assert.ok(cut.length > 1);
    const holding = cut.filter((chunk) => /step (?:one|two)/.test(chunk.text));
    assert.equal(holding.length, 1);
    const table = `* Boats\n\n${words.repeat(8)}| Boat | Berth |\n|------+-------|\n${"| Perdita | 7 |\n".repeat(200)}`;
    const [head, ...others] = (await chunks("org", table)).filter((chunk) =>
      chunk.text.includes("| Perdita"),
    );
    assert.match(head?.text ?? "", /\| Boat \| Berth \|\n\|-+\+-+\|\n\| Perdita/);
    assert.ok(others.length > 0);
  });
});

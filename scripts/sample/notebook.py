"""Runs the cells of the notebook on waiting times and writes them with what they print: python3 notebook.py TARGET

Python alone does here what Jupyter would do, so that the sample can be built without it.
"""

import ast
import contextlib
import io
import json
import sys
from pathlib import Path

CELLS = [
    ("markdown", """# How long do callers wait?

Silas Quennell, 8 April 2026. From the journal of the intake form: for each week of the first quarter, the working days between a first call and the opened file. Names are left out; the raw export was deleted on 9 April."""),
    ("code", """# Week of the year, calls, files opened, mean days from call to file
weeks = [
    (2, 31, 9, 1.9), (3, 38, 11, 1.4), (4, 35, 10, 1.3), (5, 40, 12, 1.1),
    (6, 36, 10, 1.2), (7, 33, 9, 1.0), (8, 37, 12, 0.9), (9, 41, 14, 1.1),
    (10, 52, 17, 1.6), (11, 55, 19, 1.8), (12, 49, 16, 1.5), (13, 44, 13, 1.2),
]
len(weeks)"""),
    ("markdown", """## Files from calls

A call becomes a file in about three of ten cases. Since the evening consultation began in week 10 there are more calls, and the share has gone up a little."""),
    ("code", """calls = sum(week[1] for week in weeks)
files = sum(week[2] for week in weeks)
print(f"{calls} calls, {files} files, {100 * files / calls:.1f} of 100")
before = [week for week in weeks if week[0] < 10]
after = [week for week in weeks if week[0] >= 10]
for name, some in [("before week 10", before), ("from week 10 on", after)]:
    print(f"{name}: {sum(w[1] for w in some) / len(some):.1f} calls a week, "
          f"{100 * sum(w[2] for w in some) / sum(w[1] for w in some):.1f} of 100 become files")"""),
    ("markdown", """## Days of waiting

The aim is 1.5 days at most. Each week's mean is weighted by its files."""),
    ("code", """def weighted(some):
    return sum(w[2] * w[3] for w in some) / sum(w[2] for w in some)

print(f"quarter: {weighted(weeks):.2f} days")
print(f"before the evenings: {weighted(before):.2f}, with them: {weighted(after):.2f}")
late = [week[0] for week in weeks if week[3] > 1.5]
print("weeks over the aim:", late)"""),
    ("markdown", """## Why weeks 2, 10 and 11 were slow

In week 2 half of reception was ill. In weeks 10 and 11 the check of identity cards was new for the evening team: 14 photographs had to be taken again because the lamp in Lantern is too weak. Since the lamp was changed on 20 March it has not happened again."""),
    ("code", """# What one more person at reception on Wednesdays would bring, if waiting fell to the level before week 10
saved = sum(w[2] for w in after) * (weighted(after) - weighted(before))
print(f"{saved:.0f} days of waiting less in four weeks")"""),
    ("markdown", """## Next

- Ask callers who did not come why (until September, Isolde)
- The same for mails, which nobody counts yet
- Repeat in July"""),
]


def run(source, names):
    """What the cell prints, and the value of its last line if that is one."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
    return printed.getvalue(), value


def main(target):
    names, cells, count = {}, [], 0
    for kind, source in CELLS:
        cell = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
        if kind == "code":
            count += 1
            printed, value = run(source, names)
            outputs = []
            if printed:
                outputs.append({"output_type": "stream", "name": "stdout", "text": printed.splitlines(keepends=True)})
            if value is not None:
                outputs.append({"output_type": "execute_result", "execution_count": count, "metadata": {},
                                "data": {"text/plain": [repr(value)]}})
            cell |= {"execution_count": count, "outputs": outputs}
        cells.append(cell)
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                     "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    target.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

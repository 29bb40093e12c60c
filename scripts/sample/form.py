"""Makes a form that is filled in: python3 form.py SOURCE TARGET. Needs reportlab (5.1), since the LibreOffice of servers
leaves the fields of forms out."""

import json
import sys
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def main(source, target):
    form = json.loads(Path(source).read_text(encoding="utf-8"))
    page = Canvas(target, pagesize=A4, invariant=1)
    page.setTitle(form["title"])
    page.setFont("Helvetica-Bold", 18)
    page.drawString(60, 770, form["title"])
    page.setFont("Helvetica", 10)
    page.drawString(60, 748, form["court"])
    height = 715
    for field in form["fields"]:
        page.drawString(60, height + 5, field["label"])
        page.acroForm.textfield(
            name=field["name"], tooltip=field["label"], value=field["value"], x=200, y=height, width=335, height=18,
            fontName="Helvetica", fontSize=10, borderWidth=0.5, maxlen=200,
        )
        height -= 28
    for box in form["boxes"]:
        page.acroForm.checkbox(
            name=box["name"], tooltip=box["label"], checked=box["checked"], x=60, y=height, size=14, borderWidth=0.5,
        )
        page.drawString(84, height + 3, box["label"])
        height -= 24
    page.setFont("Helvetica-Oblique", 9)
    page.drawString(60, height - 10, form["note"])
    page.showPage()
    page.save()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

"""
Makes test/fixtures/scans/attached.pdf and attached.eml: a PDF and a mail with scans attached. Run by hand after
scans.py:

    python3 scripts/sample/attachedScans.py

It needs pypdf.
"""

from email.message import EmailMessage
from pathlib import Path

from pypdf import PdfReader, PdfWriter

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures"
OUT = FIXTURES / "scans"

writer = PdfWriter()
writer.add_page(PdfReader(FIXTURES / "files" / "fivePages.pdf").pages[0])
writer.add_attachment("notes.txt", b"The mooring lines were replaced in May.\n")
writer.add_attachment("letter scanned.pdf", (OUT / "bilevel.pdf").read_bytes())
writer.write(OUT / "attached.pdf")

mail = EmailMessage()
mail["Subject"] = "The scans"
mail["From"] = "Ingrid Halvorsen <ingrid@example.org>"
mail["To"] = "Jon Vik <jon@example.org>"
mail["Date"] = "Mon, 19 Jan 2026 08:30:00 +0000"
mail.set_content("Here is what we scanned.\n")
mail.add_attachment("Nothing in here is a scan.\n", filename="about.txt")
for name, attached in [("note.pdf", "note.pdf"), ("attached.pdf", "mooring papers.pdf")]:
    mail.add_attachment((OUT / name).read_bytes(), maintype="application", subtype="pdf", filename=attached)
mail.set_boundary("=-scans")
(OUT / "attached.eml").write_bytes(mail.as_bytes())

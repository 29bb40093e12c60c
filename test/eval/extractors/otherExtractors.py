"""What Python's libraries find: python3 otherExtractors.py < ["PATH", ...]

Prints a line of JSON for each file: {"path", "library", "text"}, or {"path", "library", "missing"} where the library
is not installed.
"""
import csv
import email
import email.policy
import io
import json
import mailbox
import pathlib
import sys
import tempfile


def docx(path):
    import docx as library
    document = library.Document(path)
    # A text box stands there a second time, for programs that do not know it.
    for fallback in document.element.body.xpath(".//*[local-name() = 'Fallback']"):
        fallback.getparent().remove(fallback)
    parts = []
    for element in document.element.body.iter():
        if element.tag.endswith("}t"):
            parts.append(element.text or "")
        elif element.tag.endswith(("}p", "}tab", "}br")):
            parts.append("\n")
    return "".join(parts)


def odf(path):
    from odf.opendocument import load

    def texts(element):
        if element.nodeType == element.TEXT_NODE:
            yield str(element.data)
        elif element.qname[1] in ("s", "tab", "line-break"):
            yield " "
        # When a comment was written says nothing of the document.
        elif element.qname[1] != "date":
            apart = element.qname[1] in ("p", "h", "note-citation", "creator")
            yield "\n" if apart else ""
            for child in element.childNodes:
                yield from texts(child)
            yield "\n" if apart else ""

    return "".join(texts(load(path).body))


def rtf(path):
    from striprtf.striprtf import rtf_to_text
    return rtf_to_text(pathlib.Path(path).read_text("latin-1"), errors="replace")


def xlsx(path):
    from openpyxl import load_workbook
    cells = []
    for sheet in load_workbook(path, data_only=True).worksheets:
        cells.append(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                # How numbers and dates are shown is not known to the library.
                if isinstance(cell.value, str):
                    cells.append(cell.value)
                if cell.comment:
                    cells.append(cell.comment.text)
    return "\n".join(cells)


def xls(path):
    import xlrd
    book = xlrd.open_workbook(path)
    return "\n".join(
        str(cell.value)
        for sheet in book.sheets()
        for row in sheet.get_rows()
        for cell in row
        if cell.ctype == xlrd.XL_CELL_TEXT
    )


def shape_texts(shapes):
    for shape in shapes:
        if shape.shape_type == 6:
            yield from shape_texts(shape.shapes)
        if shape.has_text_frame:
            yield shape.text_frame.text
        if getattr(shape, "has_table", False) and shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def pptx(path):
    from pptx import Presentation
    parts = []
    for slide in Presentation(path).slides:
        parts.extend(shape_texts(slide.shapes))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            parts.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(parts)


def html_text(source):
    from bs4 import BeautifulSoup
    soup = BeautifulSoup(source, "html.parser")
    for one in soup(["script", "style", "title"]):
        one.decompose()
    return soup.get_text("\n")


def html(path):
    return html_text(pathlib.Path(path).read_bytes())


def epub(path):
    import ebooklib
    from ebooklib import epub as library
    book = library.read_epub(path, {"ignore_ncx": True})
    return "\n".join(
        html_text(one.get_content())
        for one in book.get_items_of_type(ebooklib.ITEM_DOCUMENT)
        if not isinstance(one, library.EpubNav)
    )


def message_text(message):
    parts = [str(message.get(name, "")) for name in ("Subject", "From", "To", "Cc")]
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None:
        content = body.get_content()
        parts.append(html_text(content) if body.get_content_type() == "text/html" else content)
    for one in message.iter_attachments():
        parts.append(one.get_filename() or "")
        if one.get_content_type() == "message/rfc822":
            parts.append(message_text(one.get_content()))
            continue
        ending = pathlib.Path(one.get_filename() or "").suffix[1:]
        if ending not in readers:
            continue
        with tempfile.NamedTemporaryFile(suffix=f".{ending}") as file:
            file.write(one.get_content() if isinstance(one.get_content(), bytes) else one.get_content().encode())
            file.flush()
            parts.append(readers[ending][1](file.name))
    return "\n".join(parts)


def eml(path):
    return message_text(email.message_from_bytes(pathlib.Path(path).read_bytes(), policy=email.policy.default))


def mbox(path):
    box = mailbox.mbox(path, factory=lambda file: email.message_from_bytes(file.read(), policy=email.policy.default))
    return "\n".join(message_text(one) for one in box).replace("\n>From ", "\nFrom ")


def ipynb(path):
    import nbformat
    parts = []
    for cell in nbformat.read(path, as_version=4).cells:
        parts.append(cell.source)
        for output in cell.get("outputs", []):
            parts.append(output.get("text", ""))
            parts.append(str(output.get("data", {}).get("text/plain", "")))
    return "\n".join(parts)


def table(path):
    rows = csv.reader(io.StringIO(pathlib.Path(path).read_text("utf-8-sig")))
    return "\n".join("\n".join(row) for row in rows)


readers = {
    "docx": ("python-docx", docx),
    "odt": ("odfpy", odf),
    "ods": ("odfpy", odf),
    "odp": ("odfpy", odf),
    "rtf": ("striprtf", rtf),
    "xlsx": ("openpyxl, texts alone", xlsx),
    "xls": ("xlrd, texts alone", xls),
    "pptx": ("python-pptx", pptx),
    "html": ("Beautiful Soup", html),
    "epub": ("EbookLib", epub),
    "eml": ("Python's email", eml),
    "mbox": ("Python's email", mbox),
    "ipynb": ("nbformat", ipynb),
    "csv": ("Python's csv", table),
}

for path in json.load(sys.stdin):
    library, read = readers[pathlib.Path(path).suffix[1:]]
    try:
        print(json.dumps({"path": path, "library": library, "text": read(path)}), flush=True)
    except ImportError as error:
        print(json.dumps({"path": path, "library": library, "missing": f"{error.name} is not installed"}), flush=True)

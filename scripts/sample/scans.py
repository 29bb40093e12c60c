"""
Makes test/fixtures/scans: PDF files as scanners make them, of pages that LibreOffice sets and poppler turns into
pictures, and beside them, as text, what stands on the pages. Run by hand after a change here:

    python3 scripts/sample/scans.py

It needs Pillow (with libtiff and OpenJPEG), LibreOffice Writer (soffice), poppler-utils and fonts-liberation.
"""

import io
import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "scans"

PAGE = """<html><head><style>
@page {{ size: 14.8cm 21cm; margin: 1.5cm }}
body {{ font-family: "Liberation Serif"; font-size: 11pt }}
h1 {{ font-family: "Liberation Sans"; font-size: 17pt }}
</style></head><body>{}</body></html>"""

LETTER = """<h1>Notice on the winter moorings</h1>
<p>Saltmarsh Harbour Office, 4 Quay Street, 17 October 2025</p>
<p>Dear berth holder, from 3 November the northern pontoon is closed for repairs. Boats that lie there are to be
moved to the inner basin, where forty-two places have been kept free. The fee for the winter stays at 385 euros,
whatever the length of the boat, and is due by the last day of November.</p>
<p>Electricity is switched off between eleven at night and five in the morning. Heaters that run unattended are not
allowed on board. Whoever needs the crane tells the office nine days ahead; the crane lifts up to 7.5 tonnes.</p>
<p>Keys of the old gate no longer fit. New ones are handed out against a deposit of 20 euros, and a lost key is to be
reported to Mrs Halvorsen at once.</p>
<p>Yours sincerely, Ingrid Halvorsen, harbour mistress</p>"""

MINUTES = """<h1>Minutes of the council</h1>
<p>The council met on 12 January 2026 in the sail loft. Present were eleven of fourteen members.</p>
<p>The lighthouse keeper reported that the lamp was dark for six nights in December, since the generator had taken in
water. A second generator is to be bought for no more than 4,200 euros. Nobody voted against it.</p>
<p>The ferry to Grey Island runs twice a day until the end of March. Tickets for children under seven are free.</p>
<p>The next meeting is on 9 February at half past seven in the evening.</p>"""


def pages_of(html, dpi):
    """The pages that LibreOffice sets, as grey pictures, and their text."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(PAGE.format(html), encoding="utf8")
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run(
            ["soffice", profile, "--headless", "--infilter=HTML (StarWriter)", "--convert-to", "pdf:writer_pdf_Export", "--outdir", folder, source],
            check=True, stdout=subprocess.DEVNULL,
        )
        pdf = Path(folder) / "page.pdf"
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", pdf, Path(folder) / "page"], check=True)
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
        pictures = [Image.open(file).copy() for file in sorted(Path(folder).glob("page-*.pgm"))]
        return pictures, text


def worn(picture, degrees, seed):
    """As it comes out of a scanner: a little askew, a little blurred, on paper that is not quite white."""
    chance = random.Random(seed)
    askew = picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    grain = Image.frombytes("L", (picture.width // 2, picture.height // 2),
                            chance.randbytes((picture.width // 2) * (picture.height // 2)))
    grain = grain.resize(picture.size).point(lambda value: 232 + value // 16)
    return ImageChops.multiply(askew.point(lambda value: 40 + value * 215 // 255), grain)


def jpeg(picture, form="JPEG", **options):
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def fax(picture):
    """CCITT group 4, as one strip; black is what is coded as black."""
    file = io.BytesIO()
    # libtiff codes ones as black, and Pillow's ones are white.
    bits = ImageChops.invert(picture).convert("1", dither=Image.Dither.NONE)
    bits.save(file, "TIFF", compression="group4", strip_size=1 << 30, tiffinfo={278: bits.height})
    tiff = Image.open(io.BytesIO(file.getvalue()))
    (start,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]
    return file.getvalue()[start : start + length]


def jbig2(picture):
    """One generic region that is coded as a fax (MMR), as embedded in PDF: page information, then the region."""
    width, height = picture.size
    page = struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 1) + fax(picture)
    return page + struct.pack(">IBBBI", 1, 38, 0, 1, len(region)) + region


class Pdf:
    """Puts a PDF together by hand, so that each picture is stored as it is meant to be."""

    def __init__(self):
        self.objects = [None, None, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        self.pages = []

    def add(self, content):
        self.objects.append(content)
        return len(self.objects)

    def stream(self, entries, data):
        return self.add(f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream")

    def picture(self, size, entries, data):
        head = f"/Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]}"
        return self.stream(f"{head} {entries}", data)

    def page(self, width, height, content, pictures=(), more=""):
        body = self.stream("", content.encode())
        names = " ".join(f"/P{index} {number} 0 R" for index, number in enumerate(pictures))
        resources = f"/Resources << /Font << /F 3 0 R >> /XObject << {names} >> >>"
        box = f"/MediaBox [0 0 {width} {height}]"
        self.pages.append(self.add(f"<< /Type /Page /Parent 2 0 R {box} {resources} /Contents {body} 0 R {more} >>".encode()))

    def save(self, name):
        kids = " ".join(f"{number} 0 R" for number in self.pages)
        self.objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
        self.objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} >>".encode()
        out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        starts = []
        for number, content in enumerate(self.objects, 1):
            starts.append(len(out))
            out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
        table = len(out)
        out += f"xref\n0 {len(starts) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{start:010} 00000 n \n".encode() for start in starts)
        out += f"trailer\n<< /Size {len(starts) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
        (OUT / name).write_bytes(out)


WIDE, HIGH = 420, 595
GREY = "/ColorSpace /DeviceGray /BitsPerComponent 8"
WHOLE = f"q {WIDE} 0 0 {HIGH} 0 0 cm /P0 Do Q"


def grey_page(pdf, picture, more="", content=WHOLE, size=(WIDE, HIGH)):
    number = pdf.picture(picture.size, f"{GREY} /Filter /DCTDecode", jpeg(picture, quality=45))
    pdf.page(*size, content, [number], more)


def make():
    OUT.mkdir(parents=True, exist_ok=True)
    (letter,), letter_text = pages_of(LETTER, 200)
    (minutes,), minutes_text = pages_of(MINUTES, 200)
    (fine,), _ = pages_of(LETTER, 300)
    (OUT / "letter.txt").write_text(letter_text, encoding="utf8")
    (OUT / "minutes.txt").write_text(minutes_text, encoding="utf8")

    # Two pages as an office scanner stores them, a little askew.
    pdf = Pdf()
    grey_page(pdf, worn(letter, 0.8, 1))
    grey_page(pdf, worn(minutes, -1.2, 2))
    pdf.save("letter.pdf")

    # Black and white: a mask in three strips, coded as a fax, and JBIG2.
    pdf = Pdf()
    strips, content, top = [], "0 g ", 0
    for height in (800, 800, fine.height - 1600):
        strip = fine.crop((0, top, fine.width, top + height))
        data = fax(strip)
        parameters = f"/DecodeParms << /K -1 /Columns {strip.width} /Rows {height} >>"
        entries = f"/ImageMask true /BitsPerComponent 1 /Filter /CCITTFaxDecode {parameters}"
        strips.append(pdf.picture(strip.size, entries, data))
        part = HIGH * height / fine.height
        content += f"q {WIDE} 0 0 {part:.3f} 0 {HIGH * (1 - (top + height) / fine.height):.3f} cm /P{len(strips) - 1} Do Q "
        top += height
    pdf.page(WIDE, HIGH, content, strips)
    entries = "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode"
    pdf.page(WIDE, HIGH, WHOLE, [pdf.picture(minutes.size, entries, jbig2(minutes))])
    pdf.save("bilevel.pdf")

    # Lying on its side and set upright by /Rotate; upside down; on its side, and nothing says so.
    pdf = Pdf()
    side = f"q {HIGH} 0 0 {WIDE} 0 0 cm /P0 Do Q"
    grey_page(pdf, worn(minutes, 0.3, 3).rotate(90, expand=True), "/Rotate 90", side, (HIGH, WIDE))
    grey_page(pdf, worn(minutes, 0.2, 4).rotate(180))
    grey_page(pdf, worn(minutes, 0, 5).rotate(-90, expand=True), "", side, (HIGH, WIDE))
    pdf.save("turned.pdf")

    # A page of text, a scan in JPEG 2000, a scan with a running number stamped on it, and an empty page.
    pdf = Pdf()
    said = "This agreement on berth 31 was signed on paper. The signed pages follow as pictures, as they were scanned."
    pdf.page(WIDE, HIGH, f"BT /F 9 Tf 30 540 Td ({said[:62]}) Tj 0 -14 Td ({said[62:]}) Tj ET")
    scan = worn(letter, 0, 6)
    data = jpeg(scan, "JPEG2000", quality_mode="rates", quality_layers=[18])
    pdf.page(WIDE, HIGH, WHOLE, [pdf.picture(scan.size, "/Filter /JPXDecode", data)])
    grey_page(pdf, worn(minutes, 0, 7), "", f"{WHOLE} BT /F 8 Tf 330 12 Td (SHO-000123) Tj ET")
    pdf.page(WIDE, HIGH, "")
    pdf.save("mixed.pdf")

    # In colour, packed without loss, and one in which a key was written.
    pdf = Pdf()
    (note,), note_text = pages_of(
        "<h1>Passwords of the office</h1><p>The router in the sail loft is reached at its usual address. The address of the"
        " accounts is harbour.example, and the key of the weather service is</p><p>AKIAIOSFODNN7EXAMPLE</p>"
        "<p>Please destroy this note when you have read it, and tell nobody what it says.</p>", 150)
    (OUT / "note.txt").write_text(note_text, encoding="utf8")
    colour = Image.merge("RGB", (note, note.point(lambda value: 30 + value * 225 // 255), note))
    entries = "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    pdf.page(WIDE, HIGH, WHOLE, [pdf.picture(colour.size, entries, zlib.compress(colour.tobytes(), 9))])
    pdf.save("note.pdf")


make()

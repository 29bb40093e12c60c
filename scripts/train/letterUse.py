"""
Makes indexer/read/letterUse.ts: the letters of languages in the order of their use, counted in the translated messages
that a Debian machine has in /usr/share/locale. Of each language every second message is left for measuring. Run by
hand:

    python3 scripts/train/letterUse.py
"""

import gettext
import hashlib
import re
from collections import Counter
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "indexer" / "read" / "letterUse.ts"
# The name in the table, the catalogues, the encoding that must hold a letter, and the letters that count.
LATIN, CYRILLIC, HAN = "[À-ž]", "[Ѐ-ӿ]", "[぀-ヿ一-鿿가-힣]"
LANGUAGES = [
    ("german", ["de"], "cp1252", LATIN),
    ("french", ["fr"], "cp1252", LATIN),
    ("spanish", ["es", "ca"], "cp1252", LATIN),
    ("portuguese", ["pt", "pt_BR"], "cp1252", LATIN),
    ("italian", ["it"], "cp1252", LATIN),
    ("nordic", ["sv", "da", "nb", "fi", "is"], "cp1252", LATIN),
    ("polish", ["pl"], "cp1250", LATIN),
    ("czech", ["cs", "sk"], "cp1250", LATIN),
    ("hungarian", ["hu"], "cp1250", LATIN),
    ("slovene", ["sl", "hr"], "cp1250", LATIN),
    ("romanian", ["ro"], "cp1250", LATIN),
    ("turkish", ["tr"], "cp1254", LATIN),
    ("russian", ["ru"], "cp1251", CYRILLIC),
    ("ukrainian", ["uk"], "cp1251", CYRILLIC),
    ("bulgarian", ["bg"], "cp1251", CYRILLIC),
    ("greek", ["el"], "cp1253", "[Ͱ-Ͽ]"),
    ("hebrew", ["he"], "cp1255", "[א-ת]"),
    ("arabic", ["ar"], "cp1256", "[ء-ۿ]"),
    ("simplified", ["zh_CN"], "gb18030", HAN),
    ("traditional", ["zh_TW"], "big5", HAN),
    ("korean", ["ko"], "euc-kr", HAN),
    ("japanese", ["ja"], "shift_jis", HAN),
]
MOST, LEAST_SHARE = 300, 0.0004
# The encoding has these letters with a cedilla only.
CEDILLAS = str.maketrans("șțȘȚ", "şţŞŢ")
HEAD = """/**
 * Letters beyond ASCII as often as they come in a language, the commonest first: what tells of a short text in which
 * encoding it is. Made by scripts/train/letterUse.py of the translated messages of free programs; of scripts with
 * thousands of signs the first three hundred.
 */
export const letters = {
"""


def messages(code):
    found = set()
    for path in Path("/usr/share/locale").glob(f"{code}/LC_MESSAGES/*.mo"):
        try:
            catalogue = gettext.GNUTranslations(path.open("rb"))._catalog
        except (OSError, UnicodeDecodeError):
            continue
        for key, text in catalogue.items():
            if isinstance(text, str) and key and text != key:
                text = re.sub(r"<[^>]*>|%[-\d.$]*[a-zA-Z]|\{[^}]*\}|_|&", " ", text)
                text = re.sub(r"\s+", " ", text).strip()
                if not text.isascii() and len(text) < 400:
                    found.add(text)
    ordered = sorted(found, key=lambda text: hashlib.sha1(text.encode()).hexdigest())
    return ordered[len(ordered) // 2 :]


def holds(encoding, letter):
    try:
        return bool(letter.encode(encoding))
    except UnicodeEncodeError:
        return False


def letters(codes, encoding, pattern):
    shares = Counter()
    for code in codes:
        counts = Counter()
        for text in messages(code):
            counts.update(c for c in text.translate(CEDILLAS) if not c.isascii() and c.isalpha() and c not in "ªºµʼ")
        for letter, count in counts.items():
            shares[letter] += count / counts.total() / len(codes)
    least = 0 if pattern is HAN else LEAST_SHARE
    known = [c for c, share in shares.most_common() if share >= least and re.match(pattern, c) and holds(encoding, c)]
    return "".join(known[:MOST])


rows = ""
for name, codes, encoding, pattern in LANGUAGES:
    text = letters(codes, encoding, pattern)
    parts = [text[i : i + (50 if pattern is HAN else 100)] for i in range(0, len(text), 50 if pattern is HAN else 100)]
    rows += f"  {name}:" + ("\n    " if len(parts) > 1 else " ") + " +\n    ".join(f'"{part}"' for part in parts) + ",\n"
OUT.write_text(HEAD + rows + "} as const;\n")

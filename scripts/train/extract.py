"""Pairs out of one file, by its kind: code with comments, Markdown, reStructuredText, HTML, CNXML, SQuAD."""

import ast
import html
import json
import random
import re
from html.parser import HTMLParser

CODE = {
    "py", "js", "mjs", "ts", "tsx", "jsx", "java", "go", "rs", "rb", "php", "c", "h", "cc", "cpp", "hpp",
    "cs", "kt", "swift", "vue",
}
LONGEST = 1800


def pairs_of_file(path: str, text: str) -> list:
    extension = path.rsplit(".", 1)[-1].lower()
    if re.search(r"(^|/)(node_modules|vendor|third_party|fixtures?|locale|translations?|i18n)/", path):
        return []
    try:
        if path.endswith("train-v1.1.json"):
            return squad(text)
        if extension == "cnxml":
            return textbook(text)
        if "/pages" in "/" + path and extension == "md" and text.startswith("# ") and "\n> " in text:
            return tldr(path, text)
        if extension in ("md", "mdx", "markdown"):
            return sections(markdown_sections(text))
        if extension in ("html", "htm"):
            return sections(html_sections(text))
        if extension in ("rst", "txt") and not path.startswith("LICEN"):
            return sections(rst_sections(text))
        if extension == "py":
            return python(text) + comments(text, r"\s*#\s?(?!\!)(.*)")
        if extension in CODE:
            return comments(text, r"\s*(?:///?!?|\*)\s?(.*)") if extension != "rb" else comments(text, r"\s*#\s?(.*)")
    except (SyntaxError, ValueError, RecursionError, json.JSONDecodeError):
        pass
    return []


def words(identifier: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])|[_\-.]+", lambda m: f"{m[1]} {m[2]}" if m[1] else " ", identifier).strip()


def good(text: str, least: int = 3) -> bool:
    return least <= len(re.findall(r"\w{2,}", text)) <= 200


def python(text: str) -> list:
    out = []
    tree = ast.parse(text)
    lines = text.splitlines()
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or not node.end_lineno:
            continue
        source = lines[node.lineno - 1 : node.end_lineno]
        doc = ast.get_docstring(node)
        first = node.body[0]
        if doc:
            start, end = first.lineno - node.lineno, first.end_lineno - node.lineno + 1
            body = "\n".join(source[:start] + source[end:])[:LONGEST]
            summary = re.split(r"\n\s*\n|\n\s*(?:Parameters|Args|Returns|:param|>>>)", doc)[0].strip()
            if good(summary) and len(body) > 60:
                out.append((" ".join(summary.split()), body, "docstring"))
            rest = doc[len(summary) :].strip()
            if good(summary) and good(rest, 12) and random.random() < 0.4:
                out.append((" ".join(summary.split()), rest[:LONGEST], "docstring-rest"))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and len(source) > 3:
            name = words(node.name)
            if len(name.split()) >= 3:
                out.append((re.sub(r"^test ", "", name), "\n".join(source[1:])[:LONGEST], "name"))
    return out


DECLARATION = re.compile(
    r"\s*(?:@\w+.*|#\[.*|(?:export |default |public |private |protected |internal |static |final |abstract |async "
    r"|override |virtual |inline |const |pub(?:\(\w+\))? |unsafe |extern |sealed |readonly |open )*"
    r"(?:function|func|fn|def|class|interface|struct|enum|trait|impl|type|module|record|fun|const|let|var|template"
    r"|[\w<>\[\],.:*&?]+\s+[\w:~*&]+\s*\()).*"
)


def comments(text: str, marker: str) -> list:
    """A run of comment lines, and the lines that follow it up to a blank line at the same indent."""
    out = []
    pattern = re.compile(marker)
    lines = text.splitlines()
    i = 0
    while i < len(lines):
        match = pattern.fullmatch(lines[i]) or (re.fullmatch(r"\s*/\*\*?(.*)", lines[i]))
        if not match:
            i += 1
            continue
        start = i
        comment = []
        while i < len(lines):
            line = lines[i]
            match = re.fullmatch(r"\s*/\*\*?(.*?)(?:\*/)?", line) or pattern.fullmatch(line)
            if not match or (re.search(r"\*/\s*$", line) and not re.fullmatch(r".*\*/\s*", line)):
                break
            comment.append(re.sub(r"\*/\s*$", "", match[1]).strip())
            i += 1
        said = " ".join(part for part in comment if not part.startswith("@"))
        said = re.split(r"(?:\s|^)(?:@param|@return|Args:|# Examples|# Panics)", said)[0]
        said = re.sub(r"</?\w+>|\{@\w+ |\}", " ", said).strip()
        if re.match(r"(?i)(copyright|licen[sc]e|licensed|spdx|eslint|todo|noqa|type:)", said) or not good(said, 4):
            i = max(i, start + 1)
            continue
        block = following(lines, i)
        if len(block) > 60:
            is_doc = bool(DECLARATION.fullmatch(block.split("\n", 1)[0]))
            if is_doc or random.random() < 0.5:
                out.append((said[:600], block, "docstring" if is_doc else "comment"))
                if is_doc and random.random() < 0.3:
                    summary = re.split(r"(?<=[.!?])\s", said)[0]
                    if summary != said and good(summary, 4):
                        out.append((summary, block, "docstring"))
        i = max(i, start + 1)
    return out


def following(lines: list, start: int) -> str:
    block = []
    size = 0
    if start >= len(lines) or not lines[start].strip():
        return ""
    indent = len(lines[start]) - len(lines[start].lstrip())
    for line in lines[start : start + 50]:
        here = len(line) - len(line.lstrip())
        if block and line.strip() and here < indent:
            break
        if not line.strip() and len(block) >= 3 and re.match(r"\s*[}\])]?", block[-1]) and here <= indent:
            last = len(block[-1]) - len(block[-1].lstrip())
            if last <= indent:
                break
        block.append(line)
        size += len(line)
        if size > LONGEST:
            break
    return "\n".join(block).strip("\n")[:LONGEST]


def markdown_sections(text: str) -> list:
    """(heading path, text) for every section."""
    text = re.sub(r"\A---\n(.*?)\n---\n", lambda m: title_line(m[1]), text, flags=re.S)
    out, path, body, fenced = [], [], [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        heading = None if fenced else re.fullmatch(r"(#{1,6})\s+(.*?)\s*#*\s*(?:\{.*\})?", line)
        if heading:
            out.append((path, "\n".join(body)))
            level = len(heading[1])
            path = [one for one in path if one[0] < level] + [(level, plain(heading[2]))]
            body = []
        else:
            body.append(line)
    out.append((path, "\n".join(body)))
    return [([title for _, title in path], plain(body)) for path, body in out]


def title_line(front: str) -> str:
    match = re.search(r"^title:\s*['\"]?(.+?)['\"]?\s*$", front, re.M)
    return f"# {match[1]}\n" if match else ""


def plain(text: str) -> str:
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<!--.*?-->|</?[A-Za-z][^>]{0,200}>", " ", text, flags=re.S)
    return html.unescape(text).strip()


def rst_sections(text: str) -> list:
    lines = text.splitlines()
    out, path, body, levels = [], [], [], []
    i = 0
    while i < len(lines):
        line = lines[i]
        under = lines[i + 1] if i + 1 < len(lines) else ""
        if line.strip() and re.fullmatch(r"([=\-~^\"'*+#`:.])\1{2,}\s*", under) and len(under) >= len(line.rstrip()) - 1:
            out.append((path, "\n".join(body)))
            mark = under[0]
            if mark not in levels:
                levels.append(mark)
            depth = levels.index(mark)
            path = [one for one in path if one[0] < depth] + [(depth, line.strip())]
            body = []
            i += 2
            continue
        if not re.match(r"\s*\.\. ", line):
            body.append(line)
        i += 1
    out.append((path, "\n".join(body)))
    clean = lambda s: re.sub(r":\w+:`~?([^`<]*)(?:<[^`]*>)?`", r"\1", s).replace("``", "")
    return [([clean(title) for _, title in path], clean(body).strip()) for path, body in out]


class Sections(HTMLParser):
    """Headings and the text below them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out, self.path, self.body, self.heading, self.skip = [], [], [], None, 0

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "nav", "header", "footer", "title"):
            self.skip += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.flush()
            self.heading = (int(tag[1]), [])
        elif tag in ("p", "div", "li", "pre", "tr", "dt", "dd", "br"):
            self.body.append("\n")

    def handle_endtag(self, tag):
        if tag in ("script", "style", "nav", "header", "footer", "title"):
            self.skip = max(0, self.skip - 1)
        elif self.heading and tag == f"h{self.heading[0]}":
            level, title = self.heading
            self.path = [one for one in self.path if one[0] < level]
            self.path.append((level, re.sub(r"[¶#]\s*$", "", " ".join("".join(title).split()))))
            self.heading = None

    def handle_data(self, data):
        if self.skip:
            return
        (self.heading[1] if self.heading else self.body).append(data)

    def flush(self):
        text = re.sub(r"\n\s*\n+", "\n", "".join(self.body)).strip()
        self.out.append(([title for _, title in self.path], text))
        self.body = []


def html_sections(text: str) -> list:
    parser = Sections()
    parser.feed(text)
    parser.flush()
    return parser.out


def sections(found: list) -> list:
    out = []
    for path, body in found:
        body = body[: LONGEST * 2].strip()
        if len(re.findall(r"\w{2,}", body)) < 20:
            continue
        heading = " ".join(path[-2:])
        if path and len(re.findall(r"\w{2,}", path[-1])) >= 2 or (len(path) > 1 and good(heading, 2)):
            title = path[-1] if random.random() < 0.5 and good(path[-1], 2) else heading
            out.append((title, body[:LONGEST], "heading"))
        paragraphs = [one.strip() for one in re.split(r"\n\s*\n|\n(?=[A-Z])", body) if good(one, 8)]
        if len(paragraphs) >= 2:
            at = random.randrange(len(paragraphs))
            sentences = re.split(r"(?<=[.!?])\s+", paragraphs[at])
            sentence = random.choice([one for one in sentences if good(one, 5)] or [paragraphs[at]])
            rest = body.replace(sentence, " ") if random.random() < 0.8 else body
            out.append((sentence[:400], rest[:LONGEST], "cloze"))
    return out


def tldr(path: str, text: str) -> list:
    if not re.search(r"(^|/)pages/", path):
        return []
    name = text.split("\n", 1)[0][2:].strip()
    about = " ".join(re.findall(r"^> (?!More info|See also)(.*)", text, re.M))
    out = [(about, f"{name}\n" + "\n".join(re.findall(r"^`(.*)`", text, re.M)), "command")]
    for said, command in re.findall(r"^- (.*?):\n\n`(.*)`", text, re.M):
        out.append((re.sub(r"[\[\]]", "", said), f"{command}\n{about}" if random.random() < 0.5 else command, "command"))
    return [pair for pair in out if good(pair[0], 2)]


def textbook(text: str) -> list:
    title = re.search(r"<title>(.*?)</title>", text, re.S)
    title = strip_tags(title[1]) if title else ""
    out = []
    for term, meaning in re.findall(
        r"<definition[^>]*>.*?<term[^>]*>(.*?)</term>.*?<meaning[^>]*>(.*?)</meaning>", text, re.S
    ):
        out.append((f"what is {strip_tags(term)}" if random.random() < 0.3 else strip_tags(term), strip_tags(meaning), "glossary"))
    for block in re.split(r"(?=<section)", text):
        heading = re.search(r"<title>(.*?)</title>", block, re.S)
        heading = strip_tags(heading[1]) if heading else title
        if re.match(r"(?i)(references|further|suggest|key terms)", heading):
            continue
        paragraphs = [strip_tags(one) for one in re.findall(r"<para[^>]*>(.*?)</para>", block, re.S)]
        paragraphs = [one for one in paragraphs if good(one, 15)]
        for i, paragraph in enumerate(paragraphs):
            if random.random() < 0.5:
                out.append((f"{title} {heading}" if heading != title else title, paragraph[:LONGEST], "heading"))
            if i + 1 < len(paragraphs):
                out.append((paragraph[:600], paragraphs[i + 1][:LONGEST], "next"))
            sentences = [one for one in re.split(r"(?<=[.!?])\s+", paragraph) if good(one, 5)]
            if len(sentences) > 2:
                pick = random.choice(sentences)
                out.append((pick, paragraph.replace(pick, " ")[:LONGEST], "cloze"))
    return [(a, b, kind) for a, b, kind in out if a and len(b) > 30]


def strip_tags(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def squad(text: str) -> list:
    out = []
    for article in json.loads(text)["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                out.append((question["question"].strip(), paragraph["context"].strip(), "question"))
    return out

"""Writes mails with Python's email: python3 makeMail.py FOLDER < [{"name", "mails": [...]}, ...]

An entry with one mail becomes NAME.eml, one with several NAME.mbox. Attachments are named by their paths.
"""
import json
import mailbox
import mimetypes
import pathlib
import sys
from email.message import EmailMessage
from email.policy import SMTP


def message(mail):
    one = EmailMessage(policy=SMTP)
    one["Subject"] = mail["subject"]
    one["From"] = mail["from"]
    one["To"] = mail["to"]
    one["Date"] = "Wed, 04 Mar 2026 10:00:00 +0100"
    one["Message-ID"] = f"<{mail['id']}@kestrel.example>"
    if mail["html"] and not mail["text"]:
        one.set_content(mail["html"], subtype="html", cte=mail["encoding"])
    else:
        one.set_content(mail["text"], charset=mail["charset"], cte=mail["encoding"])
        if mail["html"]:
            one.add_alternative(mail["html"], subtype="html")
    for path in mail["attachments"]:
        kind = (mimetypes.guess_type(path)[0] or "application/octet-stream").split("/")
        one.add_attachment(pathlib.Path(path).read_bytes(), *kind, filename=pathlib.Path(path).name)
    if mail.get("forwarded"):
        one.add_attachment(message(mail["forwarded"]))
    return one


folder = pathlib.Path(sys.argv[1])
for entry in json.load(sys.stdin):
    mails = [message(mail) for mail in entry["mails"]]
    if len(mails) == 1:
        (folder / f"{entry['name']}.eml").write_bytes(mails[0].as_bytes())
    else:
        box = mailbox.mbox(folder / f"{entry['name']}.mbox")
        for mail in mails:
            # The class writes the lines before each mail, and ">" before those in it that look alike.
            box.add(mailbox.mboxMessage(mail))
        box.close()

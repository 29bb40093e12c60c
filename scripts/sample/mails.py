"""Writes the mails of sample/mail/ with Python's own library: python3 mails.py FOLDER OFFER_PDF

A thread with an attachment (EML), and the mails of reception in a month (MBOX). The dates and identifiers are fixed, so
that each run writes the same bytes.
"""

import mailbox
import sys
from email.message import EmailMessage
from email.utils import format_datetime
from datetime import datetime, timedelta, timezone
from pathlib import Path

HOUSE = "kestrellane.example"
PEOPLE = {
    "maren": f"Maren Holt <maren.holt@{HOUSE}>",
    "petra": f"Petra Lindow <petra.lindow@{HOUSE}>",
    "silas": f"Silas Quennell <silas.quennell@{HOUSE}>",
    "wren": f"Wren Adeyo <wren.adeyo@{HOUSE}>",
    "junia": f"Junia Pell <junia.pell@{HOUSE}>",
    "teodor": f"Teodor Lask <teodor.lask@{HOUSE}>",
    "ottilie": f"Ottilie Varga <ottilie.varga@{HOUSE}>",
    "bram": f"Bram Castellane <bram.castellane@{HOUSE}>",
    "reception": f"Reception <reception@{HOUSE}>",
    "all": f"Everybody <all@{HOUSE}>",
    "lifts": "Fenn Aubrey <aubrey@skylark-lifts.example>",
    "board": "Clarice Munro <munro@harbour-board.example>",
    "roth": "Ada Roth <ada.roth@posthorn.example>",
    "caterer": "Salt House <kitchen@salthouse.example>",
}
SUMMER = timezone(timedelta(hours=2))


def message(number, sent, sender, to, subject, body, cc=()):
    mail = EmailMessage()
    mail["Message-ID"] = f"<2026-{number:04d}@{HOUSE}>"
    mail["Date"] = format_datetime(datetime.fromisoformat(sent).replace(tzinfo=SUMMER))
    mail["From"] = PEOPLE[sender]
    mail["To"] = ", ".join(PEOPLE[one] for one in to)
    if cc:
        mail["Cc"] = ", ".join(PEOPLE[one] for one in cc)
    mail["Subject"] = subject
    mail.set_content(body.strip() + "\n")
    return mail


LIFT_THREAD = """
Dear Ms Holt,

thank you for calling. Our offer is attached, with the two changes that you asked for: the test of the battery is now once a
year instead of twice, and the first six months of the control room are free.

One thing that your landlord should know: the shaft lamp on the second floor is broken and must be replaced before we mount
the unit, otherwise the inspector will not sign. We can do it for 55 euros, or your bookbinder's electrician does.

Kind regards
Fenn Aubrey, Skylark Lifts

On Tuesday, 19 May 2026, Maren Holt wrote:
> Dear Mr Aubrey,
>
> the copper line ends on 31 August. I would like the unit to hang two weeks before that, so by the middle of August at
> the latest. The lift is used most between 8 and 10, please come after that.
>
> Who pays if children press the button for fun? It happened four times last year.
>
> Maren Holt

> On Monday, 18 May 2026, Fenn Aubrey wrote:
> > Dear Ms Holt,
> >
> > false alarms are free up to three a year, each further one costs 35 euros. For a house with a notary we can set the
> > button so that it must be held for three seconds; then children lose interest.
"""

MONTH = [
    ("2026-05-04T08:12:00", "silas", ["all"], "Two hardware keys for everybody",
     """The keys have come, 24 of them. Please collect yours from me on Tuesday or Wednesday and bring your badge.

Each of you gets two. The first goes on the key ring. The second goes into the vault, in an envelope with your name, which
Maren seals in front of you. Do not stick the number of your extension on it.

Whoever is on leave gets them in the first week of June.""", []),
    ("2026-05-06T16:40:00", "reception", ["maren"], "Parcel for the bookbinder",
     """A courier left a parcel for Mr Ivo Lanyon downstairs with us again, the third time this month. It was leather and it
smelled. I have told the courier that we no longer sign for him. Could you ask the landlord for a second bell?

Piet""", ["petra"]),
    ("2026-05-08T11:05:00", "board", ["ottilie"], "Old cannery: depth of the quay wall",
     """Dear Ms Varga,

the buyer asks how deep the quay wall stands. Our engineer has found the drawing of 1931: 7.2 metres below the mean water
line, on oak piles. He advises against promising anything about the piles. The drawing may be shown but not copied.

Clarice Munro, Municipal Harbour Board""", ["bram"]),
    ("2026-05-11T09:30:00", "petra", ["all"], "Who knows this payment of 1,312.50?",
     """On Friday 1,312.50 euros arrived on the escrow account, from a Th. Wexcombe, with the words "as discussed on the stairs".
I find no matter with that name.

If nobody knows it by the 22nd it goes back, as the rules say.""", []),
    ("2026-05-11T10:02:00", "teodor", ["petra"], "Re: Who knows this payment of 1,312.50?",
     """That is Theodora Wexcombe, the sister of Casimir Brandt. She pays his payment on account in EM-26-0052. Please book it
there and send the receipt to her, not to him: he has no letter box at the moment.

Teodor""", []),
    ("2026-05-13T17:55:00", "roth", ["ottilie"], "Can we move the payment date?",
     """Dear Ms Varga,

our bank needs until the 18th of June to pay out the loan, not the 12th. Foxglove Homes says that it wants interest for
these six days at nine per cent. Is that allowed? It would be about 400 euros, and we have just bought a pram.

Ada Roth""", []),
    ("2026-05-18T08:20:00", "wren", ["junia", "teodor"], "Court mailbox down on Saturday",
     """The court has announced that its mailbox stands still on Saturday, 23 May, from 6:00 to 14:00. What must be there on Friday
should leave on Thursday. For Saturday itself there is the fax of the night letter box, 4410-900; I have tested it.

Sunday and Monday are free anyway, Monday being Whit Monday.""", ["ottilie", "bram"]),
    ("2026-05-21T14:15:00", "caterer", ["maren"], "Your summer party: menu",
     """Dear Maren,

for 26 June we have put down 34 people: grilled mackerel, a pot of lentils for those five who eat no fish, and the apple tart
without nuts for Isolde. Please tell us the final number by 19 June. We bring the glasses and take them back dirty.

The Salt House kitchen""", []),
    ("2026-05-27T12:45:00", "junia", ["reception"], "Callers asking about Birger Holmqvist",
     """Three different people have called and said that they are heirs of Birger Holmqvist. We act for his two daughters only,
FA-26-0191. Please give nobody else an appointment and no news about the sail loft, not even that it is being valued. Write
down name and number and send it to me.

Junia""", ["wren"]),
]


def main(folder, offer):
    thread = message(9001, "2026-05-21T10:26:00", "lifts", ["maren"],
                     "Re: Re: Lift at 12 Kestrel Lane, emergency telephone", LIFT_THREAD, ["silas"])
    thread["In-Reply-To"] = "<2026-9000@kestrellane.example>"
    thread.add_attachment(offer.read_bytes(), maintype="application", subtype="pdf", filename="offer-2026-0417.pdf")
    thread.set_boundary("=-kestrel-lane-lift")
    (folder / "lift-emergency-telephone.eml").write_bytes(bytes(thread))

    target = folder / "reception-2026-05.mbox"
    target.unlink(missing_ok=True)
    box = mailbox.mbox(target)
    for number, (sent, sender, to, subject, body, cc) in enumerate(MONTH, 1):
        mail = mailbox.mboxMessage(message(number, sent, sender, to, subject, body, cc))
        mail.set_from("reception", datetime.fromisoformat(sent).timetuple())
        box.add(mail)
    box.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

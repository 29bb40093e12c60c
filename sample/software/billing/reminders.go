package billing

import "time"

// Stage is how far a client has been reminded.
type Stage int

const (
	None Stage = iota
	Friendly
	Firm
	Final
	Court
)

// stages says after how many days past the due date each step is taken, and what it costs the client.
var stages = []struct {
	after int
	stage Stage
	fee   Cents
}{
	{after: 7, stage: Friendly, fee: 0},
	{after: 21, stage: Firm, fee: 250},
	{after: 40, stage: Final, fee: 500},
	{after: 60, stage: Court, fee: 0},
}

// Sums below this are not worth a stamp: they wait for the next invoice.
const smallestReminded Cents = 1250

// interestPerMille is charged a year, from the final reminder on.
const interestPerMille = 85

// Open is an invoice that has not been paid in full.
type Open struct {
	Number  string
	Client  string
	Due     time.Time
	Rest    Cents
	Reached Stage
	// Silent stops every letter about money: the client has died, is in mourning, or disputes the invoice.
	Silent bool
	// PaysInstalments is set while an agreement about instalments is kept.
	PaysInstalments bool
}

// Reminder is a letter that must be written today.
type Reminder struct {
	Invoice  string
	Client   string
	Stage    Stage
	Fee      Cents
	Interest Cents
}

func daysLate(due, today time.Time) int {
	return int(today.Sub(due).Hours() / 24)
}

// Next gives the reminder that is due for an invoice, and false if there is none. A stage is never skipped:
// an invoice that was forgotten for a year starts with the friendly letter.
func Next(open Open, today time.Time) (Reminder, bool) {
	if open.Silent || open.PaysInstalments || open.Rest < smallestReminded {
		return Reminder{}, false
	}
	late := daysLate(open.Due, today)
	for _, step := range stages {
		if step.stage != open.Reached+1 || late < step.after {
			continue
		}
		reminder := Reminder{Invoice: open.Number, Client: open.Client, Stage: step.stage, Fee: step.fee}
		if step.stage >= Final {
			reminder.Interest = interest(open.Rest, late)
		}
		return reminder, true
	}
	return Reminder{}, false
}

// interest for a number of days, simple, rounded to the nearest cent.
func interest(rest Cents, days int) Cents {
	const perYear = 365 * 1000
	return Cents((int64(rest)*interestPerMille*int64(days) + perYear/2) / perYear)
}

// Round collects the reminders of a day, at most one letter for each client: the gravest.
func Round(invoices []Open, today time.Time) []Reminder {
	gravest := map[string]Reminder{}
	order := []string{}
	for _, open := range invoices {
		reminder, due := Next(open, today)
		if !due {
			continue
		}
		known, seen := gravest[open.Client]
		if !seen {
			order = append(order, open.Client)
		}
		if !seen || reminder.Stage > known.Stage {
			gravest[open.Client] = reminder
		}
	}
	letters := make([]Reminder, 0, len(order))
	for _, client := range order {
		letters = append(letters, gravest[client])
	}
	return letters
}

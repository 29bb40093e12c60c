// Package billing turns recorded times into invoices and reminds clients who have not paid.
package billing

import (
	"errors"
	"fmt"
	"sort"
	"time"
)

// Cents is an amount of money in hundredths of a euro. Floats are never used for money.
type Cents int64

func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d €", sign, c/100, c%100)
}

// unit is the smallest time that is charged; what was begun is rounded up to it.
const unit = 6 * time.Minute

// vatPerMille is the rate of value added tax. The firm has no services with a reduced rate.
const vatPerMille = 190

// Entry is one piece of work on a matter.
type Entry struct {
	Matter  string
	Worker  string
	Day     time.Time
	Spent   time.Duration
	Travel  bool
	Written string // what the client reads on the invoice
}

// Rates gives the hourly rate of each worker.
type Rates map[string]Cents

// Line is one row of an invoice.
type Line struct {
	Day    time.Time
	Text   string
	Units  int64
	Amount Cents
}

// Invoice is what one matter owes for a period.
type Invoice struct {
	Matter string
	Lines  []Line
	Net    Cents
	VAT    Cents
	Capped bool
}

// Gross is what the client pays.
func (i Invoice) Gross() Cents { return i.Net + i.VAT }

// ErrNoRate is returned for a worker without an hourly rate.
var ErrNoRate = errors.New("no hourly rate")

// roundUp gives the number of units that were begun. Zero time costs nothing.
func roundUp(spent time.Duration) int64 {
	return int64((spent + unit - 1) / unit)
}

// price is the fee for a number of units; time on the road is charged at half the rate.
func price(units int64, hourly Cents, travel bool) Cents {
	perHour := int64(time.Hour / unit)
	amount := (units*int64(hourly) + perHour/2) / perHour
	if travel {
		amount = (amount + 1) / 2
	}
	return Cents(amount)
}

// BuildInvoice charges all entries of a matter, oldest first. With a ceiling above zero, agreed with the
// client, the net sum is cut off there and the invoice says so.
func BuildInvoice(matter string, entries []Entry, rates Rates, ceiling Cents) (Invoice, error) {
	invoice := Invoice{Matter: matter}
	for _, entry := range entries {
		if entry.Matter != matter {
			continue
		}
		hourly, known := rates[entry.Worker]
		if !known {
			return Invoice{}, fmt.Errorf("%w: %s on %s", ErrNoRate, entry.Worker, entry.Day.Format(time.DateOnly))
		}
		units := roundUp(entry.Spent)
		line := Line{Day: entry.Day, Text: entry.Written, Units: units, Amount: price(units, hourly, entry.Travel)}
		invoice.Lines = append(invoice.Lines, line)
		invoice.Net += line.Amount
	}
	sort.SliceStable(invoice.Lines, func(a, b int) bool {
		return invoice.Lines[a].Day.Before(invoice.Lines[b].Day)
	})
	if ceiling > 0 && invoice.Net > ceiling {
		invoice.Net, invoice.Capped = ceiling, true
	}
	invoice.VAT = Cents((int64(invoice.Net)*vatPerMille + 500) / 1000)
	return invoice, nil
}

-- Tables of Docket. One database, three programs; each writes only the tables that it owns.

CREATE TYPE matter_state AS ENUM ('enquiry', 'open', 'resting', 'closed', 'destroyed');

CREATE TABLE clients (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  full_name   text NOT NULL,
  birth_date  date,
  email       text,
  died_on     date,
  -- Set by hand or when died_on is filled in; billing sends no letters then.
  silent      boolean NOT NULL DEFAULT false
);

CREATE TABLE matters (
  -- Two letters for the field, the year, a running number: FA-26-0173.
  id          text PRIMARY KEY CHECK (id ~ '^[A-Z]{2}-[0-9]{2}-[0-9]{4}$'),
  client_id   bigint NOT NULL REFERENCES clients,
  title       text NOT NULL,
  state       matter_state NOT NULL DEFAULT 'enquiry',
  partner     text NOT NULL,
  opened_on   date NOT NULL DEFAULT current_date,
  closed_on   date,
  on_hold     boolean NOT NULL DEFAULT false,
  CHECK (closed_on IS NULL OR closed_on >= opened_on),
  -- A matter under a hold must never be destroyed.
  CHECK (NOT (on_hold AND state = 'destroyed'))
);

CREATE TABLE time_entries (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  matter_id   text NOT NULL REFERENCES matters,
  worker      text NOT NULL,
  day         date NOT NULL,
  minutes     integer NOT NULL CHECK (minutes BETWEEN 1 AND 720),
  travel      boolean NOT NULL DEFAULT false,
  description text NOT NULL CHECK (length(description) >= 8),
  invoice_no  text
);

CREATE TABLE invoices (
  number      text PRIMARY KEY,
  matter_id   text NOT NULL REFERENCES matters,
  issued_on   date NOT NULL,
  due_on      date NOT NULL GENERATED ALWAYS AS (issued_on + 21) STORED,
  net_cents   bigint NOT NULL,
  vat_cents   bigint NOT NULL,
  paid_cents  bigint NOT NULL DEFAULT 0
);

CREATE INDEX time_entries_unbilled ON time_entries (matter_id) WHERE invoice_no IS NULL;

CREATE FUNCTION silence_the_dead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.died_on IS NOT NULL THEN
    NEW.silent := true;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER clients_silence BEFORE INSERT OR UPDATE OF died_on ON clients
  FOR EACH ROW EXECUTE FUNCTION silence_the_dead();

-- What nobody has written an invoice for, oldest first. Accounts looks at it on the 25th of each month.
CREATE VIEW unbilled AS
  SELECT m.id, m.partner, min(t.day) AS oldest, sum(t.minutes) AS minutes
  FROM matters m JOIN time_entries t ON t.matter_id = m.id
  WHERE t.invoice_no IS NULL AND m.state <> 'destroyed'
  GROUP BY m.id, m.partner
  ORDER BY oldest;

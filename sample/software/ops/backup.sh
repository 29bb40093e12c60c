#!/bin/sh
# Nightly copy of the Docket database, started by a systemd timer at 02:15.
# Writes an encrypted dump to the second disk, checks that it can be read, and removes old ones.
set -eu

target=/srv/backup/docket
keep_days=35
recipient=backup@heron.internal
name="docket-$(date +%Y-%m-%d).dump.gpg"

fail() {
  logger --priority user.err --tag docket-backup "$1"
  exit 1
}

# Two copies at once would fill the disk.
exec 9>"$target/.lock"
flock --nonblock 9 || fail "the last backup is still running"

free_kb=$(df --output=avail "$target" | tail -n 1)
[ "$free_kb" -gt 20000000 ] || fail "less than 20 GB are free in $target"

pg_dump --format=custom docket | gpg --encrypt --recipient "$recipient" --output "$target/$name.part"

# A dump that can't be listed is worse than none: it looks like a backup.
gpg --decrypt "$target/$name.part" | pg_restore --list >/dev/null || fail "the dump can't be read"
mv "$target/$name.part" "$target/$name"

find "$target" -name 'docket-*.dump.gpg' -mtime "+$keep_days" -delete

# On Sundays the newest dump also goes to the offline disk, if Maren has plugged it in.
if [ "$(date +%u)" = 7 ] && mountpoint --quiet /mnt/offline; then
  cp "$target/$name" /mnt/offline/
fi

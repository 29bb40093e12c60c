import { termOf } from "./reading.ts";

/** Words that exclude each other, as "a, b | c": a and b say what c does not. */
const groups = `allow, permit, may, can | forbid, prohibit, ban, disallow
accept | refuse, reject, decline
before | after
more | less, fewer
most, maximum | least, minimum
always | sometimes, rarely
first | last
first | second | third | fourth | fifth | sixth | seventh | eighth | ninth | tenth | eleventh | twelfth | fifteenth | twentieth
enable, activate | disable, deactivate
enabled, activated | disabled, deactivated
require, required, mandatory, compulsory | optional, voluntary
include | exclude
include | omit
open | close, shut
start, begin | stop, end, finish
beginning, start | end
increase, raise, rise, grow | decrease, reduce, lower, fall, shrink
improve | worsen
succeed, success, successful | fail, failure
true | false
old | new
early, earlier | late, later
high, higher | low, lower
inside, within | outside
public | private
internal | external
absolute | relative
local | remote
input | output
send | receive
buy | sell
lend, lent | sell, sold
lend | borrow
import | export
upload | download
full, whole | half, partial
with | without
together | apart, separately
easy, easier, simple | hard, harder, difficult
add | remove, deduct, subtract
top | bottom
presence | absence
checked | unchecked
valid | invalid
possible | impossible
positive | negative
thin | thick
above, over | below, under
temporary | permanent
manual, manually | automatic, automatically
synchronous | asynchronous
upper | lower
left | right
north | south | east | west
northern | southern | eastern | western
serialize, serialization | deserialize, deserialization
encode | decode
encrypt, encrypted | decrypt, decrypted, unencrypted
warm | cold | hot
wet | dry
light | dark
long, longer | short, shorter
large, larger, big, bigger | small, smaller
strong, stronger | weak, weaker
fast, faster, quick | slow, slower
rich | poor
male | female
mother | father
support | oppose, forbid
agree | disagree
like | unlike
invoke | avoid
show, display | hide
win | lose
create | delete, destroy
visible | hidden
known | unknown
written | oral
client | server
read | write
sender | receiver, recipient
buyer | seller
landlord | tenant
employer | employee
supports | contradicts
up | down
mapping | sequence
morning | noon | evening
day | night
red | blue | green | yellow | grey, gray | black | white | brown | orange | purple | pink
spring | summer | autumn | winter
single, once | double
majority | minority
gain | loss
profit | loss
cause | prevent
agree | refuse
better | worse
active | inactive
known | unknown
never | always
daily, nightly | weekly | monthly | yearly, annually, annual
switched_on | switched_off`;

const opposites = new Map<string, Set<string>>();
for (const line of groups.split("\n")) {
  const sides = line.split("|").map((side) => side.split(",").map((word) => termOf(word.trim())));
  for (const [index, side] of sides.entries()) {
    const others = sides.filter((_, other) => other !== index).flat();
    for (const word of side) {
      const known = opposites.get(word) ?? new Set<string>();
      for (const other of others) if (other !== word) known.add(other);
      opposites.set(word, known);
    }
  }
}

/** What excludes a word, as terms; nothing for most words. */
export function oppositesOf(term: string): ReadonlySet<string> | undefined {
  return opposites.get(term);
}

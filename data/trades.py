"""In what trades a document is, by the words it uses: a railway's, a library's.

In: a document's text in Markdown. Out: names of trades; none where no trade's words come often
enough.
People write about one matter in very different words to a swimming pool and to an airline, and
what only one of them can be sent teaches a model of the other nothing.
"""

from __future__ import annotations

import re
from collections import Counter

_WORDS = {
    "flight": r"airlines?|airports?|airways|flights?|aircraft|boarding|baggage",
    "rail": r"trains?|rail|railways?|trams?|metro|underground|platforms?|carriages?",
    "bus": r"bus|buses|coach|coaches",
    "ship": r"ferry|ferries|cruises?|ships?|sailings?|vessels?|boats?|harbour|port",
    "taxi": r"taxis?|cabs?|minicabs?",
    "tour": r"tours?|tour operators?|travel agen\w+|package holidays?|itinerar\w+|excursions?",
    "lodging": r"hotels?|hostels?|guest ?houses?|overnight|campsites?|camping|pitch|pitches|"
    r"inn|rooms?|check-?in|check-?out|holiday (?:flats?|homes?|lets?)|apartments?",
    "food": r"restaurants?|caf[eé]s?|bars?|menus?|dish|dishes|kitchen|canteen|catering|"
    r"diners?|tables?",
    "shop": r"shops?|stores?|retail|retailers?|purchases?|goods|products?|orders?|till|"
    r"checkout",
    "parcel": r"parcels?|couriers?|consignments?|shipments?|post office|postage|removals?|"
    r"sorting",
    "library": r"librar\w+|borrow\w*|reading rooms?|overdue books?",
    "sport": r"gyms?|pools?|swim\w*|fitness|courts?|ski\w*|sports?|climbing|sauna|clubhouse",
    "show": r"cinemas?|theatres?|theaters?|concerts?|museums?|zoos?|galler\w+|exhibitions?|"
    r"festivals?|performances?|screenings?|auditorium|rides|attractions?|theme parks?",
    "school": r"schools?|pupils?|students?|universit\w+|courses?|nurser\w+|tutors?|lessons?|"
    r"lectures?|exam\w*|candidates?|classrooms?|child ?care|children",
    "health": r"patients?|clinics?|clinicians?|dent\w+|pharmac\w+|prescriptions?|surgery|"
    r"hospitals?|care homes?|vets?|veterinar\w+|doctors?|nurses?",
    "bank": r"banks?|current accounts?|overdrafts?|mortgages?|savings|debit cards?|"
    r"cash machines?|loans?",
    "insurance": r"insur\w+|policyholders?|underwrit\w+|premiums?",
    "housing": r"tenan\w+|landlords?|lettings?|leases?|leaseholders?|rent|residents?|flats?",
    "utility": r"electricity|gas|meters?|water|energy|waste|bins?|recycling|tariffs?",
    "telecom": r"broadband|sim|roaming|routers?|mobile|internet|phone lines?|data allowances?|"
    r"landline",
    "software": r"subscriptions?|subscribers?|apps?|streaming|passwords?|software|downloads?|"
    r"accounts?|log ?in|users?",
    "repair": r"repairs?|workshops?|garages?|mechanics?|technicians?|spare parts?|appliances?|"
    r"servicing",
    "vehicle": r"car hire|rental cars?|vehicles?|parking|car parks?|"
    r"charging (?:stations?|points?)|fleet|motorists?|mileage",
    "office": r"councils?|permits?|authorit\w+|citizens?|municipal\w*|ministry|applicants?|"
    r"tax|taxes",
    "work": r"employees?|employers?|payroll|line managers?|annual leave|overtime|"
    r"human resources|hr|colleagues?",
    "cleaning": r"laundr\w+|dry[- ]clean\w*|garments?|tailor\w*|stains?|ironing",
    "salon": r"salons?|hair\w*|stylists?|beauty|massages?|nails?|spa",
    "event": r"weddings?|venues?|photographers?|banquets?|events?",
    "hire": r"hire|hirers?|hired|rentals?|rented|bikes?|bicycles?",
    "charity": r"charit\w+|donat\w+|donors?|volunteers?",
    "studio": r"prints?|printing|proofs?|artwork|made to order|commissions?|studio",
}
TRADES = frozenset(_WORDS)
_PATTERNS = {
    trade: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for trade, words in _WORDS.items()
}
_LEAST = 3
_SHARE = 0.25
"""A trade's words come at least so often, and so often against those of the foremost trade."""
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
_HEADED = 3
"""Times that a word in a heading counts."""


def trades(text: str) -> frozenset[str]:
    counted = "\n".join([text, *_HEADING.findall(text) * (_HEADED - 1)])
    found = Counter({trade: len(it.findall(counted)) for trade, it in _PATTERNS.items()})
    least = max(_LEAST, _SHARE * max(found.values()))
    return frozenset(trade for trade, times in found.items() if times >= least)

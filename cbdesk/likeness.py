"""Whether two records may be one child: a score from weighted reasons, for a person to decide, never to act upon.

``compare`` weighs a pair of ``persons.Person``; ``duplicates`` finds pairs. Weights, levels and classes of sounds are
data (``resources/catalogue/matching.toml``).

* Twins, brothers called Máy and Mái and the many children of one name stay apart: another given name weighs more than
  parents, village and birth date together, unless it can be a misspelling.
* Tone marks are the commonest misspelling and yet tell Dợ from Dở: they are scored, not required.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from cbdesk import sound
from cbdesk.catalogue import catalogue
from cbdesk.persons import Person
from cbdesk.sound import Syllable
from cbdesk.words import say

LIKELY, LOOK = "likely", "look"
LIKE = 75
"""Below this likeness (0 to 100) two parents' names are two people."""


ABOVE = 1.5
"""Points of the score for each unit of weight above ``likely``."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for (``weight`` above 0) or against. ``n`` is a likeness in per cent where there is one."""

    code: str
    weight: float
    n: int | None = None

    @property
    def text(self) -> str:
        """Return the reason in the language in force."""
        return say(f"matching.{self.code}", **({} if self.n is None else {"n": self.n}))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two records are: ``score`` 0 to 100, ``level`` (``likely`` or ``look``), reasons, strongest first."""

    score: int
    level: str
    reasons: tuple[Reason, ...]

    @property
    def text(self) -> str:
        """Return all reasons in one line, those for it first."""
        return say("matching.between").join(one.text for one in self.reasons)


class Doubt(Protocol):
    """What the whole register says about a pair (``duplicates.Crowd``)."""

    def doubt(self, a: Person, b: Person) -> float:
        """Return what the pair loses because others would fit as well."""

    def both_names(self, a: Person, b: Person) -> bool:
        """Return whether each of the two given names is one that others carry too."""

    def misspelt(self, a: Person, b: Person) -> bool:
        """Return whether one of two given names is nobody else's here, and one key away from the other."""

    def third(self, a: Person, b: Person) -> bool:
        """Return whether a third record has the same name, year and village."""


# --- one pair --------------------------------------------------------------------------------------------------------


@cache
def _weights() -> Mapping[str, float]:
    return {str(name): float(value) for name, value in catalogue().matching["weights"].items()}


@cache
def _levels() -> tuple[float, float, float]:
    levels = catalogue().matching["levels"]
    return float(levels["likely"]), float(levels["look"]), float(levels["floor"])


Codes = list[tuple[str, float, int | None]]


def _given(a: Person, b: Person, crowd: Doubt | None) -> str:
    """Return how the given names agree; two real names that differ by a key are two, unless nobody carries one."""
    found = sound.likeness(a.given, b.given, bare=a.bare or b.bare) if a.given and b.given else sound.OTHER
    return sound.TYPED if found == sound.OTHER and crowd is not None and crowd.misspelt(a, b) else found


def _named(a: Person, b: Person, into: Codes, crowd: Doubt | None) -> None:
    """How the names agree: one reason that weighs all of it."""
    weights = _weights()
    if not a.name or not b.name:
        return
    if a.name == b.name:
        code = "same_name" if len(a.name) > 1 else "name_alone"
        into.append((code, weights[code], None))
        return
    given = _given(a, b, crowd)
    if a.spaced != b.spaced and (a.compact == b.compact or (given == sound.SAME and _reordered(a, b))):
        into.append(("name_typed", weights["name_typed"], None))  # a space lost or moved, words in another order
        return
    if given == sound.OTHER:
        into.append(("name_other", weights["name_other"], None))
        return
    family, middle = _family_loss(a, b), _middle_loss(a, b)
    code = {sound.SAME: "same_name", sound.TONE: "name_tone", sound.LETTERS: "name_letters", sound.EAR: "name_ear",
            sound.TYPED: "name_typed"}[given]  # fmt: skip
    weight = weights[code] - family - middle
    if family >= MOTHERS and middle >= PART:
        weight = min(weight, 0.0)  # the mother's family name, or a part left out; both at once is another name
    if weight <= 0:
        code = "name_other"
    elif middle >= OTHER_NAME:
        code = "name_middle"
    elif family >= MOTHERS:
        code = "name_family"
    elif code == "same_name" and family + middle:
        code = "name_like" if family + middle < PART else "name_part"
    into.append((code, weight, None))


def _reordered(a: Person, b: Person) -> bool:
    """Return whether two names have the same words in another order."""
    return len(a.name) == len(b.name) and sorted(one.plain for one in a.name) == sorted(one.plain for one in b.name)


OTHER_NAME, MOTHERS, PART = 4.0, 1.0, 1.0
"""What another middle or family name takes from a name's weight; the mother's family name; a part left out."""
_LOSS = {sound.SAME: 0.0, sound.TONE: 0.4, sound.LETTERS: 0.1, sound.EAR: 0.5, sound.TYPED: 0.5,
         sound.OTHER: OTHER_NAME}  # fmt: skip


def _family_loss(a: Person, b: Person) -> float:
    if a.family is None or b.family is None:
        return MOTHERS
    bare = a.bare or b.bare
    loss = _LOSS[sound.likeness(a.family, b.family, bare=bare)]
    if loss == OTHER_NAME and any(
        one.mother and other.family and sound.likeness(one.mother[0], other.family, bare=bare) != sound.OTHER
        for one, other in ((a, b), (b, a))
    ):
        return MOTHERS if a.mother == b.mother else 2 * MOTHERS
    return loss


def _middle_loss(a: Person, b: Person) -> float:
    if len(a.middle) != len(b.middle):
        return 0.8 + abs(len(a.middle) - len(b.middle))
    bare = a.bare or b.bare
    loss = sum(_middle(one, other, bare=bare) for one, other in zip(a.middle, b.middle, strict=True))
    return loss if a.custom == b.custom else loss + 0.4


def _middle(one: Syllable, other: Syllable, *, bare: bool) -> float:
    """Return what two middle names take: twins get another word, a slip of a key leaves the word."""
    loss = _LOSS[sound.likeness(one, other, bare=bare)]
    return _LOSS[sound.TYPED] if loss == OTHER_NAME and sound.slip(one, other) else loss


def _born(a: Person, b: Person, into: Codes) -> None:
    """How the birth dates agree; an estimate (a year, the first of January) agrees with every day of its year."""
    (ya, ma, da), (yb, mb, db) = a.born, b.born
    if not ya or not yb:
        return
    code = "born_other_year"
    if ya == yb:
        if da and db:
            near = abs(a.day - b.day)
            if a.day == b.day:
                code = "same_born"
            elif (ma, da) == (db, mb):
                code = "born_swapped"
            elif near in (1, 10) or (ma == mb and abs(da - db) in (10, 20)) or (da == db and abs(ma - mb) == 10):
                code = "born_slip"
            else:
                code = "same_year" if (1, 1) in ((ma, da), (mb, db)) else "born_other_day"
        elif ma and mb:
            code = "same_month" if ma == mb else "born_other_day"
        else:
            code = "same_year"
    elif da and db and abs(ya - yb) == 1:
        if (ma, da) == (mb, db):
            code = "born_next_year"
        elif abs(a.day - b.day) in (1, 10):
            code = "born_slip"
        elif ma == mb and abs(da - db) <= 3:
            code = "born_next_year"
    into.append((code, _weights()[code], None))


def _kin(kind: str, one: tuple[Syllable, ...], other: tuple[Syllable, ...], into: Codes) -> None:
    """How two names of a mother or a father agree; another family or given name is another person.

    A customary middle name may be left out ("Hầu Thị Dợ", "Hầu Dợ"); two different ones are a little less.
    """
    if not one or not other:
        return
    code, n = f"same_{kind}", None
    if one is not other and one != other:
        bare = _bare(one) or _bare(other)
        if not _may_be(one, other, bare=bare):
            code = f"other_{kind}"
        elif len(one) == len(other) or sound.plain_name(one) != sound.plain_name(other):
            n = round(fuzz.ratio(_letters(one, bare=bare), _letters(other, bare=bare)))
            code = f"{kind}_like" if n >= LIKE else f"other_{kind}"
    into.append((code, _weights()[code], n if code.endswith("_like") else None))


@lru_cache(maxsize=32768)
def _bare(name: tuple[Syllable, ...]) -> bool:
    return sound.bare(name)


@lru_cache(maxsize=32768)
def _letters(name: tuple[Syllable, ...], *, bare: bool) -> str:
    return " ".join(one.plain if bare else one.letters for one in name)


def _may_be(one: Sequence[Syllable], other: Sequence[Syllable], *, bare: bool) -> bool:
    """Return whether given names, and family names where both are written, may be the same."""
    if one[-1] is not other[-1] and sound.likeness(one[-1], other[-1], bare=bare) == sound.OTHER:
        return False
    if one[0] is other[0] or len(one) == 1 or len(other) == 1:
        return True
    return sound.likeness(one[0], other[0], bare=bare) != sound.OTHER


def _rest(a: Person, b: Person, into: Codes) -> None:
    """Village, sex, people, numbers."""
    weights = _weights()
    found = []
    if a.village and b.village:
        if a.village == b.village:
            found.append("same_village")
        else:
            found.append("other_unit" if a.unit != b.unit else "other_village")
    if a.sex != b.sex and {a.sex, b.sex} == SEXES:
        found.append("other_sex")
    if a.people != b.people and a.people and b.people:
        found.append("other_people")
    if a.carer and a.carer == b.carer:
        found.append("same_carer")
    if a.phone and a.phone == b.phone:
        found.append("same_phone")
    if a.card and a.card == b.card:
        found.append("same_card")
    into += [(code, weights[code], None) for code in found]
    if a.number and b.number and a.number != b.number:
        slip = OSA.distance(a.number, b.number, score_cutoff=1) <= 1
        into.append(("other_id", weights["other_id"] / (3 if slip else 1), None))


SEXES = frozenset({"male", "female"})
ANOTHER = {"name_other", "name_middle"}
"""Another word in the name: what twins are given."""
TELLING = {"same_born", "born_swapped", "born_slip", "born_next_year", "same_mother", "mother_like", "same_father",
           "father_like", "same_carer", "same_phone", "same_card"}  # fmt: skip
"""What tells a child from others of its name, year and village."""
AGAINST = {"born_other_day", "born_other_year", "other_sex", "other_id", "other_mother", "other_father"}


def _doubtful(a: Person, b: Person, said: set[str], crowd: Doubt | None) -> bool:
    """Return whether a pair may be two children whatever else agrees.

    Nothing that contradicts is outweighed: a person looks. Twins differ by a tone or a letter of the name, or by the
    word before it: a tone that makes a name which nobody else here carries is a misspelling. Without birth dates only
    the same name is enough, or both parents or the card.
    """
    if "same_id" in said:
        return False
    if said & (AGAINST | ANOTHER) or (crowd is not None and not said & TELLING and crowd.third(a, b)):
        return True
    if not (a.born[0] and b.born[0]):
        sure = "same_card" in said or said >= {"same_mother", "same_father"}
        return not sure and (bool(said & {"name_family", "name_part"}) or _toned(a, b, said, crowd))
    if not said & {"same_born", "same_year", "same_month"} or not said & {"same_mother", "same_father"}:
        return False
    return _toned(a, b, said, crowd) or ("name_typed" in said and _changed(a, b))


def _changed(a: Person, b: Person) -> bool:
    """Return whether one real given name becomes another by a wrong key; a key lost, doubled or swapped is a slip."""
    if a.given is None or b.given is None or a.compact == b.compact or not (a.given.real and b.given.real):
        return False
    return a.given is not b.given and not sound.slip(a.given, b.given)


def _toned(a: Person, b: Person, said: set[str], crowd: Doubt | None) -> bool:
    """Return whether two names that differ by a tone are two names here."""
    return "name_tone" in said and (crowd is None or crowd.both_names(a, b))


def compare(a: Person, b: Person, crowd: Doubt | None = None) -> Likeness | None:
    """Weigh two records; ``None`` where too little speaks for one child. ``crowd`` knows the whole register."""
    same_number = bool(a.number) and a.number == b.number
    if not same_number and _strangers(a, b, crowd):
        return None
    codes: Codes = [("same_id", _weights()["same_id"], None)] if same_number else []
    _named(a, b, codes, crowd)
    _born(a, b, codes)
    _kin("mother", a.mother, b.mother, codes)
    _kin("father", a.father, b.father, codes)
    _rest(a, b, codes)
    return _judge(a, b, codes, crowd)


def _strangers(a: Person, b: Person, crowd: Doubt | None) -> bool:
    """Return at once whether two records are two children: another name, or another year and no parent shared."""
    if (
        a.given is not b.given
        and a.given
        and b.given
        and (a.compact != b.compact or a.spaced == b.spaced)
        and _given(a, b, crowd) == sound.OTHER
    ):
        return True
    if abs(a.born[0] - b.born[0]) > 1 and a.born[0] and b.born[0]:
        return not (a.mother and a.mother == b.mother) and not (a.father and a.father == b.father)
    return False


def _judge(a: Person, b: Person, codes: Codes, crowd: Doubt | None) -> Likeness | None:
    likely, look, floor = _levels()
    total = sum(one[1] for one in codes)
    said = {code for code, *_ in codes}
    if (not a.name or not b.name) and "same_id" not in said:
        total = min(total, look)
    if total < look:
        return None
    if crowd is not None and "same_id" not in said:
        total -= crowd.doubt(a, b)
    if total < look:
        return None
    if total >= likely and _doubtful(a, b, said, crowd):
        total = likely - 0.1
    level = LIKELY if total >= likely else LOOK
    ordered = sorted(codes, key=lambda one: -one[1])
    below = 80 * (total - floor) / (likely - floor)
    shown = int(below) if level == LOOK else min(100, 80 + round(ABOVE * (total - likely)))
    return Likeness(shown, level, tuple(Reason(*one) for one in ordered))

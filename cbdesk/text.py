"""Vietnamese text: clean form, search form, sameness, order, and the parts of a name.

Four views of one string, each with its own use; never mix them:

* ``tidy``       what is stored and shown (NFC, single spaces);
* ``fold``       what is searched (no marks, no capitals; "Đặng" -> "dang");
* ``match_key``  what is *the same word* (hoà = hòa, Lý = Lí, but Páo is not Pao);
* ``name_key`` / ``collate_key``  what is sorted: plain ASCII, stored in a column, compared byte by byte. ICU and
  ``QCollator`` are not used because their order differs between systems and is wrong for phrases.

Everything is pure. Text in an old encoding must pass through ``charsets.decode`` *before* any function here: in TCVN3
the soft hyphen is the letter ư.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Literal, get_args

NameOrder = Literal["given-family-middle", "given-middle-family"]
NAME_ORDERS: tuple[NameOrder, ...] = get_args(NameOrder)

_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng; 0 is ngang
# Letters of the alphabet with a hat, horn or bar, written so that bytes sort as the dictionary: a ă â b … d đ e ê …
_SORT_LETTERS = {"ă": "a}", "â": "a~", "đ": "d~", "ê": "e~", "ô": "o}", "ơ": "o~", "ư": "u~"}


def nfc(s: str) -> str:
    """Return the composed form (NFC)."""
    return unicodedata.normalize("NFC", s)


_SPACES = "\x7f\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, (*range(32), *range(128, 160), *range(0x2000, 0x200B)))
)


def _tidy_table() -> dict[int, str]:
    table = dict.fromkeys(map(ord, _SPACES), " ")
    table |= dict.fromkeys(map(ord, "\u200b\u2060\ufeff"), "")
    table |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # halves of a pair cannot be stored
    return table | {0xD0: "Đ"}  # eth looks the same and comes from old keyboards


_TIDY = _tidy_table()
_TIDY_LINES = {cp: to for cp, to in _TIDY.items() if cp != 0x0A}


@lru_cache(maxsize=32768)
def tidy(s: str) -> str:
    """Return one clean line: NFC, every kind of space as one space, ends stripped, Ð (eth) as Đ.

    The soft hyphen stays: in text that was never decoded it is a letter.
    """
    if s.isascii() and s.isprintable():
        return " ".join(s.split())
    return " ".join(unicodedata.normalize("NFC", s.translate(_TIDY)).split())


def tidy_lines(s: str) -> str:
    """Return clean text that keeps its line breaks; empty lines at the ends are dropped."""
    if "\n" not in s and "\r" not in s:
        return tidy(s)
    text = unicodedata.normalize("NFC", s.replace("\r\n", "\n").replace("\r", "\n").translate(_TIDY_LINES))
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")


# --- search form -------------------------------------------------------------------------------------------------

_LATIN = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"


def _fold_slow(s: str) -> str:
    marks = unicodedata.normalize("NFD", s.translate(_TIDY))
    return "".join(c for c in marks if not unicodedata.combining(c) and c != "\xad").casefold()


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {cp: chr(cp + 32) for cp in range(0x41, 0x5B)}
    for letter in _LATIN:
        base = unicodedata.normalize("NFD", letter)[0]
        table[ord(letter)] = table[ord(letter.upper())] = base
    table |= {ord(c): "d" for c in "đĐ\xd0"}
    table |= {ord(c): None for c in _TONES} | {0x302: None, 0x306: None, 0x31B: None, 0xAD: None}
    return {**_TIDY, **table}


_FOLD = _fold_table()


def fold(s: str) -> str:
    """Return the search form: no marks, đ as d, small letters, single spaces. 200,000 rows take about half a second."""
    folded = s.translate(_FOLD)
    if not folded.isascii():
        folded = _fold_slow(folded)
    return " ".join(folded.split())


_LONE_Y = re.compile(r"\b([hklmstv]?|qu)([iy])\b")


def search_forms(query: str) -> list[str]:
    """Return what to look for in folded text: the folded query first, then its i/y spellings ("li" finds Lý)."""
    folded = fold(query)
    spots = [m.start(2) for m in _LONE_Y.finditer(folded)]
    if not spots or len(spots) > 3:
        return [folded]
    forms = [folded]
    for letters in product("iy", repeat=len(spots)):
        chars = list(folded)
        for at, letter in zip(spots, letters, strict=True):
            chars[at] = letter
        if (form := "".join(chars)) not in forms:
            forms.append(form)
    return forms


# --- sameness ----------------------------------------------------------------------------------------------------

_WORDS = re.compile(r"[^\W_]+")
_MATCH_Y = re.compile(r"^([bcdđghklmnprstvx]*|qu)y$")


def _split_tone(syllable: str) -> tuple[str, int, int]:
    """Return (letters without tone, tone 0–5, index of the letter that carries it or -1)."""
    letters: list[str] = []
    tone, at = 0, -1
    for c in unicodedata.normalize("NFD", syllable):
        if c in _TONES:
            tone, at = (_TONES[c], len(letters) - 1) if not tone else (tone, at)
        elif unicodedata.combining(c) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + c)
        else:
            letters.append(c)
    return "".join(letters), tone, at


@lru_cache(maxsize=16384)
def _match_syllable(syllable: str) -> str:
    letters, tone, _ = _split_tone(syllable)
    return f"{_MATCH_Y.sub(lambda m: m[1] + 'i', letters)}{tone}"


@lru_cache(maxsize=32768)
def match_key(s: str) -> str:
    """Return the form in which two spellings of one word are equal: tone placement, i/y, case, spaces, hyphens, Ð."""
    if s.isascii() and s.isdigit():
        return s + "0"  # a syllable without a tone, as below
    plain = tidy(s.replace("\xad", "")).casefold().replace("'", "").replace("’", "")
    return " ".join(_match_syllable(w) for w in _WORDS.findall(unicodedata.normalize("NFC", plain)))


# --- order -------------------------------------------------------------------------------------------------------

_TOKENS = re.compile(r"\d+|[^\W\d_]+")


def _sort_letters(letters: str) -> str:
    out = []
    for c in letters.casefold():
        if c.isascii():
            out.append(c)
        elif c in _SORT_LETTERS:
            out.append(_SORT_LETTERS[c])
        else:
            base = _fold_slow(c)
            out.append(base if base.isascii() and base else f"~{ord(c):06x}")
    return "".join(out)


@lru_cache(maxsize=32768)
def _sort_token(token: str) -> tuple[str, str, str]:
    """Return (letters and tone, case 0/1/2, last resort) of a syllable or a number, all ASCII."""
    if token[0].isdecimal():
        digits = str(int(token))
        return f"{len(digits):02d}{digits}", "0", f"{min(len(token), 99):02d}"
    letters, tone, at = _split_tone(token)
    case = "0" if letters.islower() else "1" if letters[1:].islower() or len(letters) == 1 else "2"
    # hoà before hòa: the later the mark, the earlier the word, only among otherwise equal ones
    return f"{_sort_letters(letters)}{tone}", case, str(9 - min(at + 1, 9))


def _tokens(s: str) -> list[tuple[str, str, str]]:
    return [_sort_token(t[:60]) for t in _TOKENS.findall(tidy(s.replace("\xad", "")))]


def collate_key(s: str) -> str:
    """Return the dictionary key of a word or phrase: syllable by syllable letters, tone, then small before capital.

    Numbers count by value ("Xóm 2" before "Xóm 10") and stand before letters. The key is ASCII text.
    """
    tokens = _tokens(s)
    return "!".join(main + case for main, case, _ in tokens) + " " + "".join(rest for *_, rest in tokens)


def split_name(s: str) -> tuple[str, str, str]:
    """Return (family, middle, given). One word is a given name; two are family and given; absent parts are ""."""
    words = tidy(s).split(" ")
    if len(words) == 1:
        return "", "", words[0]
    return words[0], " ".join(words[1:-1]), words[-1]


def name_key(s: str, order: NameOrder = "given-family-middle") -> str:
    """Return the sort key of a person's name as ASCII text, for a column sorted byte by byte.

    ``given-family-middle`` is the order of printed lists (tên, họ, đệm); the other one is a setting. Capitals count
    only after everything else, so that "BẾ VĂN AN" stands beside "Bế Văn An".
    """
    family, middle, given = split_name(s)
    parts = (given, family, middle) if order == "given-family-middle" else (given, middle, family)
    tokens = [_tokens(part) for part in parts]
    fields = " ".join("!".join(main for main, *_ in part) for part in tokens)
    flat = [token for part in tokens for token in part]
    return f"{fields} {''.join(rest for *_, rest in flat)}{''.join(case for _, case, _ in flat)}"


# --- names, numbers ----------------------------------------------------------------------------------------------


def raise_initials(s: str) -> str:
    """Return the text with the first letter of each word as a capital, the others untouched (names from TCVN3)."""
    return "".join(w[:1].upper() + w[1:] for w in re.split(r"(\s+|-)", nfc(s)))


def name_case(s: str) -> str:
    """Return a name written all in capitals or all small as a name is written; a mixed one is left alone."""
    clean = tidy(s)
    if clean.isupper() or clean.islower():
        return raise_initials(clean.lower())
    return clean


# The 11-digit mobile numbers of before 15/09/2018 and what they became (Ministry of Information, 2018).
_RENUMBERED = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
    "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_PHONE = re.compile(r"0[35789]\d{8}|02\d{9}")


def _whole(v: object) -> int | None:
    """Return the whole number a cell holds (Excel gives floats), or None."""
    if isinstance(v, bool):
        return None
    if isinstance(v, int):
        return v
    return int(v) if isinstance(v, float) and v.is_integer() else None


def phone(v: object) -> tuple[str, bool]:
    """Return (digits, whether they are a Vietnamese number in force). A lost first zero comes back.

    Text with letters is returned as written and not valid. Two numbers in one cell: see ``phones``.
    """
    number = _whole(v)
    text = str(number) if number is not None else tidy(str(v if v is not None else ""))
    if any(c.isalpha() for c in text):
        return text, False
    digits = re.sub(r"\D", "", text)
    if text.startswith("+84") or (digits.startswith("84") and len(digits) in (11, 12)):
        digits = "0" + digits[2:].removeprefix("0")
    if len(digits) == 9 and digits[0] in "35789":
        digits = "0" + digits
    if len(digits) == 11 and digits[:4] in _RENUMBERED:
        digits = _RENUMBERED[digits[:4]] + digits[4:]
    return digits or text, _PHONE.fullmatch(digits) is not None


def phones(v: object) -> list[str]:
    """Return each number of a cell such as "0912345678/0355123456", as ``phone`` writes it, valid or not."""
    if _whole(v) is not None:
        return [phone(v)[0]]
    return [phone(part)[0] for part in re.split(r"[/;,\n]|\s-\s", str(v or "")) if part.strip()]


_NUMBER = re.compile(r"\+?\d[\d .()-]*")


def number_forms(query: str) -> list[str]:
    """Return the digits to look for when a query is a number as people write it; empty for anything else.

    Spaces, dots and brackets go, +84 becomes 0, an old mobile number also stands for its new one.
    """
    written = tidy(query)
    if not _NUMBER.fullmatch(written):
        return []
    digits = re.sub(r"\D", "", written)
    at_home = ["0" + digits[2:].removeprefix("0")] if written.startswith("+84") else []
    return list(dict.fromkeys((digits, *at_home, phone(written)[0])))


def personal_id(v: object) -> str:
    """Return the personal number as 12 digits where the zeros were lost to a number cell; else as written.

    Spaces and dots between digits are dropped. Nothing is checked here: see ``kinds``.
    """
    number = _whole(v)
    if number is not None:
        return str(number).zfill(12) if 9 <= len(str(number)) <= 11 else str(number)
    text = tidy(str(v if v is not None else "")).lstrip("'")
    joined = re.sub(r"[ .]", "", text)
    return joined if joined.isascii() and joined.isdigit() else text

"""Old Vietnamese encodings: TCVN3 (ABC), VNI, VISCII, cp1258, and UTF-8 read as cp1252.

Old lists hold letters of these encodings as if they were Western ones, because a font (``.VnTime``, ``VNI-Times``)
drew them right. A sheet is judged by vote (``detect``), then each cell by itself (``cell_charset``), because people
paste. The judge is the language: which reading turns the words into possible Vietnamese syllables.

Decode before cleaning: U+00AD, the soft hyphen, is ư in TCVN3. Results are NFC. Tables are those of TCVN 5712:1993
VN3, VISCII (RFC 1456) and VNI for Windows; checked against iconv.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

CHARSETS = ("unicode", "tcvn3", "tcvn3_cp1258", "vni", "viscii", "cp1258", "utf8_as_cp1252")

# --- tables ------------------------------------------------------------------------------------------------------

_TCVN3_ROWS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩ",
    0xDD: "íịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_TCVN3 = {chr(start + i): letter for start, row in _TCVN3_ROWS.items() for i, letter in enumerate(row)}


def _seen_through_cp1258() -> dict[str, str]:
    """Return TCVN3 whose bytes were read as cp1258: some letters come as marks (CC D2 DE EC F2), some as ăđơư."""
    table = {}
    for seen, letter in _TCVN3.items():
        try:
            table[bytes([ord(seen)]).decode("cp1258")] = letter
        except UnicodeDecodeError:
            table[seen] = letter
    return table


_TCVN3_CP1258 = _seen_through_cp1258()

_VISCII_BYTES = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII = {chr(0x80 + i): letter for i, letter in enumerate(_VISCII_BYTES)}
_VISCII |= {"\x02": "Ẳ", "\x05": "Ẵ", "\x06": "Ẫ", "\x14": "Ỷ", "\x19": "Ỹ", "\x1e": "Ỵ"}


def _cp1252_char(byte: int) -> str:
    """Return what Windows shows for a byte; the five holes of cp1252 come as control characters."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_CP1252_BYTES = {_cp1252_char(b): b for b in range(0x80, 0x100)} | {chr(b): b for b in range(0x80, 0x100)}
_VISCII |= {_cp1252_char(0x80 + i): letter for i, letter in enumerate(_VISCII_BYTES)}

# VNI: a letter and then its mark. Hat, breve and their tones stand on a, e, o; plain tones on every vowel.
_VNI_TONES = dict(zip("øùûõï", "\u0300\u0301\u0309\u0303\u0323", strict=True))
_VNI_HATS = {"â": "\u0302"} | dict(zip("àáåãä", ("\u0302" + t for t in "\u0300\u0301\u0309\u0303\u0323"), strict=True))
_VNI_BREVES = {"ê": "\u0306"} | dict(
    zip("èéúüë", ("\u0306" + t for t in "\u0300\u0301\u0309\u0303\u0323"), strict=True)
)
_VNI_SINGLE = dict(zip("ìíæóòîñôöÌÍÆÓÒÎÑÔÖ", "ìíỉĩịỵđơưÌÍỈĨỊỴĐƠƯ", strict=True))


def _vni_pairs() -> dict[str, str]:
    table = {}
    for base in "aeouyôö":
        marks = _VNI_TONES | (_VNI_HATS if base in "aeo" else {}) | (_VNI_BREVES if base == "a" else {})
        for mark, combining in marks.items():
            small = unicodedata.normalize("NFC", _VNI_SINGLE.get(base, base) + combining)
            for form in (mark, mark.upper()):
                table[base + form] = small
                table[base.upper() + form] = small.upper()
    return table


_VNI_PAIRS = _vni_pairs()
_VNI_TOKEN = re.compile("|".join(map(re.escape, (*_VNI_PAIRS, *_VNI_SINGLE))))

# --- decoding ----------------------------------------------------------------------------------------------------


def _decode_tcvn3(s: str) -> str:
    return "".join(_TCVN3.get(c, c) for c in s)


def _decode_tcvn3_cp1258(s: str) -> str:
    out = []
    for c in s:
        if c in _TCVN3_CP1258:
            out.append(_TCVN3_CP1258[c])
        else:  # an editor may have joined a letter and a "mark" that was a letter of its own
            parts = unicodedata.normalize("NFD", c)
            out.append("".join(_TCVN3_CP1258.get(p, p) for p in parts) if len(parts) > 1 else _TCVN3.get(c, c))
    return "".join(out)


def _decode_vni(s: str) -> str:
    return _VNI_TOKEN.sub(lambda m: _VNI_PAIRS.get(m[0]) or _VNI_SINGLE[m[0]], s)


def _decode_viscii(s: str) -> str:
    return "".join(_VISCII.get(c, c) for c in s)


def _decode_cp1258(s: str) -> str:
    """Return cp1258 whose bytes were read as cp1252: â, ê, ô are letters of their own, tones are marks."""
    raw = bytearray()
    out = []
    for c in s:
        if ord(c) < 0x80 or c in _CP1252_BYTES:
            raw.append(_CP1252_BYTES.get(c, ord(c) & 0x7F))
        else:
            out += [raw.decode("cp1258", "replace"), c]
            raw = bytearray()
    return "".join(out) + raw.decode("cp1258", "replace")


def _decode_utf8_as_cp1252(s: str) -> str:
    # à is C3 A0, and A0 (a space to every cleaner) is often a plain space or gone by now
    s = re.sub("Ã (?=[^\\W\\d_])", "Ã\xa0", s)
    s = re.sub("Ã (?= |$)|Ã(?=$)", "Ã\xa0", s)
    return re.sub(r"[^\x00-\x7f]+", lambda m: _utf8_run(m[0]), s)


def _utf8_run(run: str) -> str:
    if not all(c in _CP1252_BYTES for c in run):
        return run
    try:
        return bytes(_CP1252_BYTES[c] for c in run).decode("utf-8")
    except UnicodeDecodeError:
        return run


_DECODERS: dict[str, Callable[[str], str]] = {
    "unicode": lambda s: s,
    "tcvn3": _decode_tcvn3,
    "tcvn3_cp1258": _decode_tcvn3_cp1258,
    "vni": _decode_vni,
    "viscii": _decode_viscii,
    "cp1258": _decode_cp1258,
    "utf8_as_cp1252": _decode_utf8_as_cp1252,
}


def decode(s: str, charset: str) -> str:
    """Return the text as NFC Unicode. What the encoding does not explain stays as it is. Raises ``KeyError``."""
    decoder = _DECODERS[charset]
    return s if s.isascii() and charset != "viscii" else unicodedata.normalize("NFC", decoder(s))


_ACCEPTED = frozenset("–—‘’“”…•·«»°±×½¼¾²³§€™✓✔☑☐→≤≥\xa0\u200b")


_PLAIN = re.compile(f"[\t\n\r -~đĐ{''.join(sorted(set(_VISCII.values())))}]*")


def unconvertible(s: str, charset: str) -> str:
    """Return the characters of ``s`` that come out as nothing Vietnamese, each once: boxes, odd signs, private use."""
    left: list[str] = []
    text = decode(s, charset)
    if _PLAIN.fullmatch(text):
        return ""
    for c in text:
        plain = unicodedata.normalize("NFD", c)[0]
        known = c.isascii() and (c.isprintable() or c in "\t\n\r")
        if known or c in _ACCEPTED or c in "đĐ" or c in _VIETNAMESE_MARKS:
            continue
        if plain.isascii() and _is_vietnamese_letter(c):
            continue
        if c not in left:
            left.append(c)
    return "".join(left)


# --- is it Vietnamese? -------------------------------------------------------------------------------------------

_VIETNAMESE_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_ONSET = "(?:ngh|ng|nh|gh|gi|kh|ch|ph|th|tr|qu|[bcdđghklmnprstvx])?"
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et
ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang
oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt
ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh uên ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya
uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y yêm yên yêng yêt yêu ynh yt
"""
_SYLLABLE = re.compile(f"({_ONSET})({'|'.join(sorted(_RIMES.split(), key=len, reverse=True))})")
_STOPPED = re.compile(r".*(?:ch|[cpt])")
_LETTERS = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aăâeêioôơuưy")


@cache
def _is_vietnamese_letter(c: str) -> bool:
    parts = unicodedata.normalize("NFD", c)
    return parts[0].isascii() and parts[0].isalpha() and all(m in _VIETNAMESE_MARKS for m in parts[1:])


def _tone_places(onset: str, rime: str) -> set[int]:
    """Return the letters of a rime that may carry its tone, by the old and the new manner of writing."""
    vowels = [i for i, c in enumerate(rime) if c in _VOWELS]
    if onset in ("qu", "gi"):
        return {-1, *vowels}
    if hatted := [i for i, c in enumerate(rime) if c in "ăâêôơ"]:
        return {hatted[-1]}
    if len(vowels) == 1 or len(vowels) < len(rime):
        return {vowels[-1]}
    if len(vowels) == 3:
        return {1}
    return {0, 1} if rime in ("oa", "oe", "uy") else {0}


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Return whether a word of letters can be a Vietnamese syllable: any case, one tone in its place, stops sharp."""
    letters: list[str] = []
    tone, at = "", 0
    for c in unicodedata.normalize("NFD", word.lower()):
        if c in _TONES:
            if tone or not letters:
                return False
            tone, at = c, len(letters) - 1
        elif unicodedata.combining(c) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + c)
        else:
            letters.append(c)
    match = _SYLLABLE.fullmatch("".join(letters))
    if not match:
        return False
    if tone and at - len(match[1]) not in _tone_places(match[1], match[2]):
        return False
    return not _STOPPED.fullmatch(match[2]) or tone in ("\u0301", "\u0323")


def _odd_case(word: str, *, loud: bool) -> bool:
    """Return whether capitals stand where nobody writes them: VÃ¡n, or BÕ among small letters."""
    if len(word) == 1 or word[1:].islower():
        return False
    return not (loud and (word.isupper() or word[1:].isupper()))


def _score(words: Iterable[str], charset: str, *, loud: bool = True) -> int:
    """Return how well a charset explains words: each word +1 as a syllable, -1 as nonsense."""
    total = 0
    for raw in words:
        word = decode(raw, charset)
        pieces = _LETTERS.findall(word)
        whole = len(pieces) == 1 and pieces[0] == word.strip("()[],.;:/-\"'“”")
        foreign = charset in _WESTERN and any(ord(c) > 0xFF and c not in _CP1252_BYTES for c in raw)
        good = whole and not foreign and is_syllable(pieces[0]) and not _odd_case(pieces[0], loud=loud)
        total += 1 if good else -1
    return total


_WESTERN = frozenset(("tcvn3", "vni", "viscii"))  # seen as Western letters, never as ă or ư
# Where two readings are equal, the one more common in our offices is taken.
_CANDIDATES = ("unicode", "tcvn3", "vni", "utf8_as_cp1252", "tcvn3_cp1258", "viscii", "cp1258")


def _foreign_words(cells: Iterable[str], limit: int) -> list[str]:
    """Return the words that hold something beyond ASCII; only they tell encodings apart."""
    words: list[str] = []
    for cell in cells:
        # a no-break space may be half a letter of UTF-8, so only plain white space parts words here
        words += [w for w in re.split(r"[ \t\r\n/,;]+", cell) if w and not w.isascii()]
        if len(words) >= limit:
            break
    return words[:limit]


def detect(cells: Iterable[str]) -> str:
    """Return the charset that turns most words of a sheet into Vietnamese; ``unicode`` when nothing speaks."""
    words = _foreign_words(cells, 2000)
    return max(_CANDIDATES, key=lambda c: _score(words, c)) if words else "unicode"


def speaks_against(cells: Iterable[str], charset: str) -> bool:
    """Return whether these texts are plainly Unicode and not in the charset their fonts claim (fonts may lie)."""
    words = _foreign_words(cells, 2000)
    return _score(words, "unicode") > _score(words, charset)


# --- one cell ----------------------------------------------------------------------------------------------------

_UNICODE_ONLY = re.compile("[\u1ea0-\u1ef9ĩũĨŨ]")
_ALSO_CP1258 = re.compile("[ăĂđĐơƠưƯ]|[A-Za-z][\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323]")
_TCVN3_SIGN = re.compile(
    "[A-Za-z][µ¸¹¨©®¬\xad¶¾ª¢£¤¥¦]|[µ¸¹¨©®¬\xad¶¾ª¡¢£¤¥¦§][A-Za-zµ¸¹¨©®¬\xad¶»¾ª«¦]|[A-Za-z][«»][A-Za-z]"
)


def font_charset(font: str | None) -> str | None:
    """Return the encoding a font was made for, or None for a font that says nothing."""
    name = (font or "").strip().lower().lstrip("@")
    if name.startswith(".vn"):
        return "tcvn3"
    if name.startswith("vni-") or name == "vni":
        return "vni"
    return None


def capital_font(font: str | None) -> bool:
    """Return whether a font draws small letters as capitals (.VnTimeH, .VnArialH)."""
    name = (font or "").strip()
    return name.lower().startswith(".vn") and name.endswith("H")


def cell_charset(s: str, font: str | None, sheet: str) -> str:
    """Return the charset of one cell: letters only Unicode has, signs only TCVN3 has, the font, the words, the sheet.

    ``font`` is None where fonts tell nothing (a CSV, or a sheet whose old text stands in a Unicode font); a font that
    is given and is not an old one speaks for Unicode where the words allow both.
    """
    if s.isascii() or _UNICODE_ONLY.search(s):
        return "unicode"
    if sheet not in ("tcvn3_cp1258", "cp1258", "utf8_as_cp1252"):
        if _ALSO_CP1258.search(s):
            return "unicode"
        if _TCVN3_SIGN.search(s) and sheet != "viscii":
            return "tcvn3"
    by_font = font_charset(font)
    if by_font:
        return by_font
    words = _foreign_words([s], 60)
    loud = not any(c.islower() and c.isascii() for c in s)
    order = ("unicode", sheet, "tcvn3", "vni") if font else (sheet, "unicode", "tcvn3", "vni")
    return max(dict.fromkeys(order), key=lambda c: _score(words, c, loud=loud))


@lru_cache(maxsize=16384)
def decode_cell(s: str, font: str | None, sheet: str) -> str:
    """Return the decoded text of one cell (or of one run of one font), in capitals where the font drew capitals."""
    return decode_as(s, font, cell_charset(s, font, sheet))


def decode_as(s: str, font: str | None, charset: str) -> str:
    """Return the text of one cell in an encoding that is known, in capitals where the font drew capitals."""
    text = decode(s, charset)
    return text.upper() if capital_font(font) and (charset == "tcvn3" or s.isascii()) else text

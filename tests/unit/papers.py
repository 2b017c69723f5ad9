"""Material for the tests about papers: a small catalogue, people, and a finished paper of any length."""

from __future__ import annotations

import tomllib
from datetime import date

from cbdesk.catalogue import Catalogue, Choice, ChoiceList, Report, Units
from cbdesk.dates import read_period
from cbdesk.paths import resources
from cbdesk.report import Office, make

TODAY = date(2026, 10, 12)
OFFICE = Office(unit="xã Bảo Lạc", officer="Nông Thị Hạnh", signer="vice_chair", signer_name="Lục Văn Sơn")


def choice_list(name, *rows):
    choices = []
    for order, (code, label, extra) in enumerate(rows):
        choices.append(Choice(code=code, labels={"vi": label, "en": f"en {code}"}, order=order, **extra))
    return ChoiceList(name, {"vi": name}, "", tuple(choices))


LISTS = {one.name: one for one in (
    choice_list(
        "group",
        ("01", "Mồ côi cả cha và mẹ", {}), ("01.3", "Mồ côi cả cha và mẹ, sống với người thân thích", {"parent": "01"}),
        ("04", "Khuyết tật", {}), ("03", "Không nơi nương tựa", {}), ("03.3", "Cha đi tù", {"parent": "03"}),
        ("04.a", "Nặng", {"parent": "04", "verified": False}),
        ("05", "Nhiễm HIV/AIDS", {"sensitive": True}),
        ("11", "Bị xâm hại tình dục", {"sensitive": True}),
        ("11.4", "Dâm ô", {"parent": "11", "sensitive": True}),
    ),
    choice_list("risk", ("R01", "Hộ nghèo", {"extra": {"poverty": True}}),
                ("R02", "Hộ cận nghèo", {"extra": {"poverty": True}}), ("R05", "Cha mẹ đi làm ăn xa", {}),
                ("R07", "Gia đình có bạo lực", {"sensitive": True})),
    choice_list("relation", ("father", "Cha đẻ", {"shorts": {"vi": "Cha"}}),
                ("mother", "Mẹ đẻ", {"shorts": {"vi": "Mẹ"}}), ("grandmother", "Bà ngoại", {})),
    choice_list("sex", ("male", "Nam", {}), ("female", "Nữ", {}), ("unknown", "Chưa rõ", {})),
    choice_list("life_status", ("permanent", "Thường trú", {}), ("temporary", "Tạm trú", {}),
                ("left", "Đi khỏi", {"extra": {"gone": "moved"}}), ("dead", "Đã mất", {"extra": {"gone": "died"}}),
                ("over_16", "Đủ 16 tuổi", {"extra": {"gone": "turned_16"}})),
    choice_list("support_kind", ("cash", "Trợ cấp xã hội hằng tháng", {}), ("card", "Thẻ BHYT", {})),
)}


def report(name="special"):
    raw = (resources() / "catalogue" / "reports" / f"{name}.toml").read_text(encoding="utf-8")
    return Report(name, tomllib.loads(raw))


def catalogue():
    return Catalogue(version=0, forms={}, lists=LISTS, units=Units(()), reports={}, law={})


def person(key, name="Nông Văn An", codes=("01",), *, born="2016-05-01", sex="male", village="Xóm Nà Héng",
           form="circumstance", since="2026-01-01", until=None, **more):
    child = {"id": key, "full_name": name, "born": born, "sex": sex, **more.pop("child", {})}
    episodes = [{"form": form, "code": code, "from": since, "to": until} for code in codes]
    return {"child": child, "village_name": village, "ethnicity": "Tày", "carers": [], "episodes": episodes,
            "household": None, "supports": [], **more}


def paper_of(people, name="special", period="2026-09", **more):
    more.setdefault("today", TODAY)
    office = more.pop("office", OFFICE)
    return make(report(name), people, office, read_period(period), catalogue=catalogue(), **more)


def paper(rows, **more):
    """Return a list of that many children with names, groups and villages of many lengths."""
    names = ("Vừ Thị Dở", "Nguyễn Thị Ẫ Ỗ Ằ Ệ", "Lý Mùi Mẩy", "Hoàng Thị Phương Thảo Nguyên Hạnh")
    groups = (("01",), ("04",), ("01.3", "04"), ("04.a",))
    people = [person(f"c{n:04}", names[n % 4], groups[n % 4], sex=("male", "female")[n % 2],
                     village=("Xóm Nà Héng", "Xóm Lũng Tẩu", "")[n % 3],
                     supports=[{"kind": "cash"}, {"kind": "card"}][: n % 3]) for n in range(rows)]
    return paper_of(people, **more)

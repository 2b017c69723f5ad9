"""The law on personal data: consents, disclosures, requests, erasure with minutes, keeping, lost devices, extracts."""

import shutil
from datetime import date

import pytest

from cbdesk import clock, desk, extract, lawful, seal
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.extract import Extract
from cbdesk.rights import ALL, SENSITIVE

NOW = "2026-11-24T09:00"


@pytest.fixture(autouse=True)
def _now():
    clock.set_fixed(NOW)


def child(book, name="Hoàng Thị Mai", born="2016-05-01", **more):
    return book.save("child", {"full_name": name, "born": born, "sex": "female", **more}).id


def refused(problem, work):
    with pytest.raises(Problem) as caught:
        work()
    assert caught.value.name == problem
    return caught.value


def agreed(book, of, **more):
    return book.save("consent", {"child": of, "purpose_code": "publish", "given": "given", "by": "Nông Thị Hoa",
                                 "on": "2026-01-05", **more}).id  # fmt: skip


# --- purposes and consents -------------------------------------------------------------------------------------------


def test_every_purpose_has_a_basis_a_source_and_says_whether_consent_is_asked(commune):
    known = commune.purposes(date(2026, 11, 24))
    assert all(one.extra["basis"] and one.source and one.extra["consent"] in ("none", "both") for one in known)
    asked = {one.code: one.extra["consent"] for one in known}
    assert (asked["register"], asked["report"], asked["publish"]) == ("none", "none", "both")
    assert not any(one.verified for one in known)  # that the register is such an activity is our reading


@pytest.mark.parametrize(("more", "born", "reasons"), [
    ({"child_asked": True}, "2016-05-01", ("agreed",)),
    ({}, "2016-05-01", ("child_not_asked",)),
    ({"on": "2022-01-01"}, "2016-05-01", ("before_seven",)),
    ({}, "2021-05-01", ("agreed",)),
    ({}, None, ("child_not_asked",)),
    ({"by": None, "child_asked": True}, "2016-05-01", ("no_representative",)),
    ({"withdrawn_on": "2026-11-24", "child_asked": True}, "2016-05-01", ("withdrawn",)),
    ({"until": "2026-11-23", "child_asked": True}, "2016-05-01", ("over",)),
    ({"given": "refused"}, "2016-05-01", ("refused",)),
    ({"purpose_code": None, "child_asked": True}, "2016-05-01", ("not_asked",)),
])  # fmt: skip
def test_publishing_needs_the_representative_and_from_seven_the_child(more, born, reasons):
    answer = {"id": "1", "purpose_code": "publish", "given": "given", "by": "Nông Thị Hoa", "on": "2026-01-05", **more}
    found = lawful.verdict("publish", {"born": born}, [answer], date(2026, 11, 24))
    assert found.reasons == reasons
    assert found.allowed == (reasons == ("agreed",))
    assert all(found.texts)


def test_the_last_answer_rules():
    yes = {"id": "1", "purpose_code": "publish", "given": "given", "by": "A", "child_asked": True, "on": "2026-01-05"}
    answers = [yes, {"id": "2", "purpose_code": "publish", "given": "refused", "on": "2026-02-05"}]
    assert lawful.verdict("publish", {"born": "2016"}, answers, date(2026, 11, 24)).reasons == ("refused",)


def test_sharing_without_consent_is_refused_unless_overridden_with_a_reason(commune):
    """Case 39."""
    one = child(commune)
    given = {"kind": "media", "recipient": "Báo Cao Bằng", "purpose": "publish", "way": "paper", "what": "ảnh"}
    assert "hỏi ý kiến" in refused("no_consent", lambda: commune.disclose([one], **given)).what
    assert not commune.disclosures()
    commune.disclose([one], **given, override="  Chủ tịch cho phép  ")
    (entry,) = commune.disclosures(one)
    assert entry.override == "Chủ tịch cho phép"
    assert ("override", "publish") in {(row[3], row[5]) for row in commune.ledger.accesses()}


def test_a_standing_consent_is_due_at_the_seventh_birthday(commune):
    one = child(commune, born="2019-12-01")
    agreed(commune, one)
    (due,) = [item for item in commune.due(within=30) if item.what == "consent"]
    assert (due.child, due.due.date()) == (one, date(2026, 12, 1))
    agreed(commune, one, child_asked=True, on="2026-11-20")
    assert not [item for item in commune.due(within=30) if item.what == "consent"]


# --- requests --------------------------------------------------------------------------------------------------------


def test_a_request_has_its_terms_and_leaves_what_is_due_when_answered(commune):
    one = child(commune)
    asked = commune.save("data_request", {"kind": "delete", "child": one, "asker": "Nông Thị Hoa",
                                          "received_on": "2026-11-20"}).id  # fmt: skip
    (request,) = commune.requests(waiting=True)
    assert request.number.startswith("YC-2026-")
    assert {term.name: term.last for term in request.terms} == {
        "request_first": date(2026, 11, 25),  # a Friday not counted, a Monday, the day off of 24/11, a Wednesday
        "request_delete": date(2026, 12, 10)}  # fmt: skip
    assert {item.what for item in commune.due(within=30)} >= {"request_first", "request"}
    commune.first_answer(asked)
    assert [term.name for term in commune.requests()[0].terms] == ["request_delete"]
    refused("no_reason", lambda: commune.answer_request(asked, "refused"))
    refused("minutes_first", lambda: commune.answer_request(asked, "done"))
    commune.answer_request(asked, "refused", ground="keeping")
    assert not commune.requests(waiting=True)
    assert not [item for item in commune.due(within=30) if item.what.startswith("request")]


def test_whom_the_file_is_kept_from_gets_no_view_and_everybody_else_is_logged(commune):
    one = child(commune)
    commune.save("carer", {"child": one, "relation": "father", "full_name": "Hoàng Văn Tú", "restricted": True})
    ask = {"kind": "view", "child": one, "received_on": "2026-11-20"}
    bad = commune.save("data_request", {**ask, "asker": "hoàng văn tú", "relation": "father"}, by_hand=True)
    assert [one.name for one in bad.findings] == ["restricted_asker"]
    refused("restricted_person", lambda: commune.answer_request(bad.id, "done"))
    assert not commune.disclosures(one)
    good = commune.save("data_request", {**ask, "asker": "Nông Thị Hoa", "relation": "mother"}, by_hand=True)
    assert not good.findings
    commune.answer_request(good.id, "done")
    (entry,) = commune.disclosures(one)
    assert (entry.kind, entry.purpose, entry.source) == ("family", "own_copy", good.id)
    assert commune.restricted_people(one) == ["Hoàng Văn Tú"]


def test_who_may_not_see_what_is_sensitive_gives_nobody_a_view_and_learns_nothing(commune):
    one = child(commune)
    commune.save("carer", {"child": one, "relation": "father", "full_name": "Hoàng Văn Tú", "restricted": True})
    commune.disclose([one], kind="police", recipient="", purpose="investigate", way="paper", what="x", covered=True)
    ask = {"kind": "view", "child": one, "received_on": "2026-11-20", "asker": "Hoàng Văn Tú", "relation": "father"}
    commune._rights = frozenset({"view", "edit", "export", "send", "erase", "officers"})
    made = commune.save("data_request", ask, by_hand=True)
    assert not made.findings
    refused("no_right", lambda: commune.answer_request(made.id, "done"))
    assert (commune.disclosures(), commune.restricted_people(one)) == ([], [])
    assert [profile.name for profile in commune.profiles() if profile.covered] == []
    refused("no_right", lambda: commune.extract_preview("restricted", period="2026-10"))
    refused("no_right", lambda: commune.erasure_plan(one))


def test_a_withdrawal_answered_ends_the_consents_that_stand(commune):
    one = child(commune)
    agreed(commune, one, child_asked=True)
    assert commune.may_disclose(one, "publish").allowed
    asked = commune.save("data_request", {"kind": "withdraw", "child": one, "asker": "A", "received_on": "2026-11-20"})
    commune.answer_request(asked.id, "done")
    assert commune.may_disclose(one, "publish").reasons == ("withdrawn",)


# --- what leaves is written ------------------------------------------------------------------------------------------


def test_what_verbs_give_away_stands_in_the_log(commune, tmp_path):
    one, other = child(commune), child(commune, "Lý Văn An")
    listed = commune.cleaning_make().id
    commune.cleaning_files(listed, tmp_path)
    commune.cleaning_files(listed, tmp_path, overwrite=True)  # the same list again is the same disclosure
    (police,) = commune.disclosures(other)
    assert (police.kind, police.count, police.source) == ("police", 2, listed)
    assert set(commune.disclosed_children(police.id)) == {one, other}
    case = commune.save("case", {"child": one, "opened_on": "2026-11-01"}).id
    commune.save("referral", {"case": case, "agency": "Trạm y tế", "sent_on": "2026-11-20", "service": "health",
                               "consent": "given"})  # fmt: skip
    commune.write_paper("cong_van_chuyen", case, tmp_path / "a.pdf", "blank")
    assert len(commune.disclosures(one)) == 1  # a blank form gives nothing away
    commune.print_paper("cong_van_chuyen", case)
    commune.print_paper("02", case, copy="family")
    kinds = {entry.kind: entry for entry in commune.disclosures(one)}
    assert set(kinds) == {"police", "office", "family"}
    assert (kinds["office"].recipient, kinds["office"].covered) == ("Trạm y tế", True)
    commune.write_law_paper(commune.disclosure_paper(one), tmp_path / "b.pdf", one)
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")


# --- erasure ---------------------------------------------------------------------------------------------------------


def test_an_erasure_has_minutes_first_goes_to_the_receiver_and_comes_back_confirmed(pair, stick, tmp_path):
    commune, receiver = pair
    one, other = child(commune), child(commune, "Lý Văn An")
    own = commune.save("incident", {"child": [one], "kind": "injury", "received_at": "2026-11-01T08:00"}).id
    both = commune.save("incident", {"child": [one, other], "kind": "injury", "received_at": "2026-11-01T08:00",
                                     "summary": "Hoàng Thị Mai ngã"}).id  # fmt: skip
    asked = commune.save("data_request", {"kind": "delete", "child": one, "asker": "A", "received_on": "2026-11-20"}).id
    commune.disclose([one], kind="school", recipient="B", purpose="protect", way="paper", what="c", paper_no="7")
    commune.send(stick)
    receiver.receive([stick])
    commune.receive([stick])
    older = commune.backup(tmp_path)

    plan = commune.erasure_plan(one)
    assert dict(plan.counts) == {"child": 1, "data_request": 1, "disclosure": 1, "disclosure_part": 1, "incident": 1}
    assert {mention.kind for mention in plan.mentions} == {"incident", "text"}
    assert any("(7)" in copy for copy in plan.copies)
    refused("minutes_first", lambda: commune.erase_by_law(one, "request", "vì"))
    refused("no_folder", lambda: commune.erase_by_law(one, "request", "vì", file=tmp_path / "no" / "a.pdf"))
    assert commune.store.row("child", one)  # nothing goes before the minutes stand

    commune.erase_by_law(one, "request", "gia đình yêu cầu", file=tmp_path / "a.pdf", request=asked)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    for record, form in ((one, "child"), (own, "incident"), (asked, "data_request")):
        assert commune.store.row(form, record) is None
    assert commune.get(both)["child"] == [other]
    (done,) = commune.erasures()
    assert (done.done, done.agrees, set(done.confirmed.values())) == (True, True, {""})
    assert "Mai" not in str([commune.get(done.id), commune.history(done.id)])
    assert "gia đình yêu cầu" not in str(commune.store.db.execute("SELECT line FROM op").fetchall())

    second = tmp_path / "second"
    second.mkdir()
    commune.send(second)
    receiver.receive([second])
    (there,) = receiver.erasures()
    assert (there.done, there.agrees, there.digest) == (True, True, done.digest)
    receiver.write_erasure_paper(there.id, tmp_path / "r.pdf")
    commune.receive([second])
    assert all(commune.erasures()[0].confirmed.values())  # "the receiver erased it"
    assert commune.verify()["ok"]

    # an older copy comes back on this machine: what was erased since is erased again before anybody sees it
    back = desk.restore(tmp_path / "again", older, "Nông Thị Hạnh", "mật khẩu")
    try:
        assert back.store.row("child", one) is None
        assert back.store.is_blank([one])
        assert back.verify()["ok"]
    finally:
        back.close()
    # and on another machine, which remembers nothing: it comes back from the receiver
    back_memory = commune.store._memory()
    commune.close()
    shutil.rmtree(back_memory.parent)
    back = desk.restore(tmp_path / "elsewhere", older, "Nông Thị Hạnh", "mật khẩu")
    try:
        assert back.store.row("child", one)
        third = tmp_path / "third"
        third.mkdir()
        back.save("child", {"full_name": "Lý Văn Bình"})
        back.send(third)
        receiver.receive([third])
        back.receive([third])
        assert back.store.row("child", one) is None
        assert back.store.is_blank([one])
    finally:
        back.close()


def test_an_issued_list_that_names_the_child_stays_and_is_named_in_the_minutes(commune):
    one = child(commune)
    commune.save("circumstance", {"child": one, "code": "01.1", "from": "2024-01-01"})
    clock.set_fixed("2026-11-24T09:00")
    commune.snapshot("special", "2026-10")
    assert [mention.kind for mention in commune.erasure_plan(one).mentions] == ["issued"]


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_nothing_is_over_until_the_office_says_how_long_and_nothing_goes_by_itself(commune):
    one = child(commune, life_status="left", status_since="2020-03-01")
    assert {term.years for term in commune.retention_terms()} == {None}
    assert commune.retention_over() == []
    refused("no_reason", lambda: commune.set_retention("child_left", 5, " "))
    commune.set_retention("child_left", 5, "Bảng thời hạn của UBND xã")
    (over,) = commune.retention_over()
    assert (over.record, over.began, over.until) == (one, "2020-03-01", "2025-03-01")
    assert commune.store.row("child", one)
    refused("no_reason", lambda: commune.keep_longer(one, date(2027, 1, 1), ""))
    commune.keep_longer(one, date(2027, 1, 1), "đang khiếu nại")
    assert commune.retention_over() == []
    assert [item.record for item in commune.retention_over(date(2027, 1, 2))] == [one]


def test_a_closed_case_is_kept_at_least_from_the_day_the_child_is_of_age(commune):
    one = child(commune, born="2010-05-01")
    commune.save("case", {"child": one, "opened_on": "2026-01-01", "closed_on": "2026-02-01", "end": "safe"})
    commune.set_retention("case", 1, "Bảng thời hạn")
    assert commune.retention_over(date(2029, 4, 30)) == []
    assert [item.kind for item in commune.retention_over(date(2029, 5, 1))] == ["case"]


# --- a lost device ---------------------------------------------------------------------------------------------------


def test_a_lost_device_is_told_within_72_hours_with_what_was_on_it(pair, stick, tmp_path):
    commune, receiver = pair
    child(commune)
    commune.send(stick)
    receiver.receive([stick])
    unit, node = commune.unit.key, commune.node
    lost = receiver.report_loss({"unit": unit, "device": node, "detected_at": "2026-11-23T10:00"}).id
    (loss,) = receiver.losses(waiting=True)
    assert loss.until.strftime("%Y-%m-%dT%H:%M") == "2026-11-26T10:00"
    facts = receiver.loss_facts(lost)
    assert (facts.counts["child"], facts.arrived[0], facts.revoked) == (1, commune.status()["written_to"], False)
    receiver.revoke(node, "mất máy")
    assert receiver.loss_facts(lost).revoked
    own = commune.report_loss({"detected_at": "2026-11-23T10:00"}).id
    assert [item.what for item in commune.due(within=3) if item.hours] == ["breach"]
    assert (commune.loss_facts(own).sheets, len(commune.loss_facts(own).costs)) == (1, 1)
    for ending, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        path = commune.write_law_paper(commune.loss_paper(own), tmp_path / f"a.{ending}", own)
        assert path.read_bytes().startswith(begins)
    commune.loss_told(own, "Công an tỉnh")
    assert commune.losses(waiting=True) == []


# --- extracts --------------------------------------------------------------------------------------------------------


def test_profiles_name_no_field_that_never_travels_and_a_wrong_one_is_named(monkeypatch):
    assert list(extract.faults(catalogue())) == []
    one = extract.profile("single")
    forms = {"incident": ["shelter", "told_111_at"], "child": ["nowhere"]}
    bad = extract.Profile("bad", "record", ("nothing",), (), 1, False, {"forms": forms})
    monkeypatch.setattr(extract, "profiles", lambda: {"bad": bad, "single": one})
    assert {text.split(": ")[1] for text in extract.faults(catalogue())} == {
        "no purpose 'nothing'", "incident.shelter never travels", "no field child.nowhere"}  # fmt: skip


def test_an_extract_is_what_was_shown_sealed_logged_never_merged_and_refused_once_over(pair, stick, monkeypatch):
    commune, receiver = pair
    both = child(commune, "Nông Thị Cúc")
    for code, day in (("05", "2024-01-01"), ("04", "2024-02-01")):  # of the first not even the day travels
        commune.save("circumstance", {"child": both, "code": code, "from": day})
    hidden = child(commune, "Lò Văn Kín")
    commune.save("circumstance", {"child": hidden, "code": "05", "from": "2024-01-01"})
    sealed = child(commune, "Vi Thị Riêng")
    commune.save("circumstance", {"child": sealed, "code": "11", "from": "2024-01-01"})

    named = commune.extract_preview("named", period="2026-10")
    assert [row[0] for row in named.made.rows] == ["Nông Thị Cúc"]
    assert "HIV" not in str(named)
    assert [row[0] for row in commune.extract_preview("restricted", period="2026-10").made.rows] == ["Vi Thị Riêng"]
    single = commune.extract_preview("single", subject=both)
    assert "HIV" not in str(single)
    assert [row[2] for row in single.made.rows if row[0] == "Hoàn cảnh đặc biệt"] == ["Trẻ em khuyết tật", "01/02/2024"]

    charity = commune.extract_preview("named", purpose="charity", period="2026-10")
    assert (charity.made.rows, charity.left_out) == ((), 1)
    refused("no_consent", lambda: commune.extract_preview("single", purpose="service", subject=both))
    refused("not_for_profile", lambda: commune.extract_preview("statistics", purpose="charity"))
    refused("extract_empty", lambda: commune.extract_send(charity, receiver.node, stick))
    refused("no_recipient", lambda: commune.extract_send(named, "0" * 16, stick))

    path = commune.extract_send(named, receiver.node, stick)
    (entry,) = commune.disclosures(both)
    assert (entry.profile, entry.count, entry.expires) == ("named", 1, "2027-02-22")
    assert commune.bundles() == []  # it is no bundle
    assert [one.problem.name for one in receiver.receive([path])] == ["wrong_type"]
    found = receiver.read_extract(path)
    assert (found.rows, found.columns, found.basis) == (named.made.rows, named.made.columns, named.made.basis)
    assert found.sender.unit == commune.unit.key
    assert receiver.children() == []
    refused("wrong_recipient_or_damaged", lambda: commune.read_extract(path))
    apart = commune.extract_send(commune.extract_preview("restricted", period="2026-10"), receiver.node, stick)
    assert receiver.read_extract(apart).rows
    with monkeypatch.context() as patch:
        patch.setattr(type(receiver), "rights", ALL - {SENSITIVE})
        refused("no_right", lambda: receiver.read_extract(apart))  # who may not see it does not see it in a file either
        assert receiver.read_extract(path).rows
    clock.set_fixed("2027-02-23T08:00")
    assert "22/02/2027" in refused("extract_expired", lambda: receiver.read_extract(path)).what


def test_anonymous_statistics_hold_no_name_no_id_and_no_small_figure(commune):
    for number in range(9):
        child(commune, f"Hoàng Thị {'ABCDEFGHI'[number]}", village="Nà Ca" if number % 3 else "Bản Đông")
    made = commune.extract_preview("statistics")
    told = str(made.made.rows)
    assert "Hoàng" not in told
    assert made.children == ()
    figures = {(row[1], row[2]): row[3] for row in made.made.rows if "xóm" in row[0]}
    total = next(value for (line, column), value in figures.items() if line.startswith("Tổng") and column == line)
    assert total == "9"
    assert {figures["Bản Đông", "Tổng số"], figures["Nà Ca", "Tổng số"]} == {"…"}  # 3 and 6: six would tell three


@pytest.mark.parametrize(("change", "field"), [
    ({"expiry": "2026"}, "expiry"), ({"count": -1}, "count"), ({"fields": []}, "fields"), ({"profile": ""}, "profile"),
    ({"fields": [["a", "A"], ["b", "x" * 300]]}, "fields"), ({"what": "given"}, "count"),
])  # fmt: skip
def test_a_strangers_extract_is_refused_field_by_field(change, field):
    manifest = {"profile": "named", "title": "t", "purpose": "report", "basis": "b", "what": "extract",
                "fields": [["a", "A"]], "count": 1, "expiry": "2027-01-01", "at": NOW, **change}  # fmt: skip
    opened = type("Opened", (), {"manifest": manifest, "lines": (), "sender": None, "manifest_sha256": ""})()
    assert refused("bad_manifest", lambda: extract.read(opened, date(2026, 11, 24))).details["field"] == field


def test_rows_of_another_width_or_kind_are_damage(pair):
    commune, receiver = pair
    made = Extract("named", "t", "report", "b", (("a", "A"),), (("x",),), 1, "2027-01-01")
    for rows in (((1,),), (("x", "y"),), (("x" * 3_000,),)):
        bad = Extract(**{name: getattr(made, name) for name in ("profile", "title", "purpose", "basis", "columns")},
                      rows=rows, count=1, expires="2027-01-01")  # fmt: skip
        data, _, _ = extract.pack(commune.keys, commune._me(), receiver._me(), bad, practice=True)
        opened = seal.unseal(data, receiver.keys.identity, receiver.node, receiver.ledger.device, practice=True,
                             kind="extract")  # fmt: skip
        assert refused("payload_damaged", lambda opened=opened: extract.read(opened, date(2026, 11, 24)))

"""Files of records an officer may not see: they travel and stay like all others, whoever sends, attaches or erases."""

from compartment_kit import JUNIOR, NOW, PNG, as_officer, people, written

from cbdesk import clock


def test_files_of_what_is_hidden_travel_and_are_not_swept(commune):
    clock.set_fixed(NOW)
    people(commune)
    child = written(commune, "child", full_name="Hoàng Văn Páo", born="2014-03-05")
    told = {"kind": "abuse", "received_at": "2026-11-20T09:00", "child": [child]}
    commune.attach_bytes(written(commune, "incident", **told), PNG)
    held = commune.store.owed("0" * 16, commune.unit.key)
    assert len(held) == 1
    junior = as_officer(commune, JUNIOR)
    assert junior.store.owed("0" * 16, junior.unit.key) == held
    junior.attach_bytes(child, PNG + b"seen")
    junior.store.sweep_blobs()
    assert junior.store.has_blob(held[0][0])
    digest = held[0][0]
    junior.store.take_blobs("1" * 16, {digest: PNG})
    assert [one for one, _ in junior.store.owed("1" * 16, junior.unit.key)] != [digest]

"""A second implementation of age agrees with the one we use (spec 3.4)."""

import json

import bundle_kit as kit
import pyrage
import pytest
import second_age_reader as reader

from cbdesk import container, seal

GOOD = sorted(kit.VECTORS.glob("good/*.cbd"), key=lambda path: path.stem)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_it_opens_committed_bundles(path):
    archive = reader.decrypt(path.read_bytes(), kit.RECEIVER.keys.identity)
    assert json.loads(container.open_archive(archive)["manifest.json"])["app"] == "0.1.0"


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200_000])
def test_it_agrees_around_the_chunk_size(size):
    keys = seal.DeviceKeys.new()
    data = bytes(size)
    sealed = seal.encrypt(data, [kit.RECEIVER.device.age_recipient, keys.age_recipient])
    assert reader.decrypt(sealed, keys.identity) == data
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(keys.identity)]) == data


def test_it_refuses_damage_and_other_keys():
    sealed = kit.sealed(kit.op_lines(1))
    with pytest.raises(ValueError):
        reader.decrypt(sealed, kit.STRANGER.keys.identity)
    for at in range(0, len(sealed), 97):
        bent = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(ValueError):
            reader.decrypt(bent, kit.RECEIVER.keys.identity)
    for length in range(400, len(sealed), 97):
        with pytest.raises(ValueError):
            reader.decrypt(sealed[:length], kit.RECEIVER.keys.identity)

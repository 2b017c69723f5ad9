"""Verbs on attachments: a scan or photo of a signed paper, kept inside the encrypted register and carried with it.

Only PDF, JPEG and PNG are taken, told apart by their bytes, up to 5 MiB each. The original file stays where it was; it
is outside the register, so the officer is told to remove it. Looking at one is told to the access log.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cbdesk import carrier, text
from cbdesk.change import Value
from cbdesk.container import MAX_BLOB
from cbdesk.desk.base import Saved
from cbdesk.desk.records import Records
from cbdesk.errors import Problem
from cbdesk.rights import EDIT, EXPORT, needs
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER

ATTACHMENT = "attachment"
MEDIA = ((b"%PDF-", "application/pdf", ".pdf"), (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
         (b"\x89PNG\r\n\x1a\n", "image/png", ".png"))  # fmt: skip
"""First bytes of the kinds of files taken, their media type, and the ending they get outside."""


class Attachments(Records):
    """Verbs on attachments."""

    @needs(EDIT)
    def attach(self, record: str, path: Path, data: Mapping[str, Value] | None = None) -> Saved:
        """Keep a file with a record; ``data`` are fields of the form ``attachment`` (``title``, ``kind``, ``on``).

        Raises ``Problem``: ``no_record``, ``no_such_file``, ``unreadable_file``, ``attachment_type``,
        ``attachment_big``.
        """
        return self.attach_bytes(record, carrier.take(path), data)

    @needs(EDIT)
    def attach_bytes(self, record: str, content: bytes, data: Mapping[str, Value] | None = None) -> Saved:
        """Keep the bytes of a file with a record. Shapes and Problems as ``attach``."""
        self._record(record)
        media = media_of(content)
        if media is None:
            raise Problem("attachment_type")
        if len(content) > MAX_BLOB:
            raise Problem("attachment_big", size=_mib(len(content)), limit=_mib(MAX_BLOB))
        with self.store.atomic():
            digest = self.store.keep_blob(content)
            given: dict[str, Value] = {**(data or {}), "record": record, "media": media, "size": len(content)}
            saved = self.save(ATTACHMENT, {**given, "sha256": digest})
            if saved.id is None:
                self.store.sweep_blobs()
        return saved

    def _unit_of(self, draft: Draft) -> str:
        """A file belongs to the unit of the record it hangs on, also where the receiver adds it."""
        holder = draft.fields.get("record")
        if draft.form == ATTACHMENT and isinstance(holder, str) and self.store.row(ATTACHMENT, draft.record) is None:
            return str(self._record(holder)[1][OWNER])
        return super()._unit_of(draft)

    def attachments(self, record: str) -> list[dict[str, Any]]:
        """Return the attachments of a record, oldest first; ``here`` tells whether the file itself has arrived."""
        rows: list[dict[str, Any]] = self.store.rows(ATTACHMENT, "record = ?", (record,), order="id")
        for row in rows:
            row["here"] = self.store.has_blob(str(row["sha256"]))
        return rows

    def open_attachment(self, attachment: str) -> tuple[bytes, str]:
        """Return a file and its media type, and tell the access log. Raises ``no_record``, ``attachment_missing``."""
        form, row = self._record(attachment)
        if form != ATTACHMENT:
            raise Problem("no_record")
        content = self.store.blob(str(row.get("sha256")))
        if content is None:
            raise Problem("attachment_missing")
        with self.store.atomic():
            self.ledger.log_access(self.officer, "view", attachment)
        return content, str(row.get("media") or "")

    @needs(EXPORT)
    def write_attachment(self, attachment: str, path: Path, *, overwrite: bool = False) -> Path:
        """Write a file outside the register, on purpose. Raises ``Problem`` as ``open_attachment``, and of group U."""
        content, media = self.open_attachment(attachment)
        ending = next((ending for _, one, ending in MEDIA if one == media), "")
        target = path if path.suffix.lower() == ending else path.with_name(path.name + ending)
        # who agreed to replace a file agreed to the one named, not to another that our ending makes of it
        written = self.put_out(target, content, overwrite=overwrite and target == path)
        with self.store.atomic():
            self.ledger.log_access(self.officer, "export", attachment)
        return written


def media_of(content: bytes) -> str | None:
    """Return the media type of a file by its first bytes; ``None`` for what is not taken."""
    return next((media for begin, media, _ in MEDIA if content.startswith(begin)), None)


def _mib(size: int) -> str:
    return text.tidy(f"{size / 1024 / 1024:.1f}".replace(".", ","))

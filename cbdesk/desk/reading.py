"""Verbs that read other people's files. (The importer plans; the desk matches with what is here and writes.)"""

from __future__ import annotations

from cbdesk.desk.base import Base


class Reading(Base):
    """Verbs that read other people's files."""

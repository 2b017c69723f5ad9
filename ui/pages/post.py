"""Gửi, nhận qua mạng: the server of the receiver, as its paper says; tried out step by step before it is trusted.

Rules. A password is never shown again; left empty, the one that is kept stays. A certificate is trusted because the
system does, or because its groups were typed from paper, never because somebody said yes to it here. Sending by itself
is off until it is switched on.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.desk import Changed, Desk, Errand, PostSettings
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.pages import NARROW, Action, Page, register
from ui.parts import (
    Button,
    Card,
    Checkbox,
    Hint,
    Icon,
    Label,
    Labelled,
    LineField,
    PasswordField,
    Rule,
    Scroller,
    SectionTitle,
)

SIDE, NARROW_SIDE, WIDE = 380, 320, 760
TRIED = ("connect", "certificate", "login", "folder", "write", "read")
OF_FIELD = {"post_not_https": "url", "post_bad_url": "url", "post_bad_pin": "pin", "post_bad_proxy": "proxy"}
MARKS = {True: ("checkmark_circle", "ngoc"), False: ("error_circle", "gach"), None: ("circle", "ink3")}


class Stopped(Exception):
    """The trying out is not to go on."""


class Trying(Card):
    """The steps of trying out a server: which hold, and at which it stops, with what to do."""

    def __init__(self) -> None:
        super().__init__(name="trying")
        self.body.addWidget(SectionTitle(say("post.page.trying")))
        self.note = Label(say("post.page.trying_more"), "note", "ink3", wrap=True, name="trying_note")
        self.body.addWidget(self.note)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        self._lines: dict[str, tuple[Icon, Label]] = {}
        for at, name in enumerate(TRIED):
            icon = Icon("circle", "ink3", 16)
            label = Label(say(f"post.try.{name}"), "body", "ink3", wrap=True, name=f"try_{name}")
            grid.addWidget(icon, at, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, at, 1)
            self._lines[name] = (icon, label)
        self.body.addLayout(grid)
        self.trouble = Label("", "note", "ink", wrap=True, name="trying_trouble")
        self.trouble.hide()
        self.body.addWidget(self.trouble)
        self.button = Button(say("post.page.try"), icon="arrow_sync", name="try_server")
        self.forget = Button(say("post.page.forget"), "quiet", icon="dismiss", name="forget_server")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.button)
        row.addWidget(self.forget)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)

    def show_steps(self, steps: Sequence[Any], fingerprint: str = "") -> None:
        """Show what was found; nothing clears it."""
        found = {step.name: step for step in steps}
        for name, (icon, label) in self._lines.items():
            ok = found[name].ok if name in found else None
            mark, ink = MARKS[ok]
            icon.show_icon(mark, ink, filled=ok is not None)
            label.tone("ink3" if ok is None else "ink")
            label.setAccessibleName(f"{say(f'post.try.{name}')}: {say(f'post.page.held_{str(ok).lower()}')}")
        stopped = next((step.problem for step in steps if step.problem), None)
        if stopped is not None:
            self.note.say(say("post.page.stopped_at"))
            self.trouble.say(f"**{stopped.what}** {stopped.next} ({stopped.number})")
        elif steps:
            self.note.say(say("post.page.all_held"))
            self.trouble.say(say("post.page.fingerprint", groups=fingerprint))
        else:
            self.note.say(say("post.page.trying_more"))
        self.trouble.setVisible(bool(steps))


@register
class PostPage(Page):
    """The server for sending and receiving over the network."""

    name, icon, under = "post", "cloud", "settings"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._kept = PostSettings()
        self._working, self._flag = "", threading.Event()
        self._scroll = Scroller(spacing=12, name="post_scroll")
        self._scroll.body.addWidget(self._build_server())
        self._scroll.body.addStretch(1)
        self.trying = Trying()
        self.trying.button.clicked.connect(self._try)
        self.trying.forget.clicked.connect(self._ask_to_forget)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._scroll, 1)
        self._side = Scroller(spacing=0, name="trying_scroll")
        self._side.body.addWidget(self.trying)
        self._side.body.addStretch(1)
        row.addWidget(self._side)
        self.body.addLayout(row, 1)

    def _build_server(self) -> Card:
        card = Card(name="server_card", spacing=12)
        card.setMaximumWidth(theme.px(WIDE))
        card.body.addWidget(SectionTitle(say("post.page.server"), facts=say("post.page.server_facts")))
        self.url = LineField(hint="https://", label=say("post.page.url"), name="post_url")
        self.user = LineField(label=say("post.page.user"), height=40, name="post_user")  # as high as its neighbour
        self.password = PasswordField(label=say("post.page.password"), eye=say("unlock.eye"), name="post_password")
        self.pin = LineField(label=say("post.page.pin"), name="post_pin")
        self.proxy = LineField(label=say("post.page.proxy"), name="post_proxy")
        self.labelled = {
            name: Labelled(say(f"post.page.{name}"), field, note=say(f"post.page.{name}_note"), name=f"post_{name}")
            for name, field in (("url", self.url), ("user", self.user), ("password", self.password), ("pin", self.pin),
                                ("proxy", self.proxy))
        }  # fmt: skip
        for name in ("url", "pin", "proxy"):
            self.labelled[name].field.textChanged.connect(self.labelled[name].say)  # type: ignore[attr-defined]
        login = QHBoxLayout()
        login.setSpacing(12)
        login.addWidget(self.labelled["user"], 1)
        login.addWidget(self.labelled["password"], 1)
        card.body.addWidget(self.labelled["url"])
        card.body.addLayout(login)
        card.body.addWidget(self.labelled["pin"])
        card.body.addWidget(self.labelled["proxy"])
        card.body.addWidget(Rule())
        card.body.addWidget(self._build_automatic())
        self._card = card
        return card

    def _build_automatic(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.automatic = Checkbox(say("post.page.automatic"), name="post_automatic")
        column.addWidget(self.automatic)
        column.addWidget(Label(say(f"post.page.automatic_{self.shell.role}"), "note", "ink3", wrap=True))
        return made

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """Return the way here."""
        return ((say("shell.page.settings"), "settings"),)

    def primary(self) -> Action:
        """Keep what was typed."""
        busy = say("post.page.saving") if self._working == "save" else ""
        return Action("save_server", say("post.page.save"), self._save, "save", "Ctrl Enter", "", busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        return (Hint("Tab", say("settings.next")), Hint("Ctrl Enter", say("post.page.save").lower()),
                Hint("F5", say("post.page.try").lower()), Hint("Esc", say("shell.hint.back")))  # fmt: skip

    def handlers(self) -> Mapping[str, Any]:
        """Return the commands answered here."""
        return {"reload": self._try}

    def opened(self, **details: Any) -> None:
        """Show what is set; the focus is on the address."""
        self.url.setFocus(Qt.FocusReason.OtherFocusReason)
        self._load()

    def closed(self) -> None:
        """A password typed and not kept is not left standing; nobody waits for a server any more."""
        self.password.clear()
        self._flag.set()

    def changed(self, changed: Changed) -> None:
        """Nothing here depends on records."""

    def shaped(self, shape: str) -> None:
        """Give the side less room where there is little."""
        self._side.setFixedWidth(theme.px(NARROW_SIDE if shape == NARROW else SIDE))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_card"):
            self._card.setMaximumWidth(theme.px(WIDE))

    # what is set

    def _load(self) -> None:
        self.jobs.run(lambda desk: desk.post_settings(), self._show, owner=self)

    def _show(self, kept: PostSettings) -> None:
        self._kept = kept
        self.url.setText(kept.url)
        self.user.setText(kept.user)
        self.pin.setText(kept.pin)
        self.proxy.setText(kept.proxy)
        self.automatic.setChecked(kept.automatic)
        self.password.clear()
        self.password.setPlaceholderText(say("post.page.password_kept") if kept.has_password else "")
        self.trying.forget.setVisible(bool(kept.url) and self.shell.may(OFFICERS))
        for labelled in self.labelled.values():
            labelled.say()
        self.shell.refresh()

    def _typed(self) -> dict[str, Any]:
        """Return what is typed, as the desk takes it; ``None`` keeps what is kept."""
        return {
            "url": self.url.text(), "user": self.user.text(), "password": self.password.text() or None,
            "pin": self.pin.text(), "proxy": None if self.proxy.text() == self._kept.proxy else self.proxy.text(),
        }  # fmt: skip

    def _save(self) -> None:
        if self._working:
            return
        typed, automatic = self._typed(), self.automatic.isChecked()
        self._work("save")
        self.jobs.run(lambda desk: desk.set_post(**typed, automatic=automatic), self._saved, self._refused, self)

    def _saved(self, kept: PostSettings) -> None:
        self._work("")
        self._show(kept)
        self.shell.read_facts()
        self.talk.say(say("post.page.saved"))

    def _refused(self, problem: Problem) -> None:
        self._work("")
        field = OF_FIELD.get(problem.name)
        if field is None:
            self.talk.problem(problem)
            return
        self.labelled[field].say("stop", problem.what)
        self.labelled[field].field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _work(self, what: str) -> None:
        self._working = what
        self.trying.button.busy(say("post.page.trying_now") if what == "try" else "")
        self.shell.refresh()

    # forgetting

    def _ask_to_forget(self) -> None:
        def run() -> None:
            self.jobs.run(lambda desk: desk.set_post(""), self._forgotten, owner=self)

        self.talk.ask(say("post.page.forget_ask"), say("post.page.forget"), run)

    def _forgotten(self, kept: PostSettings) -> None:
        self._show(kept)
        self.trying.show_steps(())
        self.shell.read_facts()

    # trying out

    def _try(self) -> None:
        """Try what is typed, kept or not, without waiting for it here."""
        if self._working:
            return
        typed = self._typed()
        self._flag = flag = threading.Event()
        leaving = self.jobs.leaving
        self._work("try")
        self.trying.show_steps(())

        def tell(_step: str, _done: int, _total: int) -> None:
            if flag.is_set() or leaving.is_set():
                raise Stopped

        def walk(errand: Errand) -> None:
            def work() -> tuple[Sequence[Any], str] | None:
                try:
                    return errand.try_out(tell), errand.fingerprint
                except Stopped:
                    return None

            self.jobs.online(work, self._tried, self._refused, self)

        def begin(desk: Desk) -> Errand:
            return desk.begin_post(desk.post_account(**typed))

        self.jobs.run(begin, walk, self._refused, self)

    def _tried(self, found: tuple[Sequence[Any], str] | None) -> None:
        self._work("")
        if found is not None:
            self.trying.show_steps(*found)

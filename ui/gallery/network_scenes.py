"""Scenes of sending over the network: the server that is set, trying it out, and the steps of sending."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import PostSettings, SentOver
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.carry.places import NETWORK, Place
from ui.gallery.quality_scenes import live, settled
from ui.gallery.receiver_scenes import shown
from ui.gallery.scenes import Stage, scene
from ui.pages.carry import CHECK, CONTENT, MAKE
from ui.pages.post import TRIED

HOST, URL = "kho.caobang.gov.vn", "https://kho.caobang.gov.vn/dav/treem"
GROUPS = "NBQA5 CC1X2 QREC8 QRYBB S1XV9 3V9ZQ"
SERVER = PostSettings(URL, "bao-lac", has_password=True, pin=GROUPS, automatic=True, last_at="2026-10-12T08:15:00")
SENT = SentOver(Path("01321-8c1f-401-612-5be0917a.cbd"), "8c1f" * 4, 401, 612, 212, 21_504, "5be0917ac2" * 6 + "9d3f",
                f"{URL}/inbox/5be0917ac2.cbd", already=False)  # fmt: skip


def _server(stage: Stage) -> tuple[Any, Any]:
    window = live(stage, "post")
    page = window.shell.page()
    page._show(SERVER)
    return window, page


def _steps(stopped: str = "", problem: Problem | None = None) -> list[Any]:
    at = TRIED.index(stopped) if stopped else len(TRIED)
    held = [True] * at + [False] * (at < len(TRIED)) + [None] * len(TRIED)
    return [SimpleNamespace(name=name, ok=ok, problem=problem if ok is False else None)
            for name, ok in zip(TRIED, held, strict=False)]  # fmt: skip


@scene("post")
def post(stage: Stage) -> QWidget:
    """The server that is set, tried out from end to end."""
    window, page = _server(stage)
    page.trying.show_steps(_steps(), GROUPS)
    stage.wait(100)
    return window  # type: ignore[no-any-return]


@scene("post_refused")
def post_refused(stage: Stage) -> QWidget:
    """A server whose certificate is not the one of the paper."""
    window, page = _server(stage)
    page.trying.show_steps(_steps("certificate", Problem("cert_changed", host=HOST)))
    page.labelled["pin"].say("stop", Problem("post_bad_pin").what)
    stage.wait(100)
    return window  # type: ignore[no-any-return]


@scene("post_empty")
def post_empty(stage: Stage) -> QWidget:
    """No server is set."""
    return live(stage, "post")  # type: ignore[no-any-return]


def _transfer(stage: Stage) -> tuple[Any, Any]:
    window = live(stage, "transfer")
    page = window.shell.page()
    page._show_network(Place(NETWORK, (), say("carry.place.network"), HOST, server=True))
    page._out = SimpleNamespace(
        preview={"changes": 212, "from_seq": 401, "to_seq": 612, "counts": {"child": (14, 60), "care": (22, 0)},
                 "files": 2},
        status={}, bundles=(), receiver=catalogue().receiver(clock.today()).label,
    )  # fmt: skip
    page._place = Place(NETWORK, (), say("carry.place.network"), HOST, server=True)
    return window, page


@scene("transfer_network")
def transfer_network(stage: Stage) -> QWidget:
    """Where to: over the network."""
    window, page = _transfer(stage)
    row = page.picker._rows[NETWORK]
    row.setChecked(True)
    row.setFocus()
    window.shell.refresh()
    stage.wait(200)
    return window  # type: ignore[no-any-return]


@scene("transfer_network_going")
def transfer_network_going(stage: Stage) -> QWidget:
    """On the way, with how much and how long."""
    window, page = _transfer(stage)
    page._go(CONTENT)
    page._working = True
    page._go(MAKE)
    page.phase.say(say("post.step.bytes", step=say("post.step.send"), done="1,2 MB", total="3,4 MB") + " "
                   + say("post.step.minutes", n=2))  # fmt: skip
    page.bar.setValue(350)
    page.stop_button.setFocus()
    stage.after(lambda: setattr(page, "_working", False))
    stage.wait(200)
    return window  # type: ignore[no-any-return]


@scene("transfer_network_sent")
def transfer_network_sent(stage: Stage) -> QWidget:
    """It lies on the server."""
    window, page = _transfer(stage)
    page._sent = SENT
    page._tell_result(SENT)
    page._go(CHECK)
    stage.after(lambda: setattr(page, "_sent", None))
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("transfer_network_cut")
def transfer_network_cut(stage: Stage) -> QWidget:
    """The line would not hold."""
    window, page = _transfer(stage)
    page._go(CONTENT)
    page._not_created(Problem("net_cut", host=HOST))
    stage.wait(200)
    return window  # type: ignore[no-any-return]


@scene("inbox_network")
def inbox_network(stage: Stage) -> QWidget:
    """The receiver asks where the bundles are: on the server."""
    window = shown(stage, "inbox")
    page = window.shell.page()
    page._ask_source()
    settled(stage, window)
    page.source.show_network(Place(NETWORK, (), say("carry.place.network"), HOST, server=True))
    page.source._rows[NETWORK].setChecked(True)
    page.source._rows[NETWORK].setFocus()
    stage.after(page._close_source)
    stage.wait(200)
    return window  # type: ignore[no-any-return]

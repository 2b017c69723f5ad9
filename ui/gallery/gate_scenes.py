"""Scenes of the gate and of the layers over the window: unlocking, recovery, first start, palette, privacy cover."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from cbdesk import desk
from cbdesk.groups import groups_of
from cbdesk.words import say
from ui.app import gate_for
from ui.gallery.scenes import PASSWORD, Stage, scene
from ui.pages.setup import Setup
from ui.pages.unlock import Unlock
from ui.window import Window


def gate(stage: Stage, *, made: bool) -> tuple[Window, QWidget]:
    """Return a window at its gate, with or without a register in its folder."""
    folder = Path(stage.folder().parent) / ("closed" if made else "none")
    if made and not folder.exists():
        desk.setup(
            folder, role="commune", unit="01321", officer=say("demo.officer_commune"), password=PASSWORD, practice=True
        ).desk.close()
    window = Window(folder, gate_for)
    window.resize(*stage.size)
    window.show()
    stage.until(lambda: not window.jobs.is_busy())
    stage.keep(window)
    page = window.gate()
    assert page is not None
    return window, page


@scene("unlock")
def unlock(stage: Stage) -> QWidget:
    """Unlocking, with the Caps Lock warning."""
    window, page = gate(stage, made=True)
    assert isinstance(page, Unlock)
    page.form.password.setText(PASSWORD)
    page.form.password.caps_lock.emit(True)
    return window


@scene("recovery")
def recovery(stage: Stage) -> QWidget:
    """The recovery code, half typed."""
    window, page = gate(stage, made=True)
    assert isinstance(page, Unlock)
    page.to_recovery()
    groups = groups_of(bytes(range(70, 85))).split()
    page.recovery.code.spread(" ".join(groups[:3]) + groups[3][:1])
    return window


@scene("setup")
def setup(stage: Stage) -> QWidget:
    """First start, choosing the commune."""
    window, page = gate(stage, made=False)
    assert isinstance(page, Setup)
    page.office.picker.box.setText("bao l")
    return window


@scene("setup_weak")
def setup_weak(stage: Stage) -> QWidget:
    """First start, a password guessed too easily."""
    window, page = gate(stage, made=False)
    assert isinstance(page, Setup)
    page.go(1)
    page.officer.name.setText(say("demo.officer_commune"))
    page.officer.first.setText("nong1990")
    page.officer.is_right()
    return window


@scene("palette")
def palette(stage: Stage) -> QWidget:
    """The palette over a page."""
    window: Window = stage.shell()
    assert window.shell is not None
    window.show()
    stage.wait(50)
    window.shell.palette_layer.enter()
    stage.after(window.shell.palette_layer.leave)
    return window


@scene("privacy")
def privacy(stage: Stage) -> QWidget:
    """The hidden screen."""
    window: Window = stage.shell()
    assert window.shell is not None
    window.show()
    window.toggle_cover()
    stage.after(window.toggle_cover)
    return window


def _at_province(stage: Stage) -> tuple[Window, Unlock]:
    window, page = gate(stage, made=True)
    assert isinstance(page, Unlock)
    page.to_recovery()
    page.to_province()
    return window, page


@scene("province_request")
def province_request(stage: Stage) -> QWidget:
    """Asking the province, the new password being typed."""
    window, page = _at_province(stage)
    page.province.request.password.first.setText("ben song cay to chim hot")
    stage.wait(300)
    return window


@scene("province_asked")
def province_asked(stage: Stage) -> QWidget:
    """The request is written: six groups to read aloud."""
    window, page = _at_province(stage)
    province = page.province
    province.asked.show_asked("01321-reopen-request-0f3a91bc.cbr", groups_of(bytes(range(40, 55))))
    province.deck.show_card(province.asked)
    province.asked.have.setFocus()
    return window


@scene("province_answer")
def province_answer(stage: Stage) -> QWidget:
    """Opening with the answer."""
    window, page = _at_province(stage)
    page.province.to_answer()
    page.province.take_answer(Path("01321-reopen-answer-0f3a91bc.cbr"))
    return window

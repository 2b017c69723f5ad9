"""Guards about the binding itself, PySide6 (design: "Binding version")."""

import sys

from PySide6.QtWidgets import QLabel


def test_a_call_that_returns_nothing_keeps_the_count_of_none(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(5_000):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 500

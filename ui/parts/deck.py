"""Several widgets in one place, one shown at a time, like a stack but as high as the one shown.

``QStackedWidget`` takes the height of its highest page and forgets that wrapped text is higher when it is narrow.
"""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


class Deck(QWidget):
    """Cards on top of each other; only the present one takes room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._cards: list[QWidget] = []

    def add(self, card: QWidget) -> None:
        """Append a card; the first is shown."""
        self._column.addWidget(card)  # first: a card without a parent would open as a window
        card.setVisible(not self._cards)
        self._cards.append(card)

    def present(self) -> QWidget | None:
        """Return the card shown."""
        return next((card for card in self._cards if not card.isHidden()), None)

    def show_card(self, card: QWidget) -> None:
        """Show one card and hide the others."""
        for other in self._cards:
            other.setVisible(other is card)

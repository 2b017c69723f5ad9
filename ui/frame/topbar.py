"""The top bar: crumb or title, one line of facts, the palette box, at most two secondary buttons, the primary.

Rules. Exactly one primary, at the right, with its key on it, and it never leaves the window. Buttons are kept while
their name stays the same, so that the focus survives a refresh.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from cbdesk.words import say
from ui import icons, theme
from ui.pages import FULL, NARROW, Action, Page, title_of
from ui.parts import Badge, Button, Icon, Label, paint


class PaletteBox(QAbstractButton):
    """Looks like a search box and opens the palette."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ring", theme.RADIUS_BUTTON)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "palette_box", say("shell.palette.hint"))
        self.setToolTip(say("shell.palette.finds"))

    def sizeHint(self) -> QSize:
        """Return room for the words and the key."""
        return QSize(theme.px(196), theme.px(theme.FIELD))

    def minimumSizeHint(self) -> QSize:
        """Return room for the icon and the key."""
        return QSize(46 + paint.cap_width("Ctrl K"), theme.px(theme.FIELD))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint frame, icon, words, key."""
        painter = paint.smooth(QPainter(self))
        box = QRectF(self.rect())
        paint.frame(painter, box, theme.RADIUS_BUTTON, "hover" if self.underMouse() else "panel", "line2")
        icons.paint(painter, "search", QPointF(9, round(box.height() / 2 - 8)), "ink3", 16)
        wide = paint.cap_width("Ctrl K")
        paint.caps(painter, box.width() - wide - 7, box.height() / 2, "Ctrl K")
        room = QRectF(32, 0, box.width() - wide - 46, box.height())
        if room.width() > 60:
            paint.text(painter, room, say("shell.palette.hint"), "note", "ink3")
        painter.end()


class TopBar(QWidget):
    """Shows what the open page says about itself."""

    palette_wanted = Signal()
    went = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, Button] = {}
        self._actions: dict[str, Action] = {}
        self._head: QWidget | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 16, 0)
        row.setSpacing(8)
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(4)
        row.addLayout(self._crumbs)
        self.title = Label("", "title", elide=True, name="page_title")
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # shortened last of all
        row.addWidget(self.title)
        self._head_slot = QHBoxLayout()
        self._head_slot.setContentsMargins(8, 0, 0, 0)
        row.addLayout(self._head_slot)
        self.practice = Badge(say("shell.practice"), "nghe", name="practice")
        self.practice.hide()
        row.addWidget(self.practice)
        self.facts = Label("", "note", "ink3", elide=True, name="page_facts")
        self.facts.setMaximumWidth(2000)
        row.addSpacing(4)
        row.addWidget(self.facts, 100)
        row.addStretch(1)
        self.box = PaletteBox(self)
        self.box.clicked.connect(self.palette_wanted)
        row.addWidget(self.box)
        self._row = row
        self._shape = FULL
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "topbar")

    def sizeHint(self) -> QSize:
        """Return the height of the bar."""
        return QSize(600, theme.px(theme.TOP))

    def minimumSizeHint(self) -> QSize:
        """Let the title decide how narrow the bar may be."""
        return QSize(400, theme.px(theme.TOP))

    def shape(self, shape: str) -> None:
        """Follow the width of the window."""
        self._shape = shape
        self.facts.setVisible(shape != NARROW)

    def show_page(self, page: Page) -> None:
        """Show title, facts, crumbs and actions of a page, those that this officer is offered."""
        self.title.say(page.title())
        self.facts.say(page.facts())
        self._show_crumbs(page)
        self._show_head(page.head_widget())
        primary = page.primary()
        wanted = page.shell.allowed([*list(page.secondary())[:2], *([primary] if primary else [])])
        self._actions = {action.name: action for action in wanted}
        kinds = {action.name: "primary" if action is primary else "secondary" for action in wanted}
        names = list(self._actions)
        if names != list(self._buttons) or any(self._buttons[n].kind != kinds[n] for n in names):
            self._rebuild(names, kinds)
        for name, action in self._actions.items():
            button = self._buttons[name]
            button.tip(action.key)
            button.explain(action.why)
            button.busy(action.busy)
        self._fit()

    def _rebuild(self, names: list[str], kinds: dict[str, str]) -> None:
        for button in self._buttons.values():
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for name in names:
            button = Button("", kinds[name], self, name=f"action_{name}")
            button.clicked.connect(lambda _on=False, name=name: self._run(name))
            self._row.addWidget(button)
            self._buttons[name] = button
            button.show()

    def _run(self, name: str) -> None:
        action = self._actions.get(name)
        if action is not None and not action.why and not action.busy:
            action.run()

    def _show_head(self, head: QWidget | None) -> None:
        if head is self._head:
            return
        if self._head is not None:
            self._head_slot.removeWidget(self._head)
            self._head.hide()
        self._head = head
        if head is not None:
            self._head_slot.addWidget(head)
            head.show()

    def _show_crumbs(self, page: Page) -> None:
        while (item := self._crumbs.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for words, name in page.crumbs():
            link = Button(words or title_of(name), "link", self, name=f"crumb_{name}")
            link.clicked.connect(lambda _on=False, name=name: self.went.emit(name))
            self._crumbs.addWidget(link)
            self._crumbs.addWidget(Icon("chevron_right", "ink3", 16))

    def _fit(self) -> None:
        """Shorten in this order: the other parts to what they need, the key caps of the buttons, last the title."""
        wish = self.title.sizeHint().width()
        for caps in (True, False):
            for name, action in self._actions.items():
                self._buttons[name].say(action.words, action.icon, action.key if caps else "")
            if (room := self.width() - self._rest()) >= wish:
                break
        self.title.setMinimumWidth(max(0, min(wish, room)))

    def _rest(self) -> int:
        """Return the width everything but the title needs."""
        crumbs = [one for at in range(self._crumbs.count()) if (one := self._crumbs.itemAt(at).widget())]
        parts = [self._head, self.practice, self.box, *self._buttons.values()]
        shown = [*crumbs, *(one for one in parts if one is not None and not one.isHidden())]
        needs = (max(one.minimumSizeHint().width(), 0) or one.sizeHint().width() for one in shown)
        return sum(needs) + self._row.spacing() * len(shown) + 64

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the room."""
        super().resizeEvent(event)
        self._fit()

    def primary(self) -> Button | None:
        """Return the primary button, if the page has one."""
        return next((button for button in self._buttons.values() if button.kind == "primary"), None)

    def button(self, name: str) -> Button | None:
        """Return the button of an action."""
        return self._buttons.get(name)

"""Pages: the base class and the registry. A page is one module here with one class marked ``@register``.

A page says what stands in the top bar (``title``, ``facts``, ``crumbs``, ``primary``, ``secondary``), which keys the
status line teaches (``hints``) and which commands it answers (``handlers``). The shell calls ``opened`` each time the
page comes to the front, ``closed`` when it leaves, ``changed`` when rows changed anywhere. A page is made once and kept
until the book is locked; it holds no record longer than it needs to show it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk.desk import Changed, Desk
from cbdesk.words import has, say
from ui import theme
from ui.parts import Hint, State

if TYPE_CHECKING:
    from ui.frame.shell import Shell
    from ui.jobs import Jobs
    from ui.talk import Talk

BOTH = ("commune", "receiver")
FULL, COMPACT, NARROW = "full", "compact", "narrow"


@dataclass(frozen=True)
class Action:
    """One button of the top bar. ``why`` switches it off and says why; ``busy`` is the verb while it works."""

    name: str
    words: str
    run: Callable[[], None] = field(compare=False)
    icon: str = ""
    key: str = ""
    why: str = ""
    busy: str = ""


class Page(QWidget):
    """Base of all pages of the shell."""

    name: ClassVar[str] = ""
    """Key of the page; its title is the word ``shell.page.<name>`` unless ``title`` says otherwise."""
    icon: ClassVar[str] = ""
    order: ClassVar[int] = 0
    """Place in the rail, from 10 in tens; 100 and more stand under the rule. 0 is not in the rail."""
    roles: ClassVar[tuple[str, ...]] = BOTH
    rails: ClassVar[tuple[str, ...]] = ()
    """Roles in whose rail it stands, where it is not in the rail of all that may open it."""
    under: ClassVar[str] = ""
    """The page of the rail that is lit while this one is open (``children`` for a child's record)."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.shell = shell
        self.setObjectName(f"page_{self.name}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 0, 16, 12)
        self.body.setSpacing(12)

    @property
    def jobs(self) -> Jobs:
        """Return the background door."""
        return self.shell.jobs

    @property
    def talk(self) -> Talk:
        """Return the one who says things back: toasts, problems, questions, file dialogs."""
        return self.shell.talk

    # what the shell shows

    def title(self) -> str:
        """Return the title in the top bar."""
        return say(f"shell.page.{self.name}")

    def facts(self) -> str:
        """Return the quiet line beside the title."""
        return ""

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """Return the way here as (words, page name), without this page."""
        return ()

    def primary(self) -> Action | None:
        """Return the one primary action; Ctrl Enter does it as well."""
        return None

    def secondary(self) -> Sequence[Action]:
        """Return at most two secondary actions."""
        return ()

    def hints(self) -> Sequence[Hint]:
        """Return at most six key hints; call ``self.shell.refresh_hints()`` when they change with the focus."""
        return ()

    def states(self) -> Sequence[State]:
        """Return facts to stand first at the right of the status line."""
        return ()

    def head_widget(self) -> QWidget | None:
        """Return a widget to stand beside the title (a segmented choice), or nothing."""
        return None

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of ``ui.commands`` this page answers, by name."""
        return {}

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return the count beside the page's name in the rail; runs on the desk's thread. 0 shows nothing."""
        return 0

    # what happens to it

    def opened(self, **details: Any) -> None:
        """The page comes to the front; put the focus where work starts."""

    def closed(self) -> None:
        """The page leaves the front, or the book is about to be locked: keep drafts."""

    def changed(self, changed: Changed) -> None:
        """Rows of ``changed.forms`` differ now: reload if they are shown, keep selection and focus."""

    def shaped(self, shape: str) -> None:
        """The window is now ``full``, ``compact`` or ``narrow`` (see ``ui.frame.shell.shape_of``)."""

    def leave(self) -> bool:
        """Esc was pressed: close one layer and return ``True``, or ``False`` to let the shell go back."""
        return False


_registry: dict[str, type[Page]] = {}
_loaded: list[bool] = []
_ahead: list[str] = []
"""Pages that ``load_one`` imported before all are asked for."""


def register(page: type[Page]) -> type[Page]:
    """Enter a page into the registry; use as a decorator."""
    _registry[page.name] = page
    return page


def load() -> Mapping[str, type[Page]]:
    """Import every module of this package once and return the registry, name to class."""
    if not _loaded:
        for module in pkgutil.iter_modules(__path__):
            importlib.import_module(f"{__name__}.{module.name}")
        _loaded.append(True)
    return _registry


def load_one() -> bool:
    """Import one more module of this package: a little work while a person types the password. ``False`` at the end."""
    waiting = [module.name for module in pkgutil.iter_modules(__path__) if module.name not in _ahead]
    if _loaded or not waiting:
        return False
    _ahead.append(waiting[0])
    importlib.import_module(f"{__name__}.{waiting[0]}")
    return True


def rail(role: str) -> list[type[Page]]:
    """Return the pages of the rail for a role, in order."""
    found = [page for page in load().values() if page.order and role in (page.rails or page.roles)]
    return sorted(found, key=lambda page: page.order)


def title_of(name: str) -> str:
    """Return the name of a page as the rail and the palette say it."""
    return say(f"shell.page.{name}") if has(f"shell.page.{name}") else name


def margin() -> int:
    """Return the gap between cards."""
    return theme.px(12)

"""The parts every page is made of. ``ui/README.md`` lists them with their states; ``python -m ui.gallery`` shows them.

Rules. Parts paint themselves from the theme, carry an object name for tests and an accessible name, and know nothing
of the desk or of any page.
"""

from ui.parts.button import Button, IconButton
from ui.parts.card import Card, EmptyState, Hairlines, Scroller, SectionTitle, Skeleton, StatCard
from ui.parts.choice import DEGREES, Badge, Checkbox, FilterChip, Radio
from ui.parts.deck import Deck
from ui.parts.feedback import Banner, ProblemCard, Toast
from ui.parts.field import Labelled, LineField, ListField, PasswordField, Remark, SearchBox
from ui.parts.label import Icon, IconText, KeyCap, Label, Rule
from ui.parts.ring import FocusRing
from ui.parts.segmented import Option, Segmented
from ui.parts.status import Hint, State, StatusLine
from ui.parts.steps import Stepper

__all__ = [
    "DEGREES",
    "Badge",
    "Banner",
    "Button",
    "Card",
    "Checkbox",
    "Deck",
    "EmptyState",
    "FilterChip",
    "FocusRing",
    "Hairlines",
    "Hint",
    "Icon",
    "IconButton",
    "IconText",
    "KeyCap",
    "Label",
    "Labelled",
    "LineField",
    "ListField",
    "Option",
    "PasswordField",
    "ProblemCard",
    "Radio",
    "Remark",
    "Rule",
    "Scroller",
    "SearchBox",
    "SectionTitle",
    "Segmented",
    "Skeleton",
    "StatCard",
    "State",
    "StatusLine",
    "Stepper",
    "Toast",
]  # fmt: skip

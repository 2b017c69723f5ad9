"""Every key of the program in one table. The palette shows the same table, so no key is the only way to anything.

``where`` says who answers: ``shell`` (everywhere) or ``page`` (the open page, if it has a handler of that name in
``Page.handlers``). Keys that switch Vietnamese typing programs (Ctrl+Shift, Alt+Z) and keys of Windows (F10, bare Alt)
are never used. Words: ``shell.command.<name>``.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QKeySequence

from cbdesk.words import say


class Command(NamedTuple):
    """One command: name, keys (first one is shown), icon, who answers, page to go to."""

    name: str
    keys: tuple[str, ...]
    icon: str
    where: str = "page"
    page: str = ""

    @property
    def words(self) -> str:
        """Return what the command does, as the palette says it."""
        return say(f"shell.command.{self.name}")

    @property
    def cap(self) -> str:
        """Return the key as shown in a key cap, such as ``Ctrl K``."""
        return self.keys[0].replace("+", " ").replace("Return", "Enter") if self.keys else ""


COMMANDS: tuple[Command, ...] = (
    Command("help", ("F1",), "question_circle", "shell"),
    Command("record_incident", ("F2",), "clipboard_error", "shell", "incident"),
    Command("take_in", ("F2",), "arrow_download", "shell", "inbox"),
    Command("search_children", ("F3",), "search", "shell", "children"),
    Command("new_child", ("F4",), "person_add", "shell", "child"),
    Command("sibling", ("Shift+F4",), "person_add", "page"),
    Command("next_child", ("Ctrl+D",), "people", "page"),
    Command("fill_down", ("Ctrl+D",), "table", "page"),
    Command("compare_two", ("Ctrl+M",), "people_swap", "page"),
    Command("superior_form", (), "table", "shell", "superior_form"),
    Command("second_keying", (), "document_table", "shell", "second"),
    Command("reload", ("F5",), "arrow_clockwise", "page"),
    Command("next_pane", ("F6",), "arrow_right", "page"),
    Command("previous_pane", ("Shift+F6",), "arrow_left", "page"),
    Command("repeat", ("F7",), "copy", "page"),
    Command("next_finding", ("F8",), "warning", "page"),
    Command("previous_finding", ("Shift+F8",), "warning", "page"),
    Command("hide_screen", ("F9",), "eye_off", "shell"),
    Command("full_screen", ("F11",), "page_fit", "shell"),
    Command("palette", ("Ctrl+K",), "search", "shell"),
    Command("find", ("Ctrl+F",), "search", "page"),
    Command("new_row", ("Ctrl+N",), "add", "page"),
    Command("save", ("Ctrl+S",), "save", "page"),
    Command("undo", ("Ctrl+Z",), "arrow_undo", "shell"),
    Command("redo", ("Ctrl+Y",), "arrow_redo", "page"),
    Command("care_check", ("Ctrl+R",), "checkmark_circle", "page"),
    Command("care_evaluate", ("Ctrl+D",), "home_person", "page"),
    Command("print", ("Ctrl+P",), "print", "page"),
    Command("excel", ("Ctrl+E",), "table", "page"),
    Command("skip_step", (), "dismiss", "page"),
    Command("attach_file", (), "document", "page"),
    Command("hand_over", (), "arrow_upload", "page"),
    Command("requests", (), "shield_lock", "shell", "requests"),
    Command("given", (), "people_swap", "shell", "given"),
    Command("extracts", (), "box_checkmark", "shell", "extracts"),
    Command("keeping", (), "history", "shell", "keeping"),
    Command("losses", (), "shield_error", "shell", "losses"),
    Command("law_first", ("Ctrl+R",), "checkmark", "page"),
    Command("law_answer", ("Ctrl+T",), "checkmark_circle", "page"),
    Command("law_erase", ("Ctrl+D",), "delete", "page"),
    Command("rename_village", ("Ctrl+R",), "edit", "page"),
    Command("merge_villages", ("Ctrl+M",), "people_swap", "page"),
    Command("split_village", ("Ctrl+T",), "branch_compare", "page"),
    Command("look_after", (), "checkmark_circle", "page"),
    Command("join_homes", ("Ctrl+M",), "people_swap", "page"),
    Command("split_home", ("Ctrl+T",), "branch_compare", "page"),
    Command("move_home", ("Ctrl+R",), "arrow_right", "page"),
    Command("children_in", ("Ctrl+D",), "person_add", "page"),
    Command("leave_commune", (), "arrow_upload", "page"),
    Command("come_back", ("Ctrl+R",), "home", "page"),
    Command("paste", ("Ctrl+V",), "copy", "page"),
    Command("send", ("Ctrl+G",), "arrow_upload", "shell", "transfer"),
    Command("take_acks", (), "arrow_download", "shell", "transfer"),
    Command("count", ("Ctrl+H",), "number_symbol", "shell", "count"),
    Command("designer", (), "column_triple", "shell", "designer"),
    Command("handouts", (), "gift", "shell", "handouts"),
    Command("extras", (), "column_triple", "shell", "extras"),
    Command("calendar", (), "calendar_ltr", "shell", "calendar"),
    Command("school_year", (), "hat_graduation", "shell", "school_year"),
    Command("cards", (), "heart_pulse", "shell", "cards"),
    Command("homes", (), "home_person", "shell", "homes"),
    Command("poor_decision", (), "arrow_import", "shell", "decision"),
    Command("away", (), "arrow_right", "shell", "away"),
    Command("villages", (), "home", "shell", "villages"),
    Command("directory", (), "call", "shell", "directory"),
    Command("conflicts", (), "branch_compare", "shell", "conflicts"),
    Command("notes", (), "comment", "shell", "notes"),
    Command("ask_unit", (), "comment", "page"),
    Command("board", (), "alert_urgent", "shell", "board"),
    Command("behalf", (), "edit", "shell", "behalf"),
    Command("tip", (), "clipboard_error", "shell", "tip"),
    Command("trust", (), "shield_checkmark", "shell", "trust"),
    Command("retire_device", ("Ctrl+R",), "history", "page"),
    Command("revoke_device", ("Ctrl+D",), "person_prohibited", "page"),
    Command("officers", (), "people", "shell", "officers"),
    Command("caseloads", (), "people_swap", "shell", "caseloads"),
    Command("rescue", (), "key_reset", "shell", "rescue"),
    Command("own_password", ("Ctrl+R",), "key", "page"),
    Command("officer_hand", ("Ctrl+T",), "document", "page"),
    Command("officer_end", ("Ctrl+D",), "person_prohibited", "page"),
    Command("new_sheet", (), "key_reset", "page"),
    Command("lock", ("Ctrl+L",), "lock_closed", "shell"),
    Command("primary", ("Ctrl+Return", "Ctrl+Enter"), "checkmark", "shell"),
    Command("today_now", ("Ctrl+;",), "calendar_ltr", "page"),
    Command("back", ("Escape",), "arrow_left", "shell"),
    Command("step_back", ("Alt+Left",), "arrow_left", "page"),
    Command("step_forward", ("Alt+Right",), "arrow_right", "page"),
    Command("step_up", ("Alt+Up",), "chevron_up", "page"),
    Command("step_down", ("Alt+Down",), "chevron_down", "page"),
    *(Command(f"section_{n}", (f"Alt+{n}",), "text_font", "page") for n in range(1, 8)),
    *(Command(f"page_{n}", (f"Ctrl+{n}",), "arrow_right", "shell") for n in range(1, 9)),
    Command("settings", ("Ctrl+,",), "settings", "shell", "settings"),
    Command("theme", (), "dark_theme", "shell"),
    Command("text_size", (), "text_font_size", "shell"),
)

#: not offered in the palette: movement, and what the palette itself is
SILENT = frozenset(
    {"palette", "back", "primary", "step_back", "step_forward", "step_up", "step_down", "today_now", "next_pane",
     "previous_pane", "redo"}
    | {f"section_{n}" for n in range(1, 8)} | {f"page_{n}" for n in range(1, 9)}
)  # fmt: skip

#: keys a text field keeps for itself: its own undo and redo, and pasting
OF_FIELDS = frozenset({"Ctrl+Z", "Ctrl+Y", "Ctrl+V"})


def command(name: str) -> Command:
    """Return one command by name. Raises ``KeyError``."""
    for one in COMMANDS:
        if one.name == name:
            return one
    raise KeyError(name)


def sequences(one: Command) -> list[QKeySequence]:
    """Return the keys of a command as Qt knows them."""
    return [QKeySequence(keys) for keys in one.keys]

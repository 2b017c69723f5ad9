"""What of the window an officer is offered: pages, commands and buttons, by the right they need.

One table, read by ``Shell.may``. It only spares people refusals: the desk checks every verb itself.
"""

from __future__ import annotations

from cbdesk.rights import EDIT, ERASE, EXPORT, ISSUE, OFFICERS, SEND, VIEW

_BY_RIGHT = {
    EDIT: "record record_incident new_child sibling next_child fill_down second_keying save new_row paste repeat undo "
          "redo care_check care_evaluate skip_step attach_file rename_village merge_villages split_village look_after "
          "join_homes split_home move_home children_in come_back leave_commune poor_decision compare_two take_up act "
          "add write make merge renew move finish choose evaluate check confirm new fill import take begin open_case "
          "take_in incident go_on another decide answer ask law_first law_answer term",
    EXPORT: "seal print excel superior_form docx pdf word paper list questions blank",
    ERASE: "erase law_erase",
    SEND: "send take_acks hand_over acks",
    ISSUE: "issue",
    OFFICERS: "officer_add officer_answer officer_hand officer_end new_sheet trust retire_device revoke_device "
              "rotate_keys save_server",
}  # fmt: skip
_PAGES = {EDIT: "import crosscheck duplicates fill second decision cleaning_keys round_keys", SEND: "transfer",
          EXPORT: "superior_form extracts", ERASE: "erasure"}  # fmt: skip


def needed(what: str) -> str:
    """Return the right a command or button needs by its name."""
    return _NEEDED.get(what, VIEW)


def to_open(page: str) -> str:
    """Return the right without which a page has nothing to offer."""
    return _TO_OPEN.get(page, VIEW)


_NEEDED = {name: right for right, names in _BY_RIGHT.items() for name in names.split()}
_TO_OPEN = {name: right for right, names in _PAGES.items() for name in names.split()}

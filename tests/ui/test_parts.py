"""The parts: keys, states, clocks, and that nothing is clipped."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk.errors import Problem
from ui import theme
from ui.parts import (
    Badge,
    Button,
    Card,
    Checkbox,
    FilterChip,
    Label,
    Labelled,
    LineField,
    ListField,
    Option,
    PasswordField,
    ProblemCard,
    SearchBox,
    Segmented,
    Skeleton,
    StatCard,
    Stepper,
    Toast,
    feedback,
    paint,
)
from ui.parts.ring import host_of, place_of


def on_card(*parts):
    card = Card()
    for part in parts:
        card.body.addWidget(part)
    card.body.addStretch(1)
    return card


# buttons


def test_enter_and_space_press_a_button(show):
    pressed, button = [], Button("Lưu", "primary", key="Ctrl S")
    button.clicked.connect(lambda: pressed.append(1))
    show(on_card(button))
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert len(pressed) == 2


def test_a_busy_button_keeps_its_width_says_the_verb_and_takes_no_press(show):
    pressed, button = [], Button("Tạo gói", "primary", icon="save", key="Enter")
    button.clicked.connect(lambda: pressed.append(1))
    show(on_card(button))
    width = button.width()
    button.busy("Đang ghi…")
    QTest.keyClick(button, Qt.Key.Key_Return)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (button.width(), button.words(), pressed) == (width, "Đang ghi…", [])
    button.busy()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == [1]


def test_a_button_that_is_off_says_why(show):
    button = Button("Ghi nhận", "primary")
    button.explain("Chọn loại vụ việc.")
    assert (button.isEnabled(), button.toolTip()) == (False, "Chọn loại vụ việc.")
    button.explain("")
    assert button.isEnabled()


def test_a_button_grows_with_the_text_size(qapp, show):
    button = Button("Ghi nhận vụ việc", "primary", icon="add", key="F2")
    before = button.sizeHint()
    theme.apply(qapp, theme.LIGHT, 130)
    after = button.sizeHint()
    assert after.width() > before.width()
    assert after.height() == round(34 * 1.3)


# choices


def test_delete_clears_a_chip_and_so_does_its_cross(show):
    cleared, asked, chip = [], [], FilterChip("Tuổi")
    chip.cleared.connect(lambda: cleared.append(1))
    chip.clicked.connect(lambda: asked.append(1))
    show(on_card(chip))
    chip.set_value("0 – 15")
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert (chip.value(), len(cleared)) == ("", 1)
    chip.set_value("0 – 15")
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 15, 15))
    assert (chip.value(), len(cleared), asked) == ("", 2, [])
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(15, 15))
    assert asked == [1]


def test_digits_and_arrows_choose_in_a_segmented_choice(show):
    said = []
    choice = Segmented([Option("m", "Nam"), Option("f", "Nữ"), Option("u", "Chưa rõ")])
    choice.changed.connect(said.append)
    show(on_card(choice))
    choice.setFocus()
    first = choice.findChild(QWidget, "segment_m")
    QTest.keyClick(first, Qt.Key.Key_2)
    assert choice.value() == "f"
    QTest.keyClick(choice.findChild(QWidget, "segment_f"), Qt.Key.Key_Right)
    assert (choice.value(), said) == ("u", ["f", "u"])
    choice.set_value(None)
    assert choice.value() is None


def test_a_list_field_speaks_in_codes(show):
    field = ListField(label="Dân tộc")
    field.fill([("01", "Kinh"), ("02", "Tày")])
    field.set_value("02")
    assert (field.value(), field.currentText()) == ("02", "Tày")
    field.set_value("99")
    assert field.value() is None


# fields


def test_text_is_never_changed_while_it_is_typed_as_unikey_types(show):
    field = LineField()
    show(on_card(field))
    for typed in ("N", "g", "u", "y"):
        QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    field.insert("yễn")
    assert field.text() == "Nguyễn"


def test_the_state_of_a_field_keeps_its_font(show):
    field = PasswordField(label="Mật khẩu", eye="Xem")
    show(on_card(field))
    field.setText("x")
    spacing = field.font().letterSpacing()
    field.state("stop")
    assert field.font().letterSpacing() == spacing > 0


def test_a_remark_is_announced_and_marks_the_field(show):
    field = LineField(name="id")
    labelled = Labelled("Số định danh", field, name="id")
    show(on_card(labelled))
    labelled.say("stop", "Cần đủ 12 chữ số, đang có 11.")
    assert labelled.remark.isVisible()
    assert field.property("state") == "stop"
    assert field.accessibleDescription() == "Cần đủ 12 chữ số, đang có 11."
    labelled.say()
    assert not labelled.remark.isVisible()
    assert field.property("state") == ""


def test_caps_lock_is_noticed_from_what_is_typed(show):
    said, field = [], PasswordField(label="Mật khẩu", eye="Xem")
    field.caps_lock.connect(said.append)
    show(on_card(field))
    QTest.keyClick(field, "A")
    QTest.keyClick(field, "a")
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert said[:2] == [True, False]


def test_the_eye_shows_only_while_held(show):
    field = PasswordField(label="Mật khẩu", eye="Xem", name="password")
    show(on_card(field))
    eye = field.findChild(QWidget, "password_eye")
    QTest.mousePress(eye, Qt.MouseButton.LeftButton)
    assert field.echoMode() == PasswordField.EchoMode.Normal
    QTest.mouseRelease(eye, Qt.MouseButton.LeftButton)
    assert field.echoMode() == PasswordField.EchoMode.Password


def test_search_waits_a_moment_and_arrow_down_does_not(qtbot, show):
    wanted, left, box = [], [], SearchBox("Tìm trẻ")
    box.wanted.connect(wanted.append)
    box.down.connect(lambda: left.append(1))
    show(on_card(box))
    QTest.keyClicks(box, "ly m")
    assert wanted == []
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert (wanted, left) == (["ly m"], [1])
    qtbot.wait(120)
    assert wanted == ["ly m"]
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""


# feedback


def test_a_toast_stops_its_clock_under_the_focus_and_takes_back_once(qtbot, show):
    area, undone = QWidget(), []
    show(area)
    toast = Toast("Đã bỏ 1 người khỏi Gia đình", area, undo=lambda: undone.append(1))
    toast.begin()
    assert toast.running()
    toast.hold()
    assert not toast.running()
    toast.go_on()
    assert toast.running()
    toast.take_back()
    toast.take_back()
    assert undone == [1]
    assert feedback.TOAST_MS == 10_000


def test_a_problem_card_says_what_is_safe_before_what_to_do_and_has_a_number(show):
    card = ProblemCard(Problem("stick_gone"))
    show(on_card(card))
    tops = [card.findChild(QWidget, f"problem_{part}").y() for part in ("what", "safe", "next")]
    assert tops == sorted(tops)
    assert "U-03" in card.findChild(Label, "problem_number").words()


def test_a_skeleton_comes_only_after_a_while(qtbot, show):
    skeleton = Skeleton()
    show(on_card(skeleton))
    skeleton.begin()
    qtbot.wait(60)
    assert skeleton.isHidden()
    qtbot.waitUntil(skeleton.isVisible, timeout=2_000)
    skeleton.end()
    assert skeleton.isHidden()


def test_figures_open_their_list_by_key(show):
    opened, stat = [], StatCard("Trẻ trong sổ")
    stat.clicked.connect(lambda: opened.append(1))
    stat.show_figure("1.842", "+6", (1.0, 2.0, 2.0))
    show(on_card(stat))
    stat.setFocus()
    QTest.keyClick(stat, Qt.Key.Key_Return)
    assert opened == [1]
    assert "1.842" in stat.accessibleName()


# painting


STACKED = "ẴỖỂỰ"


@pytest.mark.parametrize("role", ["title", "name", "section", "body", "label", "small", "headline", "display"])
@pytest.mark.parametrize("percent", [100, 130])
def test_stacked_marks_are_never_cut(qapp, show, role, percent):
    theme.apply(qapp, theme.LIGHT, percent)
    label, roomy = Label(STACKED, role), Label(STACKED, role)
    roomy.setFixedHeight(200)
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.addWidget(label)
    column.addWidget(roomy)
    column.addStretch(1)
    show(holder, (400, 400))
    assert rows_with_ink(label) == rows_with_ink(roomy) > 0


def rows_with_ink(label):
    image = label.grab().toImage()
    ground = theme.color("bg").rgb()
    return sum(any(image.pixel(x, y) != ground for x in range(image.width())) for y in range(image.height()))


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK])
def test_states_differ_without_colour(qapp, show, look):
    theme.apply(qapp, look)
    icons = {"nghe": "clock", "gach": "error_circle", "ngoc": "checkmark_circle", "man": "lock_closed"}
    pictures = set()
    for tone, icon in icons.items():
        badge = Badge("X", tone, icon=icon)
        show(on_card(badge))
        grey = badge.grab().toImage().convertToFormat(badge.grab().toImage().Format.Format_Mono)
        pictures.add(bytes(grey.constBits()))
    assert len(pictures) == len(icons)


@pytest.mark.parametrize("make", [
    lambda: Button("Lưu", "primary"), lambda: Button("Đóng"), lambda: Button("Bỏ lọc", "quiet"),
    lambda: Button("Xem", "link"), lambda: FilterChip("Xóm"), lambda: Checkbox("Đã báo 111"),
    lambda: LineField(), lambda: ListField(),
])  # fmt: skip
def test_the_focus_is_seen(qtbot, show, ring, make):
    part, other = make(), Button("Khác")
    top = on_card(other, part)
    show(top)
    other.setFocus()
    qtbot.wait(10)
    before = top.grab(part.geometry().adjusted(-3, -3, 3, 3)).toImage()
    part.setFocus()
    qtbot.wait(10)
    assert top.grab(part.geometry().adjusted(-3, -3, 3, 3)).toImage() != before


def test_the_ring_finds_an_ancestor_with_room(show):
    inner, button = QWidget(), Button("Lưu")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(button)
    top = on_card(inner)
    show(top)
    host = host_of(button)
    assert host is top
    assert host.rect().contains(place_of(button, host))


def test_words_with_marks_are_escaped():
    assert paint.marked("a < b **trước 17:40**") == ('a &lt; b <span style="font-weight:600">trước 17:40</span>')


def test_a_stepper_says_where_one_is():
    stepper = Stepper(["Chọn USB", "Tạo gói"], 0)
    assert "1 / 2" in stepper.accessibleName()
    stepper.go(2)
    assert "2 / 2" in stepper.accessibleName()

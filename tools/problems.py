"""Print the problems, ``resources/problems.toml``, as ``docs/problems.md``: what a helper reads on the telephone.

``--check`` writes nothing and exits 1 when the document is not current.
"""

from __future__ import annotations

import sys
import tomllib
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE, TARGET = ROOT / "resources" / "problems.toml", ROOT / "docs" / "problems.md"

GROUPS = {
    "S": "Sổ và ổ đĩa · The register and its disk",
    "K": "Mật khẩu và khóa · Password and keys",
    "B": "Gói và giấy xác nhận · Bundles and acknowledgements",
    "E": "Ghi nhận máy khác · Enrolling a peer",
    "U": "USB, thư mục, tệp · Sticks, folders, files",
    "N": "Qua mạng · Over the network",
    "D": "Dữ liệu · Data",
    "I": "Nhập danh sách · Importing",
    "R": "Sao lưu · Backup",
    "P": "In giấy · Papers",
    "X": "Lỗi của chương trình · A fault of ours",
}

HEAD = """\
# Bảng sự cố · Problems

Chương trình gặp trở ngại thì nói ba câu: việc gì đã xảy ra, cái gì vẫn an toàn, làm gì tiếp theo; kèm một số để đọc qua
điện thoại. Trang này in từ `resources/problems.toml` bằng `make docs`; sửa ở đó, không sửa ở đây.

When something stands in the way the program says three sentences: what happened, what is safe, what to do next; and a
number to read out on the telephone. Command line: exit code 1, and with `--json` the key `problem`. Words in braces are
filled in. Printed from `resources/problems.toml` by `make docs`.
"""


def document() -> str:
    """Return the document as it should be."""
    rows = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    ordered = sorted(rows.items(), key=lambda item: (list(GROUPS).index(item[1]["number"][0]), item[1]["number"]))
    parts = [HEAD]
    for letter, group in groupby(ordered, key=lambda item: item[1]["number"][0]):
        parts.append(f"\n## {GROUPS[letter]}\n")
        parts += [_one(name, row) for name, row in group]
    return "".join(parts)


def _one(name: str, row: dict[str, dict[str, str]]) -> str:
    lines = [f"\n### {row['number']} `{name}`\n"]
    for texts in (row["vi"], row["en"]):
        lines.append(f"\n- **{texts['what']}**\n  {texts['safe']}\n  {texts['next']}\n")
    return "".join(lines)


def main() -> int:
    """Write the document, or with ``--check`` only say whether it is current."""
    wanted = document()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != wanted:
            print(f"{TARGET.relative_to(ROOT)} is not current: run `make docs`.", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(wanted, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Pictures of the window, for people to look at: ``python -m ui.gallery --out DIR [NAME …]``.

Each scene is a function of a ``Stage`` that brings the window into a state; it is grabbed at 1366 × 698, the room a
screen of 1366 × 768 leaves. Scenes of pages stand in ``ui/gallery/scenes.py`` and run on an invented practice register.
``--scale`` sets the screen scaling (100, 125, 150), ``--text`` the text size.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

CLIENT = {100: (1366, 698), 125: (1093, 544), 150: (911, 442)}


def main(argv: list[str] | None = None) -> int:
    """Grab the scenes asked for (all without a name). Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m ui.gallery", description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("gallery"))
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", type=int, choices=sorted(CLIENT), default=100)
    parser.add_argument("--text", type=int, choices=(100, 115, 130), default=100)
    parser.add_argument("--lang", choices=("vi", "en"), default="vi")
    chosen = parser.parse_args(argv)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(chosen.scale / 100)
    _hush()
    import ui.gallery.case_scenes
    import ui.gallery.designer_scenes
    import ui.gallery.duplicate_scenes
    import ui.gallery.duty_scenes
    import ui.gallery.gate_scenes
    import ui.gallery.hands_scenes
    import ui.gallery.home_scenes
    import ui.gallery.import_scenes
    import ui.gallery.incident_scenes
    import ui.gallery.law_scenes
    import ui.gallery.network_scenes
    import ui.gallery.outside_scenes
    import ui.gallery.page_scenes
    import ui.gallery.people_scenes
    import ui.gallery.proof_scenes
    import ui.gallery.quality_scenes
    import ui.gallery.receiver_scenes
    import ui.gallery.report_scenes
    import ui.gallery.rights_scenes
    import ui.gallery.round_scenes
    import ui.gallery.season_scenes
    import ui.gallery.settings_scenes
    import ui.gallery.work_scenes  # noqa: F401  (scenes enter themselves)
    from ui.gallery.scenes import SCENES, Stage

    chosen.out.mkdir(parents=True, exist_ok=True)
    names = chosen.names or list(SCENES)
    unknown = [name for name in names if name not in SCENES]
    if unknown:
        parser.error(f"unknown scene: {', '.join(unknown)} (known: {', '.join(SCENES)})")
    ending = "" if chosen.theme == "light" else "-dark"
    ending += "" if chosen.scale == 100 else f"-{chosen.scale}"
    ending += "" if chosen.text == 100 else f"-text{chosen.text}"
    stage = Stage(CLIENT[chosen.scale], chosen.theme, chosen.text, chosen.lang)
    for name in names:
        picture = stage.grab(SCENES[name])
        path = chosen.out / f"{name}{ending}.png"
        picture.save(str(path))
        print(path)
    stage.close()
    return 0


def _hush() -> None:
    """Leave out what Qt says about having no screen; everything else it says goes to stderr."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def tell(_kind: QtMsgType, _where: QMessageLogContext, words: str) -> None:
        if "propagateSizeHints" not in words:
            print(words, file=sys.stderr)

    qInstallMessageHandler(tell)


if __name__ == "__main__":
    sys.exit(main())

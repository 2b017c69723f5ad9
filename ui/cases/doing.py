"""What is done on the page of a case: recording steps and rows, taking them back, files, handing over.

Rules. Every verb runs on the desk's thread and says what it did, with the way back where there is one. *Xong bước*
first saves what is typed of the step's content, then records the step; a reason that is missing stops nothing but that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.process import StepState
from cbdesk.words import say
from ui.cases.body import StepBody, open_needs
from ui.cases.files import KINDS, FileLayer
from ui.cases.layer import PageLayer
from ui.cases.read import CaseFile
from ui.cases.steps import Key, StepList, key_of
from ui.pages import Page

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.record.side import SidePane


class CaseDoing(Page):
    """The verbs of the page; ``ui.pages.case`` builds and shows it."""

    _file: CaseFile | None
    _id: str
    _chosen: Key | None
    _onward: bool
    """Show the present step next: the one shown was just finished."""
    _then_finish: bool
    """Record the step once its content is saved."""
    _steps: StepList
    _side: SidePane
    _content: QWidget

    def _body(self) -> StepBody | None:
        raise NotImplementedError

    def _step(self) -> StepState | None:
        raise NotImplementedError

    def _active(self) -> Any:
        raise NotImplementedError

    def _choose(self, code: str, round_: int) -> None:
        raise NotImplementedError

    def _open_layer(self, layer: PageLayer) -> None:
        raise NotImplementedError

    def _close_layer(self) -> bool:
        raise NotImplementedError

    # recording

    def _undo(self) -> None:
        view = self._active()
        if not self.talk.undo() and view is not None:
            view.undo()

    def _say(self, key: str, batch: str | None, **slots: Any) -> None:
        """Say what was done; with a batch it can be taken back."""

        def back() -> None:
            done = lambda _saved: self.talk.say(say("case_page.undone"))  # noqa: E731
            self.jobs.run(lambda desk: desk.undo(str(batch)), done, owner=self)

        self.talk.say(say(f"case_page.{key}", **slots), back if batch else None)

    def _save(self) -> None:
        """Save what is typed; a step that is not done is not recorded by it."""
        body, one = self._body(), self._step()
        if body is None or one is None:
            return
        self._then_finish = False
        body.settle()
        view = body.active()
        if view is not None and view.dirty() and (one.ended or view is not body.finish.view()):
            view.save()

    def _finish(self) -> None:
        """Record the step: first what is typed of its content, then that it was done."""
        body = self._body()
        if body is None or self._file is None or self._file.read_only:
            return
        body.settle()
        view = body.unsaved()
        self._then_finish = view is not None
        finish = body.finish.view()
        if view is not None:
            view.save()
        elif finish is not None:
            finish.save()

    def _close_case(self) -> None:
        state = self._file.view.state if self._file is not None else None
        last = next((one for one in reversed(state.steps) if one.step.code == "review"), None) if state else None
        if last is None:
            return
        if self._chosen != key_of(last):
            self._choose(*key_of(last))
            self._steps.light(self._chosen)
        body = self._body()
        view = body.piece("closing") if body is not None else None
        if view is not None:
            view.save()

    def _saved(self, answer: Saved, name: str) -> None:
        one = self._step()
        number = one.step.number if one is not None else 0
        if name == "finish":
            self._onward = one is not None and not (one.ended and one.row is not None)
            self._say("finished" if self._onward else "amended", answer.batch, n=number)
        elif name == "closing":
            self._say("closed", answer.batch)
        elif self._then_finish:
            self._finish()
        elif answer.batch:
            self._say("saved", answer.batch)

    def _skipped(self, reason: str) -> None:
        one, case = self._step(), self._id
        if one is None:
            return
        code, round_, number = one.step.code, one.round, one.step.number
        told_ = {"state": "not_applicable", "reason": reason, "done_at": None}

        def done(answer: Saved) -> None:
            self._onward = True
            self._say("skipped", answer.batch, n=number)

        self.jobs.run(lambda desk: desk.finish_step(case, code, told_, round_=round_), done, owner=self)

    def _void_step(self) -> None:
        one = self._step()
        if one is None or one.row is None:
            return
        row, reason, number = str(one.row["id"]), say("case_page.skip.void_reason"), one.step.number
        done = lambda answer: self._say("step_voided", answer.batch, n=number)  # noqa: E731
        self.jobs.run(lambda desk: desk.void(row, reason), done, owner=self)

    def _void_row(self, row: str) -> None:
        reason = say("child.row_void_reason")
        self.jobs.run(lambda desk: desk.void(row, reason), self._row_gone, owner=self)

    def _row_gone(self, answer: Saved) -> None:
        body = self._body()
        if body is not None:
            body.close_panel()
        batch = answer.batch

        def back() -> None:
            self.jobs.run(lambda desk: desk.undo(str(batch)), owner=self)

        self.talk.say(say("child.row_voided"), back if batch else None)

    def _count_from(self, event: str) -> None:
        case = self._id
        done = lambda answer: self._say("changed_start", answer.batch)  # noqa: E731
        self.jobs.run(lambda desk: desk.save("case", {"starts_from": event}, case), done, owner=self)

    def _take_needs(self) -> None:
        file, one = self._file, self._step()
        if file is None or one is None:
            return
        labels = catalogue().lists["need"]
        rows: list[dict[str, Any]] = [{"case": file.id, "round": one.round, "need": need, "measure": labels.label(need)}
                for need in open_needs(file, one)]  # fmt: skip
        done = lambda saved: self._say("needs_taken", saved[-1].batch, n=len(saved))  # noqa: E731
        self.jobs.run(lambda desk: desk.put("measure", rows), done, owner=self)

    # files and handing over

    def _choose_file(self) -> None:
        path = self.talk.open_file(f"{say('case_page.files.chosen')} ({KINDS})")
        if path is not None:
            self._attach([path])

    def _attach(self, paths: Sequence[Path]) -> None:
        case, one = self._id, self._step()
        paper = say("case_page.form", n=one.step.form) if one is not None and one.step.form else (
            one.step.choice.short if one is not None else "")  # fmt: skip
        data = {"title": say("case_page.files.title_of", paper=paper), "kind": "signed"}

        def work(desk: Desk) -> Saved:
            return [desk.attach(case, path, data) for path in paths][-1]

        def done(answer: Saved) -> None:
            self._say("files.added", answer.batch)

        self.jobs.run(work, done, owner=self)

    def _open_file(self, one: str) -> None:
        row = next((row for row in self._file.attachments if str(row["id"]) == one), None) if self._file else None
        if row is not None:
            self.jobs.run(lambda desk: desk.open_attachment(one), lambda got: self._show_file(row, got[0]), owner=self)

    def _show_file(self, row: Mapping[str, Any], content: bytes) -> None:
        self._side.close_layer()
        locked = self._file is None or self._file.read_only
        layer = FileLayer(self._content, row, content, self.jobs, locked=locked)
        layer.write.clicked.connect(lambda: self._write_file(str(row["id"])))
        layer.drop.clicked.connect(lambda: self._drop_file(str(row["id"])))
        layer.form.saved.connect(self._file_saved)
        self._open_layer(layer)

    def _file_saved(self, answer: Saved) -> None:
        self._close_layer()
        self._say("saved", answer.batch)

    def _write_file(self, one: str) -> None:
        path = self.talk.save_file(say("case_page.files.file_name"), f"{say('case_page.files.chosen')} ({KINDS})")
        if path is not None:
            done = lambda written: self._say("files.written", None, name=written.name)  # noqa: E731
            self.jobs.run(lambda desk: desk.write_attachment(one, path, overwrite=True), done, owner=self)

    def _drop_file(self, one: str) -> None:
        self._close_layer()
        reason = say("case_page.files.drop_reason")
        done = lambda answer: self._say("files.dropped", answer.batch)  # noqa: E731
        self.jobs.run(lambda desk: desk.void(one, reason), done, owner=self)

    def _hand_over(self, to: str) -> None:
        folder = self.talk.folder()
        if folder is None:
            return
        case = self._id
        done = lambda path: self._say("handing.given", None, name=path.name)  # noqa: E731
        self.jobs.run(lambda desk: desk.hand_over(case, to, folder), done, owner=self)

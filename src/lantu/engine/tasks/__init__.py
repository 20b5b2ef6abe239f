"""Tasks: some meetings on one tile of subjects, whole in itself, so that anybody may do it anywhere."""

from lantu.engine.tasks.cutting import tasks_of
from lantu.engine.tasks.performing import perform
from lantu.engine.tasks.shipping import shipped
from lantu.engine.tasks.task import Done, Ground, Piece, Planned, Task
from lantu.engine.tasks.views import let_go
from lantu.engine.tasks.windows import together, windows_of

__all__ = [
    "Done",
    "Ground",
    "Piece",
    "Planned",
    "Task",
    "let_go",
    "perform",
    "shipped",
    "tasks_of",
    "together",
    "windows_of",
]

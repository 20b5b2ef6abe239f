"""What can go wrong before or around a run; each error says where, what was found, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.messages import message as named

if TYPE_CHECKING:
    from lantu.messages import Language, Message


class LantuError(Exception):
    """Base of every error that Lantu raises on purpose; ``mistakes`` are listed below its message."""

    def __init__(self, message: Message, mistakes: tuple[Message, ...] = ()) -> None:
        super().__init__(message.text("en"))
        self.message = message
        self.mistakes = mistakes

    @property
    def whole(self) -> Message:
        """Return everything that the error says as one message, for a report."""
        whole = self.message
        for mistake in self.mistakes:
            whole = named("errors.listed", first=whole, then=mistake)
        return whole

    def text(self, language: Language) -> str:
        """Say the error, and every mistake on a line of its own, in ``language``."""
        return "\n".join(
            [self.message.text(language), *(mistake.text(language) for mistake in self.mistakes)]
        )

    def __str__(self) -> str:
        """Return the English text with every mistake."""
        return self.text("en")


class BlueprintError(LantuError):
    """The blueprint file has mistakes; all of them are listed, one line each."""


class SourceError(LantuError):
    """A source cannot be read at all: missing, of an unknown kind, or damaged beyond rescue."""


class CrsError(LantuError):
    """A coordinate system or transformation is missing, unknown or not to be trusted."""


class StandardError(LantuError):
    """A standard, a code list or a reference table is missing or malformed."""


class RuleError(LantuError):
    """A rule is unknown, or tuned with a parameter that it does not have."""


class OutputError(LantuError):
    """A result cannot be written where it was asked for."""


class RegisterError(LantuError):
    """Decisions cannot be taken in: the file, its run or the register is not what was expected."""


class PluginError(LantuError):
    """A plug-in is not what its entry point promises; it is skipped."""


class ClusterError(LantuError):
    """A cluster cannot do the tasks: nobody answers, or workers differ from the one who asks."""


__all__ = [
    "BlueprintError",
    "ClusterError",
    "CrsError",
    "LantuError",
    "OutputError",
    "PluginError",
    "RegisterError",
    "RuleError",
    "SourceError",
    "StandardError",
]

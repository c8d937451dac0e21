"""The one error tree. Doors map it to exit codes and HTTP statuses; a test requires a row for every class.

ApprentiError
├── UserError             something the person can put right
│   ├── DataError         the labelled data
│   ├── ItemError         one file among many: set aside, the rest goes on
│   ├── BackboneError     a feature extractor brought by the user
│   ├── ModelFileError    an .apprenti file
│   ├── KnowledgeFileError  knowledge that was exported
│   ├── EgressError       an address elsewhere that was to be asked
│   ├── OptionError       an option or an argument
│   ├── NotFoundError     nothing has this id here
│   ├── ConflictError     it does not go with what is there already
│   └── AccessError       this caller may not do that
│       └── TokenError    nobody knows this caller
├── NotYetError           planned, refused until then
├── StoreError            the service's database or its blobs
├── ServiceError          a service elsewhere, asked by the client
│   ├── ServiceUnreachableError
│   └── ServiceRefusalError
└── WorkError             a piece of work in its own process
    ├── OutOfTimeError
    ├── OutOfMemoryError
    └── InterruptedWorkError
"""

from __future__ import annotations

from collections.abc import Mapping

from apprenti.texts import Lang, say


class ApprentiError(Exception):
    """Root of all errors: a text key and values, so that it can be said in English and French.

    Args:
        key: entry of ``texts/*/errors.toml`` without the area, for instance ``empty_file``.
        **values: the placeholders of that entry.
    """

    def __init__(self, key: str, **values: str | int | float) -> None:
        self.key = key
        self.values = values
        super().__init__(self.said("en"))

    def said(self, lang: Lang = "en") -> str:
        """Return the message in ``lang``: which item, what is wrong, what to do."""
        return say(f"errors.{self.key}", lang, **self.values)

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error cross a process border whole."""
        return (_rebuilt, (type(self), self.key, self.values))


def _rebuilt(kind: type[ApprentiError], key: str, values: dict[str, str | int | float]) -> ApprentiError:
    return kind(key, **values)


class UserError(ApprentiError):
    """Something the person can put right."""


class DataError(UserError):
    """The labelled data as a whole cannot be used."""


class ItemError(UserError):
    """One file cannot be used; it is set aside and the rest goes on."""


class BackboneError(UserError):
    """A feature extractor brought by the user cannot be used."""


class ModelFileError(UserError):
    """A model file is truncated, altered, foreign or too new."""


class KnowledgeFileError(UserError):
    """A file of knowledge is foreign, too new or too large, or cannot be read."""


class EgressError(UserError):
    """An address elsewhere may not be asked, or did not answer as it should."""


class OptionError(UserError):
    """An option or argument is wrong."""


class NotFoundError(UserError):
    """Nothing has this id in this workspace."""


class ConflictError(UserError):
    """It does not go with what is there already."""


class AccessError(UserError):
    """The caller is known and may not do this."""


class TokenError(AccessError):
    """The caller shows no token, or none that opens anything."""


class StoreError(ApprentiError):
    """The service's database or its blobs cannot be read or written."""


class NotYetError(ApprentiError):
    """Planned, and refused with a clear word until it is there."""


class ServiceError(ApprentiError):
    """A service that was asked over a network did not do what it was asked for."""


class ServiceUnreachableError(ServiceError):
    """It does not answer, or not as a service does."""


class ServiceRefusalError(ServiceError):
    """It answered that it will not.

    Args:
        status: of the answer, such as 404.
        code: for programs; never changes with the language.
        message: for people: what is wrong and what to do, in the language that was asked for.
        details: what is wrong in which place of the request, for programmers.
    """

    def __init__(
        self, status: int, code: str, message: str, details: tuple[Mapping[str, str], ...] = ()
    ) -> None:
        super().__init__("service_refused", status=str(status), code=code, message=message)
        self.status, self.code, self.message, self.details = status, code, message, details

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error cross a process border whole."""
        return (type(self), (self.status, self.code, self.message, self.details))


class WorkError(ApprentiError):
    """A piece of work in its own process did not finish."""


class OutOfTimeError(WorkError):
    """The work passed its time limit and was stopped."""


class OutOfMemoryError(WorkError):
    """The work passed its memory limit and was stopped."""


class InterruptedWorkError(WorkError):
    """The person stopped the work before anything was finished."""

"""From parsed JSON or TOML to one of our dataclasses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


def validated(kind: type[T], raw: Any) -> T:
    """Make a dataclass of plain data, checking every field's type.

    Raises
    ------
    ValueError
        Naming the first field that is missing or of the wrong type.
    """
    from pydantic import ValidationError

    try:
        made: T = _adapter(cast(Any, kind)).validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"].removeprefix("Value error, ")) from None
    return made


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Build what checks a type, once: that takes longer than to check a recipe."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)

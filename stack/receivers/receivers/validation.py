"""Describes what is wrong with a message."""

from pydantic import BaseModel, ValidationError


def problems_of(shape: type[BaseModel], body: object) -> tuple[str, ...]:
    """Validate a message against a published format; returns each problem as one sentence."""
    try:
        shape.model_validate(body)
    except ValidationError as error:
        return tuple(
            f"{'.'.join(map(str, each['loc'])) or 'message'}: {each['msg']}, saw {each['input']!r:.80}"
            for each in error.errors(include_url=False)
        )
    return ()

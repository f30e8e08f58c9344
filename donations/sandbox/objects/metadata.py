"""Metadata: what a caller may keep on an object, and how an update merges into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

MOST_KEYS: Final = 50
LONGEST_KEY: Final = 40
LONGEST_VALUE: Final = 500


def merged(kept: Obj | None, given: Any) -> Obj:  # noqa: ANN401 - a mapping, "" or nothing
    """`kept` with `given` laid over it; an empty value unsets its key, `""` for all unsets all."""
    if given == "":
        return {}
    after = {**(kept or {}), **(given or {})}
    after = {key: value for key, value in after.items() if value != ""}
    for key, value in (given or {}).items():
        if len(key) > LONGEST_KEY or "[" in key or "]" in key:
            raise Refusal(
                f"Metadata keys must be {LONGEST_KEY} characters or less, without square brackets.",
                param="metadata",
            )
        if len(value) > LONGEST_VALUE:
            raise Refusal(
                f"Metadata values can have up to {LONGEST_VALUE} characters, but you passed in a "
                f"value that is {len(value)} characters.",
                param=f"metadata[{key}]",
            )
    if len(after) > MOST_KEYS:
        raise Refusal(f"Metadata can have at most {MOST_KEYS} keys.", param="metadata")
    return after


def update(entry: Obj, given: Obj, *names: str) -> Obj:
    """Lay the plain fields `names` and the metadata of `given` over `entry`.

    Returns what changed, as an event's `previous_attributes` has it.
    """
    before = {name: entry.get(name) for name in (*names, "metadata") if name in given}
    for name in names:
        if name in given:
            entry[name] = None if given[name] == "" else given[name]
    if "metadata" in given:
        entry["metadata"] = merged(entry["metadata"], given["metadata"])
    return {name: value for name, value in before.items() if entry[name] != value}

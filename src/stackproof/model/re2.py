"""RE2's regular expressions, which Prometheus and Alertmanager match labels with, on Python's engine.

Source of the syntax: https://github.com/google/re2/wiki/Syntax. What RE2 refuses (looking around, back references) is
refused here too, and what Python would read otherwise is rewritten.
"""

import functools
import re
import warnings

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": r"0-9A-Za-z_",
}
_GROUP = re.compile(r"\(\?(?:P?<(?P<name>\w+)>|(?P<on>[imsU]*)(?:-(?P<off>[imsU]+))?(?P<end>[:)]))")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|$)", re.DOTALL)
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]+)\}")
_REPEAT = re.compile(r"[*+?]|\{(\d+)(?:,(\d*))?\}")
_MOST_REPEATS = 1000
_ESCAPES = frozenset("aftnrvdDsSwWbBAx01234567")


class Re2Error(ValueError):
    """A text that is no regular expression of RE2's; the message says why."""


@functools.lru_cache(maxsize=4096)
def compile_re2(text: str) -> re.Pattern[str]:
    r"""Compile RE2's syntax for use with ``fullmatch``: Prometheus and Alertmanager anchor both ends.

    Raises:
        Re2Error: RE2 would refuse it, or it uses a class of Unicode (``\pL``), which Python has not.
    """
    try:
        with warnings.catch_warnings():  # Python may one day give doubled signs in a set a meaning
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(_Rewriter(text).rewritten(), re.ASCII)
    except re.error as error:
        raise Re2Error(error.msg) from None
    except (OverflowError, RecursionError):
        raise Re2Error("it is too large") from None


class _Rewriter:
    """Goes through an expression once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._out: list[str] = []
        self._closes: list[str] = []  # what closes each open group
        self._begins = True  # at the begin of a group, where flags hold to its end

    def rewritten(self) -> str:
        """The same in Python's syntax."""
        tail = ""
        while self._at < len(self._text):
            flags = self._step()
            if flags and self._closes:
                self._closes[-1] += ")"
            elif flags:
                tail += ")"
        return "".join(self._out) + tail

    def _step(self) -> bool:
        """Take the next part; True where it opened a group that ends with the one around it."""
        char = self._text[self._at]
        begins, self._begins = self._begins, False
        if char == "\\":
            self._escape()
        elif char == "[":
            self._set()
        elif char == "(":
            return self._open(begins=begins)
        elif char == ")":
            self._take(1, self._closes.pop() if self._closes else ")")
        else:
            self._repeat_or_plain()
        return False

    def _take(self, count: int, as_text: str | None = None) -> None:
        self._out.append(self._text[self._at : self._at + count] if as_text is None else as_text)
        self._at += count

    def _repeat_or_plain(self) -> None:
        repeat = _REPEAT.match(self._text, self._at)
        if repeat is None:
            self._take(1, r"\{" if self._text[self._at] == "{" else None)
            return
        if any(int(bound) > _MOST_REPEATS for bound in repeat.groups() if bound):
            raise Re2Error(f"bad repetition count: {repeat.group()}")
        self._take(len(repeat.group()))
        if self._text.startswith("?", self._at):
            self._take(1)
        if _REPEAT.match(self._text, self._at):
            raise Re2Error(f"bad repetition operator: {repeat.group()}{self._text[self._at]}")

    def _open(self, *, begins: bool) -> bool:
        if not self._text.startswith("(?", self._at):
            self._take(1)
            self._closes.append(")")
            self._begins = True
            return False
        group = _GROUP.match(self._text, self._at)
        if group is None:
            raise Re2Error(f"RE2 has no {self._text[self._at : self._at + 3]!r}: it looks neither ahead nor back")
        self._begins = True
        if group["name"]:
            self._take(len(group.group()), f"(?P<{group['name']}>")
            self._closes.append(")")
            return False
        flags = _flags(group["on"] or "", group["off"] or "")
        if group["end"] == ":":
            self._take(len(group.group()), f"(?{flags}:")
            self._closes.append(")")
            return False
        if not begins:
            raise Re2Error("flags in the midst of an expression are not understood here: write them first")
        self._take(len(group.group()), f"(?{flags}:")
        return True

    def _escape(self) -> None:
        quoted = _QUOTED.match(self._text, self._at)
        code = _HEX.match(self._text, self._at)
        char = self._text[self._at + 1 : self._at + 2]
        if quoted:
            self._take(len(quoted.group()), re.escape(quoted[1]))
        elif code:
            self._take(len(code.group()), re.escape(chr(int(code[1], 16))))
        elif char == "z":
            self._take(2, r"\Z")
        elif not char:
            raise Re2Error("trailing backslash")
        elif char in "123456789" or (char.isalnum() and char not in _ESCAPES):
            raise Re2Error(f"RE2 has no \\{char} here")
        else:
            self._take(2)

    def _set(self) -> None:
        self._take(1)
        if self._text.startswith("^", self._at):
            self._take(1)
        if self._text.startswith("]", self._at):
            self._take(1, r"\]")
        while self._at < len(self._text) and self._text[self._at] != "]":
            self._set_member()
        if self._at >= len(self._text):
            raise Re2Error("missing closing ]")
        self._take(1)

    def _set_member(self) -> None:
        posix = re.compile(r"\[:(\^?)(\w+):\]").match(self._text, self._at)
        if posix and posix[2] in _CLASSES and not posix[1]:
            self._take(len(posix.group()), _CLASSES[posix[2]])
        elif posix:
            raise Re2Error(f"no class {posix.group()}")
        elif self._text[self._at] == "\\":
            self._escape()
        elif self._text[self._at] in "[&~|":  # Python means to give some of these a meaning when doubled
            self._take(1, "\\" + self._text[self._at])
        else:
            self._take(1)


def _flags(on: str, off: str) -> str:
    """Without ungreedy (``U``), which changes what is caught but not what matches."""
    on, off = on.replace("U", ""), off.replace("U", "")
    return f"{on}-{off}" if off else on

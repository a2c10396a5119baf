"""Comments of YAML: only real ones, and what each is about."""

import textwrap
import time

import pytest

from stackproof.documents.yaml_comments import comments_of


def about(text: str) -> list[tuple[int, tuple[int, int]]]:
    """Line and lines that it is about, for each comment that begins with ``mark``."""
    return [(each.line, each.about) for each in comments_of(textwrap.dedent(text), "mark")]


RULES = """\
groups:
- name: g # mark group
  rules:
  # mark first rule
  # and more words
  - alert: A
    # mark expression
    expr: | # mark expression too
      # mark is a text here
      up == 0 # mark is a text here
    labels:
      a: 'x # mark is a text here
        # mark is a text here'
      b: "c" # mark one line
    annotations: {summary: a} # mark
    # mark nothing

  - record: b # mark second rule
    expr: x

    labels:
      c: d
  # mark nothing either

- name: h
"""


def test_a_comment_is_about_what_begins_there() -> None:
    """A key with its value, or an item of a list with all that is in it; a text is no comment."""
    assert about(RULES) == [
        (2, (2, 24)),
        (4, (6, 17)),
        (7, (8, 10)),
        (8, (8, 10)),
        (14, (14, 14)),
        (15, (15, 17)),
        (16, (16, 16)),
        (18, (18, 24)),
        (23, (23, 23)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x # mark'\n",
        'a: "x # mark"\n',
        "a: x# mark\n",
        "a: |\n  # mark\n",
        "a: >-\n\n  b\n\n  # mark\n\nc: d\n",
        "a: 'b\n\n  # mark\n\n  c'\n",
        "- |+2\n   # mark\n",
        "a: b # other mark\n",
        "a: b #remark\n",
        "a: 'broken\n# mark\n",
        "a: b\n",
        "",
    ],
)
def test_what_is_no_such_comment_is_none(text: str) -> None:
    """A text that looks like a comment, a comment that begins otherwise, and a file that is not YAML."""
    assert about(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# mark\na:\n- b\n- c\nd: e\n", (2, 4)),
        ("# mark\na:\n  - b\n  - c\nd: e\n", (2, 4)),
        ("a:\n- b\n# mark\n- c:\n  - d\n- e\n", (4, 5)),
        ("a:\n-\n  b: c # mark\n  d: e\n", (3, 3)),
        ("a:\n- # mark\n  b: c\n  d: e\n- f\n", (2, 4)),
        ("a:\n- - b # mark\n  - c\n- d\n", (2, 3)),
        ("---\n#mark\na: b\n---\nc: d\n", (3, 3)),
        ("a: b # mark\n---\nc: d\n", (1, 1)),
        ("a: {b: c, # mark\n    d: e}\nf: g\n", (1, 2)),
        ("a: \U0001f600 # mark\n", (1, 1)),
        ("a: '# mark' ## mark\n", (1, 1)),
        ("a: b # x\r\n# mark\r\nc:\r\n  d: e\r\n", (3, 4)),
        ("a: b\n# mark", (2, 2)),
        ("a: 'b\n  c' # mark\nd: e\n", (2, 2)),
        ("a: |\n  b\n# mark\nc: d\n", (4, 4)),
    ],
)
def test_the_lines_that_a_comment_is_about(text: str, expected: tuple[int, int]) -> None:
    """However a list is indented, with any line ends, in one of several documents."""
    ((_, found),) = about(text)
    assert found == expected


def test_only_comments_above_all_content_are_on_top() -> None:
    """Whether a comment can speak of the whole file."""
    text = "# mark\n\n---\n# mark\na: b # mark\n# mark\n"
    assert [each.on_top for each in comments_of(text, "mark")] == [True, True, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{'- ' * (place % 50)}a: b # mark\n# mark\n" for place in range(20_000)),
        "a: '" + "# " * 500_000 + "' # mark\n",
        "# mark\n" * 100_000,
        "- a # mark\n" * 50_000,
    ],
)
def test_it_takes_linear_time(text: str) -> None:
    """A long file costs no more than its length."""
    began = time.monotonic()
    comments_of(text, "mark")
    assert time.monotonic() - began < 10

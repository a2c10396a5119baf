from stackproof.judge import MatrixCell
from stackproof.model import Family
from stackproof.report.matrix_table import matrix_table


def test_the_matrix_shows_every_pair_and_each_reason() -> None:
    """It shows what was not tried, and why."""
    cells = [MatrixCell("shop", family, (), "it has none" if family is Family.RESOURCES else "") for family in Family]
    assert matrix_table(cells) == (
        "| service | links | packets | processes | resources | names and time |\n"
        "|---|---|---|---|---|---|\n"
        "| shop | not tried | not tried | not tried | exempt | not tried |\n"
        "\n"
        "Exempt:\n"
        "- shop, resources: it has none\n"
    )

"""The queries of rules and dashboards, asked of a Prometheus."""

from pathlib import Path

from stackproof.testing.monitoring_queries import monitoring_queries, queries_without_data
from tests.unit.monitoring import monitoring

RULES = "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: 'up == 0'\n"
BOARD = '{"panels": [\n{"title": "Files", "targets": [{"expr": "rate(sent_total[1m])"}]}]}'


def test_queries_without_data_are_named_with_file_line_and_text(tmp_path: Path) -> None:
    """An alert is asked for what it compares, a panel as it stands, on the run's clock."""
    rules, board = tmp_path / "rules.yaml", tmp_path / "board.json"
    rules.write_text(RULES, encoding="utf-8")
    board.write_text(BOARD, encoding="utf-8")
    queries = monitoring_queries([rules], [board], clock=60)
    assert [query.text for query in queries] == ["up", "rate(sent_total[1s])"]
    with monitoring() as server:
        server.values = {"up": [1.0], "rate(sent_total[1s])": []}
        assert queries_without_data(server.url, queries, within_s=0) == [
            f"{board}:2: Files has no data: rate(sent_total[1s])"
        ]

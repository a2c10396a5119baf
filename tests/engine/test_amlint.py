"""amlint is asked about Alertmanager's configuration, in the tools image."""

from pathlib import Path

import pytest

from stackproof.alerts.checking import FilesToProve, OthersTools, prove_files
from stackproof.engine.docker.images.build import TOOLS, ensure_image

ROUTES = """\
route:
  receiver: hook
  group_by: [alertname]
  group_wait: 10m
  group_interval: 5m
receivers:
  - name: hook
    webhook_configs:
      - url: http://hook:8080/
"""

pytestmark = pytest.mark.engine


def test_what_amlint_alone_knows_is_a_finding(tmp_path: Path) -> None:
    """A wait that is longer than the interval: none of our checks is about it; the file is named as the person did."""
    ensure_image(TOOLS, lambda _line: None)
    file = tmp_path / "alertmanager.yml"
    file.write_text(ROUTES, encoding="utf-8")
    found = prove_files(FilesToProve(alertmanager=file), OthersTools.ASK)
    assert [(each.id, each.where.file, each.message.partition(":")[0]) for each in found] == [
        ("tools/amlint", file, "wait-exceeds-interval")
    ]
    assert found[0].where.line == 1  # so amlint names the root

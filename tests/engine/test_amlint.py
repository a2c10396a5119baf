"""amlint runs on Alertmanager's configuration, in the tools image."""

from pathlib import Path

import pytest

from stackproof.alerts.file_check import FilesToCheck, ToolUse, check_files
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


def test_a_mistake_that_only_amlint_finds_is_reported(tmp_path: Path) -> None:
    """A wait longer than the interval, which none of our checks covers; the file has the name that the user gave."""
    ensure_image(TOOLS, lambda _line: None)
    file = tmp_path / "alertmanager.yml"
    file.write_text(ROUTES, encoding="utf-8")
    found = check_files(FilesToCheck(alertmanager=file), ToolUse.RUN).findings
    assert [(each.id, each.where.file, each.message.partition(":")[0]) for each in found] == [
        ("tools/amlint", file, "wait-exceeds-interval")
    ]
    assert found[0].where.line == 1  # so amlint names the root

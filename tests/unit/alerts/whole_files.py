"""Folders of files that belong together, checked as the command checks them."""

from pathlib import Path

from stackproof.alerts.file_check import FilesToCheck, ToolUse, check_files
from stackproof.alerts.finding import Finding

ALERTING = Path(__file__).parents[2] / "alerting"


def files_in(folder: Path) -> FilesToCheck:
    """The files of a folder, by their names."""
    alertmanager, prometheus, slo = (folder / name for name in ("alertmanager.yml", "prometheus.yml", "slo"))
    return FilesToCheck(
        rules=[str(each) for each in sorted(folder.glob("rules*"))],
        alertmanager=alertmanager if alertmanager.exists() else None,
        prometheus=prometheus if prometheus.exists() else None,
        dashboards=[str(each) for each in sorted(folder.glob("dashboards*"))],
        metrics=[str(each) for each in sorted(folder.glob("metrics*"))],
        slo=slo if slo.exists() else None,
    )


def findings(folder: Path) -> tuple[Finding, ...]:
    """All findings in the files of a folder, without those of promtool, amtool and amlint."""
    return check_files(files_in(folder), ToolUse.SKIP).findings

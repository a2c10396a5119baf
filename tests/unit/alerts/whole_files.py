"""Folders of files that belong together, proved as the command proves them."""

from pathlib import Path

from stackproof.alerts.checking import FilesToProve, OthersTools, prove_files
from stackproof.alerts.finding import Finding

ALERTING = Path(__file__).parents[2] / "alerting"


def asked(folder: Path) -> FilesToProve:
    """The files of a folder, known by their names."""
    alertmanager, prometheus, slo = (folder / name for name in ("alertmanager.yml", "prometheus.yml", "slo"))
    return FilesToProve(
        rules=[str(each) for each in sorted(folder.glob("rules*"))],
        alertmanager=alertmanager if alertmanager.exists() else None,
        prometheus=prometheus if prometheus.exists() else None,
        dashboards=[str(each) for each in sorted(folder.glob("dashboards*"))],
        metrics=[str(each) for each in sorted(folder.glob("metrics*"))],
        slo=slo if slo.exists() else None,
    )


def findings(folder: Path) -> tuple[Finding, ...]:
    """All that is wrong with the files of a folder, but for what the tools of others say."""
    return prove_files(asked(folder), OthersTools.LEAVE)

"""Short codes for findings, which minutes and spreadsheets refer to: stable as the findings' own identities are."""

from __future__ import annotations

import hashlib

from smlint.report import Run

_SHORTEST = 5


def codes(run: Run) -> dict[tuple[str, str], str]:
    """A code for every finding of a run, by plan and finding id; longer only where two would be the same."""
    names = [(report.plan.name, finding.id) for report in run.reports for finding in report.findings]
    digests = {name: hashlib.sha256("\0".join(name).encode("utf-8", "surrogatepass")).hexdigest() for name in names}
    length = _SHORTEST
    while len({digest[:length] for digest in digests.values()}) < len(digests):
        length += 1
    return {name: digest[:length].upper() for name, digest in digests.items()}

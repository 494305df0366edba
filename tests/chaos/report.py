"""What runs came to, as tables."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from tests.chaos.facts import Claim
from tests.chaos.running import Outcome

CLAIMS = (Claim.LOST, Claim.DOUBLED, Claim.OVERSOLD, Claim.NUMBERS, Claim.AUDIT)


def line_of(outcome: Outcome) -> str:
    """Return one line about a run."""
    plan = outcome.plan
    statuses = Counter(each.status for each in outcome.log.asked if each.status >= 500)
    failed = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    silent = ", ".join(f"{count} {why}" for why, count in sorted(outcome.log.unanswered.items()))
    found = Counter(finding.claim for finding in outcome.findings)
    claims = ", ".join(f"{found[claim]} {claim}" for claim in CLAIMS)
    return (
        f"{plan.engine:<11}seed {plan.seed:<7}{outcome.log.answered():>6} answered "
        f"({failed or 'no 5xx'}; {silent or 'none unanswered'}), {outcome.kills} kills: {claims}"
    )


def details(outcome: Outcome, most: int = 10) -> list[str]:
    """Return what the judge found, the first of it."""
    return [f"    {finding.claim}: {finding.what}" for finding in outcome.findings[:most]]


def recovery_table(outcomes: Sequence[Outcome]) -> str:
    """Return how long it took after each kind of fault until a request was answered again."""
    lines = [f"{'engine':<12}{'fault':<22}{'times':>6}{'median s':>10}{'longest s':>11}"]
    for engine in sorted({outcome.plan.engine for outcome in outcomes}):
        seconds: dict[str, list[float]] = {}
        for outcome in outcomes:
            if outcome.plan.engine == engine:
                for name, found in outcome.recoveries().items():
                    seconds.setdefault(name, []).extend(found)
        lines += [
            f"{engine:<12}{name:<22}{len(found):>6}{median(found):>10.3f}{max(found):>11.3f}"
            for name, found in sorted(seconds.items())
        ]
    return "\n".join(lines)

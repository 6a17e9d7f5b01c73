import pytest
from tests.fit import generated

from rigwright import fit
from rigwright.report.text.findings import folded, number, summary, table
from rigwright.spec.build import Finding


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ([("ok", "error"), ("unknown", "note")], "buildable"),
        ([("ok", "error"), ("unknown", "error")], "undecided"),
        ([("unknown", "error"), ("conflict", "error")], "conflict"),
        ([("ok", "error"), ("warning", "warning")], "buildable"),
    ],
)
def test_summary_never_calls_an_open_question_buildable(found, word):
    findings = [Finding("r", verdict, severity=severity) for verdict, severity in found]
    assert summary(findings).startswith(word)


def test_missing_numbers_are_question_marks():
    assert (number(None), number(161, "mm"), number(12000, "W")) == ("?", "161 mm", "12,000 W")


def test_rules_that_wait_for_one_line_share_a_row():
    lost = Finding("parts_identified", "unknown", why="which part is meant by X is not known")
    waiting = [
        Finding(f"r{i}", "unknown", why="which part is meant by X is not known") for i in range(9)
    ]
    other = Finding("height", "unknown", why="the height is not known")
    shown = table([lost, *waiting, other])
    assert len(shown) == 1 + 3
    assert [(f.rule, len(rules)) for f, rules in folded([*waiting, lost])] == [(lost.rule, 9)]


def test_one_missing_fact_is_one_message():
    watts = "rating of the supply is not known"
    asked = [Finding(rule, "unknown", why=watts) for rule in ("wattage", "peaks", "advice")]
    other = Finding("height", "unknown", why="the height is not known")
    same = Finding("height again", "ok", why="the height is not known")
    assert folded([*asked, other, same]) == [
        (asked[0], ["peaks", "advice"]),
        (other, []),
        (same, []),
    ]
    assert len(table(asked)) == 1 + 2


def test_no_conflict_beside_buildable():
    summaries = [summary(fit.check(generated.build(seed))) for seed in range(200)]
    words = {"conflict", "undecided", "buildable", "what is listed goes together"}
    assert {text.partition(":")[0] for text in summaries} == words
    for text in summaries:
        assert text.startswith("conflict") != (", 0 conflicts" in text)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine import nps

ANSWERS = st.lists(st.integers(0, 10), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([10], 100),
        ([9], 100),
        ([8], 0),
        ([7], 0),
        ([6], -100),
        ([0], -100),
        ([10, 10, 7, 0], 25),
        ([10, 0], 0),
    ],
)
def test_score_of_known_answers(answers, expected):
    assert nps.score(answers).score == expected


def test_nobody_answered_is_no_score():
    assert nps.score([]) is None
    assert nps.from_counts(0, 0, 0) is None


@pytest.mark.parametrize("answer", [-1, 11, 4.5, "9"])
def test_answer_off_the_scale_is_refused(answer):
    with pytest.raises(ValueError, match="0 to 10"):
        nps.score([answer])


@given(ANSWERS)
def test_score_is_the_mean_of_the_weights_within_its_interval(answers):
    found = nps.score(answers)
    mean = sum(map(nps.weight, answers)) / len(answers)
    assert found.score == pytest.approx(mean)
    assert -100 <= found.low <= found.score <= found.high <= 100
    assert found.answers == len(answers)


@given(ANSWERS)
def test_more_answers_alike_make_the_score_surer(answers):
    assert nps.score(answers * 4).margin < nps.score(answers).margin


@given(ANSWERS, st.integers(0, 9))
def test_a_better_answer_never_lowers_the_score(answers, worse):
    assert nps.score([*answers, worse + 1]).score >= nps.score([*answers, worse]).score


def test_a_few_answers_prove_little():
    assert nps.score([10, 10, 10]).margin > 25
    assert nps.from_counts(600, 250, 150).margin < 5

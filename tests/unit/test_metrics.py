"""Metrics: what is declared, in one order, and nothing that could name someone."""

import pytest

from laborvoice.metrics import ALL, Metric, Process, Sample, render


def test_samples_are_text_for_prometheus() -> None:
    values: dict[Sample, int] = {
        (Metric.CLOSE, ("counted",)): 0,
        (Metric.KEY_AGE, ("mix",)): 7,
        (Metric.KEY_AGE, ("box",)): 86400,
        (Metric.UP, ()): 1,
    }
    assert render("vault", values).decode() == (
        "# HELP laborvoice_up 1 while the process serves.\n"
        "# TYPE laborvoice_up gauge\n"
        "laborvoice_up 1.0\n"
        "# HELP laborvoice_close_state 1 for the state of the last close.\n"
        "# TYPE laborvoice_close_state gauge\n"
        'laborvoice_close_state{state="counted"} 0.0\n'
        "# HELP laborvoice_key_age_seconds Age of the current key.\n"
        "# TYPE laborvoice_key_age_seconds gauge\n"
        'laborvoice_key_age_seconds{key="box"} 86400.0\n'
        'laborvoice_key_age_seconds{key="mix"} 7.0\n'
    )


def test_several_labels_are_in_the_order_declared() -> None:
    text = render("portal", {(Metric.REQUESTS, ("supplier", "200")): 3}).decode()
    assert 'laborvoice_requests_total{route="supplier",status="200"} 3.0\n' in text


def test_equal_values_are_equal_bytes_in_whatever_order_they_come() -> None:
    values: dict[Sample, int] = {(Metric.UP, ()): 1, (Metric.BUSY, ()): 0, (Metric.KEY_AGE, ("mix",)): 5}
    assert render("intake", values) == render("intake", dict(reversed(values.items())))


@pytest.mark.parametrize(
    ("process", "sample"),
    [
        ("intake", (Metric.REQUESTS, ("supplier", "200"))),
        ("vault", (Metric.BUSY, ())),
        ("portal", (Metric.REQUESTS, ("supplier",))),
        ("portal", (Metric.REQUESTS, ("/v1/suppliers/sup_1", "200"))),
        ("courier", (Metric.ATTEMPTS, ('x"} 1\nlaborvoice_up{a="',))),
    ],
)
def test_what_is_not_declared_is_refused(process: Process, sample: Sample) -> None:
    with pytest.raises(ValueError, match=r"is no metric of|has other labels"):
        render(process, {sample: 1})


@pytest.mark.parametrize("process", ["intake", "vault"])
def test_intake_and_vault_declare_no_counter(process: Process) -> None:
    declared = {metric.name for metric in Metric if process in metric.value.processes}
    assert not any(metric.value.kind == "counter" for metric in Metric if process in metric.value.processes)
    assert declared <= {"UP", "BUSY", "MIX_AGE", "CLOSE", "KEY_AGE", "STRAY"}


def test_every_process_says_that_it_is_up() -> None:
    assert Metric.UP.value.processes == ALL
    assert len({metric.value.name for metric in Metric}) == len(Metric)

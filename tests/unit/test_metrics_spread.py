"""How long things took: a histogram as Prometheus reads it."""

from laborvoice.metrics import Metric, Spread, render


def test_each_bound_counts_what_was_at_or_below_it() -> None:
    took = Spread()
    for seconds in (0.001, 0.01, 0.3, 99.0):
        took.took(seconds)
    text = render("portal", {(Metric.LATENCY, ()): took}).decode()
    assert 'laborvoice_request_seconds_bucket{le="0.01"} 2.0\n' in text
    assert 'laborvoice_request_seconds_bucket{le="0.25"} 2.0\n' in text
    assert 'laborvoice_request_seconds_bucket{le="0.5"} 3.0\n' in text
    assert 'laborvoice_request_seconds_bucket{le="10.0"} 3.0\n' in text
    assert 'laborvoice_request_seconds_bucket{le="+Inf"} 4.0\n' in text
    assert "laborvoice_request_seconds_count 4.0\n" in text
    assert "laborvoice_request_seconds_sum 99.311\n" in text


def test_a_number_where_a_spread_belongs_shows_nothing() -> None:
    assert b"bucket" not in render("portal", {(Metric.LATENCY, ()): 3})
    assert b"laborvoice_sessions 1" not in render("portal", {(Metric.SESSIONS, ()): Spread()})

"""What an operator of ``up`` sees: a doctor who finds nothing red, and of each process its own metrics alone."""

import json
import subprocess
import time  # noqa: TID251 - a mix is waited for
from http.client import HTTPConnection  # noqa: TID251 - what scrapes
from pathlib import Path
from typing import Final

from laborvoice.metrics import Metric
from support.upped import PATIENCE, Upped, command, upped

ORDER: Final = ("intake", "vault", "portal", "courier")
# Not before something happened: a close, an attempt, a request.
LATER: Final = {Metric.CLOSE, Metric.ATTEMPTS, Metric.REQUESTS}


def page(running: Upped, role: str, path: str) -> tuple[int, str]:
    host, _, first = running.environ["LABORVOICE_METRICS_BIND"].partition(":")
    connection = HTTPConnection(host, int(first) + ORDER.index(role), timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def names(text: str) -> set[str]:
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}


def test_up_is_healthy_by_its_own_doctor(short_home: Path, tmp_path: Path) -> None:
    with upped(short_home, tmp_path / "log") as running:
        deadline = time.monotonic() + PATIENCE
        while "laborvoice_mix_age_seconds" not in page(running, "vault", "/metrics")[1]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        for role in ORDER:
            assert [page(running, role, path)[0] for path in ("/livez", "/readyz", "/other")] == [200, 200, 404]
            wanted = {one.value.name for one in Metric if role in one.value.processes and one not in LATER}
            shown = names(page(running, role, "/metrics")[1])
            assert shown == wanted, role
        done = subprocess.run(  # noqa: S603 - our own program
            command("doctor", "--home", str(short_home), "--json"),
            env=dict(running.environ),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert {row["what"] for row in rows if row["level"] != "green"} <= {
            "manifest key online",
            "This machine swaps to a disk.",
            *(row["what"] for row in rows if row["check"] == "disk"),
        }
        assert done.returncode == int(any(row["level"] == "red" for row in rows))
        assert running.stop() == 0

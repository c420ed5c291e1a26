"""One kill each: intake under load, the vault in a mix, in the count and in the burn, the courier as it delivers."""

from pathlib import Path

from support.faulty_blows import BURN, COUNT, MIX, Blow, kill, trap
from support.faulty_season import season, seeded

SEED = 20260101


async def test_five_kills_lose_nothing_and_repeat_nothing(short_home: Path, tmp_path: Path) -> None:
    async with season(short_home, tmp_path, seeded(SEED)) as running:
        voices = await running.redeem()
        await running.cast(voices[::2], Blow("intake killed", kill("intake", 0.3)))
        await running.cast(voices[1::2], Blow("vault dies in mix", trap(MIX)))
        courier = Blow("courier killed", kill("courier", 1.0))
        await running.close([Blow("vault dies in count", trap(COUNT)), Blow("vault dies in burn", trap(BURN)), courier])
        assert running.period.label == "2026-Q2"
        assert len(running.stage.fired) == 3

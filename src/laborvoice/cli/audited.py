"""`keys audit`: what phones get from a server, checked from outside by anybody."""

from urllib.parse import urlsplit

import click

from laborvoice import errors


@click.command()
@click.argument("url")
@click.option("--fingerprint", help="Of the manifest key, 32 hexadecimal digits, as you were told it by another way.")
@click.option("--origin", help="The host that the manifest must name; else that of URL.")
def audit(url: str, fingerprint: str | None, origin: str | None) -> None:
    """Fetch from URL what phones get, and check it: signature, chain, part, page and files. Exit 1 where one is wrong.

    Keep the last line: who asks from elsewhere, or next week, must see the same number with the same hash.
    """
    from laborvoice.client.transport import Transport
    from laborvoice.client.worker.audit import check
    from laborvoice.clock import SystemClock

    try:
        wanted = None if fingerprint is None else bytes.fromhex(fingerprint)
    except ValueError:
        raise errors.BadSetting("A fingerprint has hexadecimal digits alone.") from None
    found = check(Transport(url), wanted, origin or urlsplit(url).netloc, SystemClock().now().date())
    manifest = found.manifest
    click.echo(f"manifest {manifest.seq}, {manifest.not_before} to {manifest.not_after}, signed by {found.fingerprint}")
    click.echo(f"{found.chain} manifests before it fit together; {len(found.files)} files are those that it names.")
    if wanted is None:
        click.echo("Whose key it is nobody has told: compare the fingerprint with that of a card.", err=True)
    click.echo(f"{manifest.seq} {manifest.prev or '-'} {manifest.parts.root}")

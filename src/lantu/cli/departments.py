"""The commands for what passes between departments; importing this module adds them to the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from lantu.cli.app import app, terminal_of
from lantu.cli.options import (
    FormatOption,
    JsonOption,
    PassphraseOption,
    RunArgument,
    SelectOption,
    by_name,
    of_run,
    to_file,
    to_folder,
    up_to_level,
)
from lantu.cli.usage import Command


@app.command("blueprint", cls=Command, help="cli.blueprint.help")
def _blueprint(
    context: typer.Context,
    run: RunArgument,
    *,
    out: Annotated[str | None, to_file("cli.blueprint.out")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.agreement import blueprint

    return blueprint(terminal_of(context), run, out=out, as_json=as_json)


@app.command("publish", cls=Command, help="cli.publish.help")
def _publish(
    context: typer.Context,
    run: RunArgument,
    *,
    audience: Annotated[str | None, typer.Option("--for", help="cli.publish.audience", metavar="WHO")] = None,
    level: Annotated[str | None, up_to_level("cli.publish.level")] = None,
    out: Annotated[str, to_folder("cli.publish.out")],
    each: Annotated[bool, typer.Option("--each", help="cli.publish.each")] = False,
    since: Annotated[str | None, of_run("cli.publish.since")] = None,
    formats: FormatOption = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="cli.publish.encrypt")] = False,
    passphrase_file: PassphraseOption = None,
    by: Annotated[str | None, by_name("cli.publish.by")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.choices import words
    from lantu.cli.publish import PublishOptions, publish

    options = PublishOptions(
        audience=audience,
        level=level,
        out=out,
        each=each,
        since=since,
        formats=words(formats),
        encrypt=encrypt,
        passphrase_file=passphrase_file,
        by=by,
    )
    return publish(terminal_of(context), run, options, as_json=as_json)


@app.command("unlock", cls=Command, help="cli.unlock.help")
def _unlock(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="cli.unlock.file", metavar="FILE")],
    *,
    out: Annotated[str, to_folder("cli.publish.out")],
    passphrase_file: PassphraseOption = None,
) -> int:
    from lantu.cli.publish import unlock

    return unlock(terminal_of(context), file, out=out, passphrase_file=passphrase_file)


@app.command("request", cls=Command, help="cli.request.help")
def _request(
    context: typer.Context,
    run: RunArgument,
    *,
    standard: Annotated[str, typer.Option("--standard", help="cli.request.standard", metavar="STANDARD")],
    of: Annotated[str, typer.Option("--of", help="cli.request.of", metavar="DEPARTMENT")],
    level: Annotated[str | None, up_to_level("cli.request.level")] = None,
    select: SelectOption = None,
    out: Annotated[str, to_file("cli.request.out")] = "request.json",
) -> int:
    from lantu.cli.choices import words
    from lantu.cli.responding import request

    chosen = words(select) or ()
    return request(terminal_of(context), run, standard=standard, of=of, level=level, select=chosen, out=out)


@app.command("respond", cls=Command, help="cli.respond.help")
def _respond(
    context: typer.Context,
    request: Annotated[str, typer.Argument(help="cli.respond.request", metavar="REQUEST")],
    *,
    blueprint: Annotated[
        str, typer.Option("--blueprint", help="cli.respond.blueprint", metavar="BLUEPRINT")
    ] = "blueprint.toml",
    key: Annotated[str, typer.Option("--key", help="cli.respond.key", metavar="FILE")],
    out: Annotated[str, to_file("cli.request.out")] = "response.json",
) -> int:
    from lantu.cli.responding import respond

    return respond(terminal_of(context), request, blueprint=blueprint, key=key, out=out)


@app.command("merge", cls=Command, help="cli.merge.help")
def _merge(
    context: typer.Context,
    run: RunArgument,
    response: Annotated[str, typer.Argument(help="cli.merge.response", metavar="RESPONSE")],
    *,
    request: Annotated[str, typer.Option("--request", help="cli.merge.request", metavar="FILE")],
    trust: Annotated[str, typer.Option("--trust", help="cli.merge.trust", metavar="FILE")],
    out: Annotated[str, to_folder("cli.merge.out")],
) -> int:
    from lantu.cli.responding import merge

    return merge(terminal_of(context), run, response, asked=request, trust=trust, out=out)


@app.command("rollup", cls=Command, help="cli.rollup.help")
def _rollup(
    context: typer.Context,
    run: RunArgument,
    *,
    out: Annotated[str | None, to_file("cli.rollup.out")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.rollup import rollup

    return rollup(terminal_of(context), run, out=out, as_json=as_json)


@app.command("explain", cls=Command, help="cli.explain.help")
def _explain(
    context: typer.Context,
    run: RunArgument,
    finding: Annotated[str, typer.Argument(help="cli.explain.finding", metavar="FINDING")],
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.explain import explain

    return explain(terminal_of(context), run, finding, as_json=as_json)

"""The commands and their options; what a command does is in a module of its own, imported when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantu.cli.options import (
    BlueprintArgument,
    FormatOption,
    JsonOption,
    SelectOption,
    Words,
    by_name,
    of_run,
    to_file,
    to_folder,
)
from lantu.cli.usage import Command, Group, translate

if TYPE_CHECKING:
    from lantu.cli.terminal import Terminal
    from lantu.messages import Language

app = typer.Typer(
    cls=Group,
    help="cli.help.lantu",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def command_in(language: Language) -> Any:  # noqa: ANN401  # the parser's commands have no public type
    """Return the command line with its help in ``language``."""
    command = typer.main.get_command(app)
    translate(command, language)
    return command


def _show_version(given: bool) -> None:
    if given:
        from lantu._version import __version__

        typer.echo(f"lantu {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _lantu(
    context: typer.Context,
    lang: Annotated[str | None, typer.Option("--lang", help="cli.option.lang", metavar="zh|en")] = None,
    version: Annotated[
        bool, typer.Option("--version", help="cli.option.version", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    del version
    if lang is not None:
        from lantu.cli.choices import one_of

        one_of("--lang", lang, ("zh", "en"))  # a word that is a language never gets here
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("demo", cls=Command, help="cli.help.demo")
def _demo(
    context: typer.Context,
    directory: Annotated[str, typer.Argument(help="cli.argument.demo", metavar="DIR")] = "lantu-demo",
) -> int:
    from lantu.cli.demo import demo

    return demo(terminal_of(context), directory)


@app.command("new", cls=Command, help="cli.help.new")
def _new(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(help="cli.argument.folder", metavar="FOLDER")],
    *,
    out: Annotated[str | None, to_file("cli.option.out_file")] = None,
    force: Annotated[bool, typer.Option("--force", help="cli.option.force")] = False,
) -> int:
    from lantu.cli.new import new

    return new(terminal_of(context), folder, out=out, force=force)


@app.command("check", cls=Command, help="cli.help.check")
def _check(
    context: typer.Context,
    blueprint: BlueprintArgument = "blueprint.toml",
    *,
    out: Annotated[str | None, to_folder("cli.option.out")] = None,
    formats: FormatOption = None,
    select: SelectOption = None,
    ignore: Annotated[Words, typer.Option("--ignore", help="cli.option.ignore", metavar="RULES")] = None,
    jobs: Annotated[str | None, typer.Option("--jobs", help="cli.option.jobs", metavar="N")] = None,
    tile: Annotated[str | None, typer.Option("--tile", help="cli.option.tile", metavar="SIZE_M")] = None,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="cli.option.fail_on", metavar="SEVERITY")
    ] = "never",
    since: Annotated[str | None, of_run("cli.option.since")] = None,
    as_if: Annotated[
        list[str] | None, typer.Option("--as-if", help="cli.as_if.option", metavar="LAYER=FILE")
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", help="cli.option.engine", metavar="local|dask")
    ] = "local",
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="cli.option.scheduler", metavar="ADDRESS")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="cli.option.quiet")] = False,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.check import CheckOptions, check

    options = CheckOptions.read(
        out=out,
        formats=formats,
        select=select,
        ignore=ignore,
        jobs=jobs,
        tile=tile,
        fail_on=fail_on,
        since=since,
        as_if=as_if,
        engine=engine,
        scheduler=scheduler,
    )
    return check(terminal_of(context).hushed(quiet=quiet), blueprint, options, as_json=as_json)


@app.command("compare", cls=Command, help="cli.help.compare")
def _compare(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="cli.argument.old", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="cli.argument.new", metavar="NEW")],
    *,
    out: Annotated[str | None, to_file("cli.option.compare_out")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.compare import compare

    return compare(terminal_of(context), old, new, out=out, as_json=as_json)


@app.command("layers", cls=Command, help="cli.help.layers")
def _layers(
    context: typer.Context,
    blueprint: BlueprintArgument = "blueprint.toml",
    *,
    html: Annotated[str | None, to_file("cli.option.html", "--html")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.layers import layers

    return layers(terminal_of(context), blueprint, html=html, as_json=as_json)


@app.command("rules", cls=Command, help="cli.help.rules")
def _rules(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(help="cli.argument.rule", metavar="CODE")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.rules import explain_rule, list_rules

    terminal = terminal_of(context)
    if code is None:
        return list_rules(terminal, as_json=as_json)
    return explain_rule(terminal, code, as_json=as_json)


@app.command("sweep", cls=Command, help="cli.help.sweep")
def _sweep(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="cli.argument.swept", metavar="RULE")],
    blueprint: BlueprintArgument = "blueprint.toml",
    *,
    param: Annotated[str | None, typer.Option("--param", help="cli.option.param", metavar="P=V,…")] = None,
    html: Annotated[str | None, to_file("cli.option.sweep_html", "--html")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.layers import page_path
    from lantu.cli.sweep import sweep

    page = page_path(html) if html is not None else None
    return sweep(terminal_of(context), rule, blueprint, param=param, html=page, as_json=as_json)


@app.command("decide", cls=Command, help="cli.help.decide")
def _decide(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="cli.argument.decided_run", metavar="RUN")],
    file: Annotated[str, typer.Argument(help="cli.argument.decisions", metavar="FILE")],
    *,
    by: Annotated[str | None, by_name("cli.option.by")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.decide import decide

    return decide(terminal_of(context), run, file, by=by, as_json=as_json)


@app.command("dossier", cls=Command, help="cli.dossier.help")
def _dossier(
    context: typer.Context,
    parcel: Annotated[str, typer.Argument(help="cli.dossier.parcel", metavar="PARCEL")],
    blueprint: BlueprintArgument = "blueprint.toml",
    *,
    html: Annotated[str | None, to_file("cli.dossier.html", "--html")] = None,
    as_json: JsonOption = False,
) -> int:
    from lantu.cli.dossier import dossier
    from lantu.cli.layers import page_path

    page = page_path(html) if html is not None else None
    return dossier(terminal_of(context), parcel, blueprint, html=page, as_json=as_json)


def terminal_of(context: typer.Context) -> Terminal:
    """Return the streams and the language that the command line was started with."""
    terminal: Terminal = context.obj["terminal"]
    return terminal

"""Options that protocols add to a command, as click options in a section of the help for each protocol."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from stackproof.protocols.command_options import CommandOption, OptionKind

Declared = Sequence[tuple[str, Sequence[CommandOption]]]
"""Names of protocols, each with its options."""

_TYPES: Mapping[OptionKind, Any] = {OptionKind.WHOLE_NUMBER: int, OptionKind.FILE: click.Path(path_type=Path)}


class ProtocolOption(click.Option):
    """An option of a protocol, or of several: a flag that has the same form for all is one option.

    Args:
        declared: The option.
        protocol: The first protocol with this option.

    Attributes:
        form: What may follow it.
        helps: What it means to each protocol that has it.
    """

    def __init__(self, declared: CommandOption, protocol: str) -> None:
        self.form = _form(declared)
        self.helps = {protocol: declared.help}
        super().__init__(
            [declared.flag, _parameter(declared.flag)],
            type=_type(declared),
            multiple=declared.kind is OptionKind.TEXTS,
            is_flag=True if declared.kind is OptionKind.SWITCH else None,  # False would make the value optional
            metavar=declared.metavar or None,
            help=declared.help,
        )


class ProtocolCommand(click.Command):
    """A command whose help has a section for each protocol that adds options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those of each protocol."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Argument) or (record := parameter.get_help_record(ctx)) is None:
                continue  # the usage line shows arguments
            if isinstance(parameter, ProtocolOption):
                for protocol, text in parameter.helps.items():
                    sections.setdefault(f"Options for {protocol}", []).append((record[0], text))
            else:
                sections.setdefault("Options", []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def add_options(command: click.Command, declared: Declared, problems: Iterable[str]) -> None:
    """Add the options of all protocols to a command; what cannot be added is named at the end of its help."""
    taken = {flag: parameter for parameter in command.params for flag in parameter.opts}
    trouble = list(problems)
    for protocol, options in declared:
        for option in options:
            first = taken.get(option.flag)
            if first is None:
                taken[option.flag] = ProtocolOption(option, protocol)
                command.params.append(taken[option.flag])
            elif isinstance(first, ProtocolOption) and first.form == _form(option):
                first.helps[protocol] = option.help
            else:
                trouble.append(f"{protocol}: the option {option.flag} already has another meaning")
    if trouble:
        command.epilog = "\b\n" + "\n".join(["Not available:", *trouble])


def fields_given(ctx: click.Context, options: Sequence[CommandOption]) -> dict[str, Any]:
    """Return the fields that the given options set, with their values; an option that was not given sets none.

    Raises:
        DeclarationError: A value cannot be converted.
    """
    added = {parameter.opts[0]: parameter for parameter in ctx.command.params if isinstance(parameter, ProtocolOption)}
    fields = {}
    for option in options:
        parameter = added.get(option.flag)
        if parameter is None or parameter.form != _form(option):
            continue  # another meaning of this flag came first; the help says so
        value = ctx.params[parameter.name]
        if value is not None and value is not False and value != ():
            fields[option.field] = value if option.convert is None else option.convert(value)
    return fields


def _parameter(flag: str) -> str:
    """Return the name of an option's parameter, which no parameter of a command has."""
    return "protocol" + flag.replace("-", "_")


def _form(declared: CommandOption) -> tuple[object, ...]:
    """Return what has to be equal for a flag to be one option of two protocols."""
    return declared.kind, declared.choices, declared.minimum


def _type(declared: CommandOption) -> Any:  # noqa: ANN401 - click's types have no common one
    if declared.choices:
        return click.Choice(declared.choices)
    if declared.minimum is not None:
        return click.IntRange(min=declared.minimum)
    return _TYPES.get(declared.kind)

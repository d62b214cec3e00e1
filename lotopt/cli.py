"""The command line: arguments in, one call, a printed answer, an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from lotopt.commands import options
from lotopt.commands.audit import audit
from lotopt.commands.check import check
from lotopt.commands.coherence import coherence
from lotopt.commands.compare import compare
from lotopt.commands.demo import demo
from lotopt.commands.new import new
from lotopt.commands.rules import rules
from lotopt.commands.run import run
from lotopt.commands.why import why

FAULT, BAD_INPUT, INTERRUPTED = 1, 2, 130
FULL = (errno.ENOSPC, errno.EFBIG, errno.EROFS)


class InOrder(click.Group):
    """Commands listed in the order in which they are used."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)


def _tell_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from lotopt import __version__

        click.echo(f"lotopt {__version__}")
        context.exit()


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_tell_version, help="Show the version."
)
@options.debug
def lotopt() -> None:
    """Which local areas form which contract lots, and which provider gets which lot.

    \b
    Start with `lotopt demo`, or with `lotopt new DIR` for a scenario of your own.
    Exit codes: 0 done, every rule kept; 2 the input cannot be used; 3 no plan exists;
    4 feasible, the wanted gap not reached; 5 nothing found in the time; 6 the audit
    disagrees or a rule is broken; 1 a fault of ours; 130 interrupted, best plan written.
    """


for command in (demo, new, check, run, audit, coherence, why, compare, rules):
    lotopt.add_command(command)


def answer(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors are told on stderr, tracebacks only with --debug."""
    with_debug = "--debug" in arguments
    try:
        code: Any = lotopt.main(args=list(arguments), prog_name="lotopt", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; nothing was written", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has closed it; stdout is pointed elsewhere so that closing it says nothing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _told(error, with_debug)


def _told(error: Exception, with_debug: bool) -> int:
    from lotopt.core.errors import LotoptError

    if with_debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, LotoptError):
        click.echo(str(error), err=True)
        return BAD_INPUT
    if isinstance(error, OSError) and (error.filename is not None or error.errno in FULL):
        # a file, a folder or a disk that refuses, wherever it was met
        click.echo(f"{error.filename or 'the disk'} cannot be used:\n  - {error.strerror}", err=True)
        return BAD_INPUT
    if not with_debug:
        first = (str(error).splitlines() or [""])[0]
        click.echo(f"a fault of lotopt, not of yours: {type(error).__name__}: {first}", err=True)
        click.echo("run again with --debug to see where, and please report it", err=True)
    return FAULT


def main() -> None:
    """The `lotopt` command."""
    code = answer(sys.argv[1:])
    # all is told and written: another Ctrl-C while Python tidies up would only change the exit code
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


if __name__ == "__main__":
    main()

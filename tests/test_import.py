"""Importing lotopt costs little and does nothing; its public names are all there."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import lotopt
from lotopt.core.clause import Goal

HEAVY = ("geopandas", "shapely", "pandas", "pulp", "highspy", "numba", "rich", "jinja2", "openpyxl", "networkx")


def loaded_after(code: str) -> set[str]:
    """The modules that are loaded after a piece of Python in a fresh process."""
    script = f"import sys\n{code}\nprint('\\n' + ' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def imported(file: Path, known: Collection[str]) -> Iterator[str]:
    """The known modules that a file imports, whether at once, in a function or only for types."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{file.name} imports by dots"
            for alias in node.names:
                # a package that is only the way to its file is not imported from
                inner = f"{node.module}.{alias.name}"
                name = inner if inner in known else node.module
                if name in known:
                    yield name


def test_importing_lotopt_loads_none_of_what_it_uses():
    """Not even numpy: names load when they are first asked for."""
    assert not loaded_after("import lotopt") & {*HEAVY, "numpy", "pydantic", "click"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_and_version_load_nothing_heavy(arguments: list[str]):
    """What people wait for most often is what they should wait for least."""
    assert not loaded_after(f"from lotopt.cli import answer\nanswer({arguments!r})") & {*HEAVY, "numpy", "pydantic"}


def test_the_names_of_a_design_load_no_reader_of_maps():
    """Rules, goals and the solve itself need no shapes."""
    loaded = loaded_after("import lotopt as lo\nlo.rules.LotCount, lo.goals.TotalPrice, lo.design_lots")
    assert not loaded & {"geopandas", "shapely", "pandas"}


def test_no_circle_of_imports():
    """Every file of lotopt stands above all that it imports, also where it does so late or only for types."""
    root = Path(lotopt.__file__).parent
    names = {file: ".".join(file.relative_to(root.parent).with_suffix("").parts) for file in root.rglob("*.py")}
    files = {name.removesuffix(".__init__"): file for file, name in names.items()}
    arrows = {name: set(imported(file, files)) for name, file in files.items()}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


def test_every_public_name_is_there():
    """Each is found where the package says it is."""
    for name in lotopt.__all__:
        assert getattr(lotopt, name) is not None


def test_a_name_that_is_not_public():
    """An attribute error in Python's own words."""
    with pytest.raises(AttributeError, match="has no attribute 'desing_lots'"):
        lotopt.desing_lots  # noqa: B018


def test_rules_and_goals_are_under_one_roof():
    """Every kind of lot design and of allocation by its class name, none hidden by another."""
    from lotopt.study.read import sections

    kinds = {model for found in sections().values() for model in found.values()}  # ties are goals too
    for model in kinds:
        assert model in (getattr(lotopt.rules, model.__name__, None), getattr(lotopt.goals, model.__name__, None))
    # a rule and a goal may share a name, as last_resort does: each is under its own roof
    assert len({(issubclass(model, Goal), model.__name__) for model in kinds}) == len(kinds)

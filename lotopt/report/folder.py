"""out/: everything a run found, in files that are whole or not there."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lotopt.core.errors import InputError
from lotopt.core.interrupt import undivided
from lotopt.report.exports import EXPORTS, Writer, options_of
from lotopt.report.files import put_in_place
from lotopt.study.explain import TITLES
from lotopt.study.result import result_document, versions
from lotopt.study.run import Outcome
from lotopt.study.write import scenario_text


def check_folder(out: Path) -> None:
    """Raise InputError where results could not be written; asked before a long solve, changes nothing."""
    for part in (out, *out.absolute().parents):
        if part.exists():
            break
    if not part.is_dir():
        raise InputError(str(out), f"'{part}' is a file; name another folder")
    if not os.access(part, os.W_OK | os.X_OK):
        raise InputError(str(out), f"nothing may be written in '{part}'; name another folder")
    folders = [name for name in FILES if (out / name).is_dir()]
    if folders:
        told = (f"'{name}' in it is a folder, and a file of that name is to be written" for name in folders)
        raise InputError(str(out), told)


def write_folder(outcome: Outcome, out: str | Path) -> tuple[Path, ...]:
    """Write a run's files: result.json, scenario.toml and the report, with a plan its tables and map, and a table of
    each explanation that was asked for.

    All are made in a folder of their own and moved in one by one once every one is finished. In a folder of an
    earlier run, its files that this run does not make are taken away; other files stay. Raises InputError where
    nothing can be written.
    """
    folder = Path(out)
    check_folder(folder)
    try:
        new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            # inside it: what lies around it may belong to others, or to another disk
            inside = Path(tempfile.mkdtemp(dir=folder, prefix=".lotopt-"))
            try:
                made = _made(outcome, inside, folder)
                with undivided():
                    return _moved(made, inside, folder)
            finally:
                shutil.rmtree(inside, ignore_errors=True)
        finally:
            if new and not any(folder.iterdir()):
                folder.rmdir()
    except OSError as error:
        raise InputError(str(out), f"cannot be written: {error.strerror or error}") from error


@contextmanager
def _gdal_told() -> Iterator[None]:
    """What GDAL could not write, as the OSError that it is; its own words are a database's."""
    try:
        yield
    except RuntimeError as error:
        if not type(error).__module__.startswith("pyogrio"):
            raise
        raise OSError("lots.gpkg could not be finished; is the disk full?") from error


def _made(outcome: Outcome, inside: Path, folder: Path) -> list[str]:
    return [name for name, write in FILES.items() if write(outcome, inside / name, folder)]


def _moved(names: list[str], inside: Path, folder: Path) -> tuple[Path, ...]:
    if _ours(folder):
        for name in FILES.keys() - set(names):
            (folder / name).unlink(missing_ok=True)
    for name in names:
        put_in_place(inside / name, folder / name)
    return tuple(folder / name for name in names)


def _ours(folder: Path) -> bool:
    """Whether an earlier run of lotopt wrote into the folder."""
    try:
        content = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "schema_version" in content and "provenance" in content


def summary_text(outcome: Outcome) -> str:
    """What a run prints."""
    from lotopt.report.terminal import text_summary

    return text_summary(outcome.design, outcome.awards, **_told(outcome))


def _told(outcome: Outcome) -> dict[str, Any]:
    """The options of a report of the outcome."""
    more = {"layers": outcome.scenario.report.layers, "base": outcome.ground.base}
    return options_of(outcome) | more | {"inputs": outcome.inputs, "versions": versions()}


def _resolved(outcome: Outcome, folder: Path) -> str:
    from lotopt.core.version import version_of

    made = f"As resolved and run by lotopt {version_of('lotopt')}; run it again with: lotopt run scenario.toml"
    return scenario_text(outcome.scenario, folder, outcome.inputs, made)


def _write_result(outcome: Outcome, path: Path, _: Path) -> bool:
    document = result_document(outcome).model_dump(mode="json")
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return True


def _write_scenario(outcome: Outcome, path: Path, folder: Path) -> bool:
    path.write_text(_resolved(outcome, folder), encoding="utf-8", newline="\n")
    return True


def _write_lots(outcome: Outcome, path: Path, _: Path) -> bool:
    from lotopt.report.tables import write_lots

    if outcome.plan is None:
        return False
    write_lots(path, outcome.plan)
    return True


def _write_awards(outcome: Outcome, path: Path, _: Path) -> bool:
    from lotopt.report.tables import write_awards

    if outcome.awards is None or outcome.awards.plan is None:
        return False
    write_awards(path, outcome.awards)
    return True


def _write_map(outcome: Outcome, path: Path, _: Path) -> bool:
    from lotopt.report.geo import write_geo

    if outcome.plan is None or outcome.ground.territory.shapes_file is None:
        return False
    with _gdal_told():
        write_geo(path, outcome.plan, outcome.awards)
    return True


def _write_page(outcome: Outcome, path: Path, folder: Path) -> bool:
    from lotopt.report.page import write_report

    text = _resolved(outcome, folder)
    write_report(path, outcome.design, outcome.awards, scenario_text=text, **_told(outcome))
    return True


def _writer_of(name: str) -> Writer:
    """Writes one table of explanations as CSV."""

    def write(outcome: Outcome, path: Path, _: Path) -> bool:
        from lotopt.report.tables import write_csv

        parts = () if outcome.explained is None else outcome.explained.parts
        part = next((part for part in parts if part.name == name), None)
        if part is None or not part.columns:
            return False
        write_csv(path, part.columns, part.rows)
        return True

    return write


FILES: dict[str, Writer] = {
    "result.json": _write_result,
    "scenario.toml": _write_scenario,
    "lots.csv": _write_lots,
    "awards.csv": _write_awards,
    **{f"{name}.csv": _writer_of(name) for name in TITLES},
    "lots.gpkg": _write_map,
    **EXPORTS,
    "report.html": _write_page,
}

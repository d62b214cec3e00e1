"""What was named to be compared: scenario files, earlier runs, drawn lots and designs of the territory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.core.result import Result
from lotopt.design.design import LotDesign
from lotopt.report.compare.entry import DRAWN, GIVEN, NAMED, READ, RUN, Entry
from lotopt.report.moves import other_areas
from lotopt.study.earlier import is_run, read_run
from lotopt.study.run import Outcome
from lotopt.study.scenario import Scenario
from lotopt.territory.territory import Territory

PLACE = "england-wales"  # the territory of designs by name where nothing says another one
SCENARIOS = (".toml", ".json")
Design = LotDesign | Result[LotDesign] | Outcome | Entry | str | Path
Reader = Callable[[Path], Scenario]


@dataclass(frozen=True, eq=False)
class Wanted:
    """One thing to compare under its name: an entry, or a scenario that is still to be run on its territory."""

    name: str
    source: str
    territory: Territory
    entry: Entry | None = None
    scenario: Scenario | None = None

    @property
    def earlier(self) -> bool:
        """Whether it is an earlier run."""
        return self.entry is not None and self.entry.how == READ

    def of(self, outcome: Outcome) -> Entry:
        """The entry, once its scenario is run."""
        return Entry.of_outcome(self.name, outcome, self.source)


def kind_of(name: str) -> str:
    """What a word on the command line stands for."""
    path = Path(name)
    if is_run(path):
        return READ
    if path.suffix.lower() in SCENARIOS:
        return RUN
    return DRAWN if path.suffix.lower() == ".csv" else NAMED


def wanted(
    words: Sequence[str], territory: Territory | str | Path | None = None, read: Reader | None = None
) -> tuple[Wanted, ...]:
    """Everything that words stand for, read and checked; scenarios are left to be run.

    Designs by name and drawn lots are of the `territory`; where it is not given, of that of the scenarios and runs,
    else of England and Wales. `read` turns a file into a scenario. Raises InputError with every problem of every
    word.
    """
    problems = Problems("comparison")
    ground = _ground(territory, problems)
    names = distinct_names(words)
    kinds = [kind_of(word) for word in words]
    found: dict[int, Wanted] = {}
    for k, (word, name, kind) in enumerate(zip(words, names, kinds, strict=True)):
        try:
            if kind == RUN:
                found[k] = _scenario(word, name, read)
            elif kind == READ:
                run = read_run(word, ground)
                found[k] = Wanted(name, str(run.folder), run.territory, Entry.of_earlier(name, run))
        except InputError as error:
            _take(problems, word, error)
    other = [k for k, kind in enumerate(kinds) if kind in (DRAWN, NAMED)]
    if ground is None and other and (found or len(other) == len(words)):
        ground = found[min(found)].territory if found else _ground(PLACE, problems)
    for k in other if ground is not None else ():
        assert ground is not None
        try:
            found[k] = Wanted(names[k], words[k], ground, _design(words[k], names[k], ground))
        except InputError as error:
            _take(problems, words[k], error)
    if not problems.found:
        for problem in _other_grounds([found[k] for k in sorted(found)]):
            problems.add(problem)
    problems.check()
    return tuple(found[k] for k in range(len(words)))


def with_base(
    words: Sequence[str],
    against: str | None,
    territory: Territory | str | Path | None = None,
    read: Reader | None = None,
) -> tuple[tuple[Wanted, ...], str]:
    """Everything that words stand for, and the name of the base: one of them, or another one that then comes first.

    Takes what `wanted` takes.
    """
    place = 0
    if against is not None:
        called = distinct_names(words)
        place = next((k for k, word in enumerate(words) if against in (word, called[k])), -1)
        if place < 0:
            words, place = [against, *words], 0
    found = wanted(words, territory, read)
    return found, found[place].name


def entries_of(
    designs: Sequence[Design],
    against: Design | None,
    territory: Territory | str | Path | None,
    names: Sequence[str],
) -> tuple[tuple[Entry, ...], str]:
    """The entries of designs in memory and of words, whose scenarios are run; and the name of the base.

    A base that is none of the designs and no name of theirs comes first.
    """
    given, called = list(designs), list(names)
    if called and len(called) != len(given):
        raise InputError("names", f"{len(called)} names for {len(given)} designs")
    place = 0
    if against is not None:
        place = next((k for k, each in enumerate(given) if _same(each, against)), -1)
        if place < 0 and str(against) in called:
            place = called.index(str(against))
        if place < 0:
            given, called, place = [against, *given], ["", *called] if called else [], 0
    if territory is None:
        territory = next((plan.territory for each in given if (plan := _plan(each)) is not None), None)
    read = iter(wanted([str(each) for each in given if isinstance(each, str | Path)], territory))
    made = [
        _run(next(read)) if isinstance(each, str | Path) else _entry(each, f"design {k + 1}")
        for k, each in enumerate(given)
    ]
    own = [name or entry.name for name, entry in zip(called or [""] * len(made), made, strict=True)]
    found = tuple(replace(entry, name=name) for entry, name in zip(made, numbered(own), strict=True))
    return found, found[place].name if found else ""


def distinct_names(words: Sequence[str]) -> list[str]:
    """What each word goes by: a file's name without its ending, a folder's name; numbered where two are alike.

    Of runs and drawn lots that are alike in name the folders above them are told too, where those differ.
    """
    short = [_short(word) for word in words]
    longer = [f"{_place(word).parent.name}/{name}" for word, name in zip(words, short, strict=True)]
    apart = {name for name in short if len({long for s, long in zip(short, longer, strict=True) if s == name}) > 1}
    told = [
        long if name in apart and kind_of(word) in (READ, DRAWN) else name
        for word, name, long in zip(words, short, longer, strict=True)
    ]
    return numbered(told)


def numbered(names: Sequence[str]) -> list[str]:
    """The names, with a number behind each that was there before; folders of those names are distinct too."""
    found: list[str] = []
    taken: set[str] = set()
    free = {name.casefold() for name in names}
    for name in names:
        new, count = name, 1
        while new.casefold() in taken or (count > 1 and new.casefold() in free):
            count += 1
            new = f"{name}-{count}"
        taken.add(new.casefold())
        found.append(new)
    return found


def _short(word: str) -> str:
    kind = kind_of(word)
    if kind == NAMED:
        return word
    return _place(word).name or "run" if kind == READ else Path(word).stem


def _place(word: str) -> Path:
    """Where a file or the folder of a run is, with every folder above it."""
    path = Path(word)
    folder = path.parent if kind_of(word) == READ and not path.is_dir() else path
    return folder.resolve()


def _ground(territory: Territory | str | Path | None, problems: Problems) -> Territory | None:
    from lotopt.territory.places import load_territory

    if territory is None or isinstance(territory, Territory):
        return territory
    try:
        return load_territory(territory)
    except InputError as error:
        for problem in error.problems:
            problems.add(f"--territory: {problem.removeprefix('territory: ')}")
        return None


def _other_grounds(found: Sequence[Wanted]) -> Iterator[str]:
    for each in found[1:]:
        first = found[0]
        if each.territory.ids != first.territory.ids:
            told = other_areas(each.territory.ids, first.territory.ids)
            yield f"{each.source}: is drawn on {told}; compare designs of one territory with {first.source}"


def _scenario(word: str, name: str, read: Reader | None) -> Wanted:
    from lotopt.study.ground import check
    from lotopt.study.read import read_scenario

    scenario = (read or read_scenario)(Path(word))
    if scenario.alone:
        raise InputError(word, f"{word}: brings its own lots, and lots on a map are compared")
    return Wanted(name, word, check(scenario).territory, scenario=scenario)


def _design(word: str, name: str, ground: Territory) -> Entry:
    from lotopt.study.ground import find_design

    kind, path = kind_of(word), Path(word)
    if kind == DRAWN and not path.is_file() and word not in ground.designs:
        raise InputError(word, f"{word}: there is no such file")
    if kind == NAMED and word not in ground.designs:
        if path.is_dir():
            raise InputError(word, f"{word}: the folder holds no result.json, so it is no earlier run")
        if path.is_file():
            raise InputError(word, f"{word}: scenarios end in .toml or .json, drawn lots in .csv")
        raise InputError(
            word,
            f"'{word}' is no file or folder and no design of {ground.title or ground.source}; "
            f"{did_you_mean(word, sorted(ground.designs))}",
        )
    plan = find_design(word, ground, word)
    return Entry.of_design(name, plan, kind, word)


def _take(problems: Problems, word: str, error: InputError) -> None:
    """The problems of one word, each led by it, also where a file tells only its name."""
    path = Path(word)
    for problem in error.problems:
        if problem.startswith((word, f"'{word}'", str(path))):
            problems.add(problem)
        elif problem.startswith((f"{path.name},", f"{path.name}:")):
            problems.add(f"{word}{problem.removeprefix(path.name)}")
        else:
            problems.add(f"{word}: {problem}")


def _same(each: Design, against: Design) -> bool:
    if isinstance(each, str | Path) and isinstance(against, str | Path):
        return str(each) == str(against)
    return each is against


def _plan(each: Design) -> LotDesign | None:
    if isinstance(each, LotDesign):
        return each
    return each.plan if isinstance(each, Result | Outcome | Entry) else None


def _entry(each: Design, name: str) -> Entry:
    if isinstance(each, Entry):
        return each
    if isinstance(each, LotDesign):
        return Entry.of_design(each.title or name, each)
    if isinstance(each, Outcome):
        return Entry.of_outcome(each.scenario.title or name, each)
    if isinstance(each, Result):
        return Entry((each.plan.title if each.plan is not None else "") or name, each, how=GIVEN)
    raise InputError("comparison", f"{each!r} is no design, run, file or name")


def _run(found: Wanted) -> Entry:
    from lotopt.study.run import run

    if found.entry is not None:
        return found.entry
    assert found.scenario is not None
    return found.of(run(found.scenario))

"""Whatever is done to the bytes of a territory, it is read or refused with one InputError, never a traceback."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotopt.core.errors import InputError
from lotopt.territory.read import read_territory

SOUND = {
    "territory.toml": b"""[areas]
file = "areas.csv"
x = "x"
y = "y"
[measures.cases]
[layers.police]
names = "agencies.csv"
[flags]
file = "flags.csv"
[borders]
file = "borders.csv"
[[links]]
a = "a"
b = "c"
[points.courts]
file = "points.csv"
[designs]
file = "designs.csv"
area = "area"
""",
    "areas.csv": b"area,x,y,cases,police\na,1,2,3,P\nb,4,5,6,P\nc,7,8,9,Q\n",
    "agencies.csv": b"agency,name\nP,North\nQ,South\n",
    "flags.csv": b"layer,area,basis,note\npolice,a,approximate,half\n",
    "borders.csv": b"a,b,kind,metres\na,b,land,10\nb,c,bridge,0\n",
    "points.csv": b"id,name,x,y\np,Pen,1,2\n",
    "designs.csv": b"design,lot,area\nd,1,a\nd,1,b\nd,2,c\n",
}
WORDS = "|,|\n|\"|\0|nan|1e999|-1|a|zz|[|]|=|\ufeff|[[x]]|= 3\n|true|../|'|\r|0x1|999999999999999999999999|\u202e"
PIECES = st.sampled_from([*(word.encode() for word in WORDS.split("|")), b"\xff"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged")


def test_the_sound_files_are_read(folder):
    """Undamaged, they are a territory of three areas."""
    for name, content in SOUND.items():
        (folder / name).write_bytes(content)
    assert len(read_territory(folder)) == 3


@given(st.sampled_from(sorted(SOUND)), st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_refused_in_words(folder, name, data):
    """Up to three pieces of a file are cut out and replaced by something else."""
    content = SOUND[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        stop = min(len(content), start + data.draw(st.integers(0, 6)))
        content = content[:start] + data.draw(PIECES) + content[stop:]
    for other, sound in SOUND.items():
        (folder / other).write_bytes(content if other == name else sound)
    try:
        told = [read_territory(folder).digest]
    except InputError as error:
        told = list(error.problems)
    assert told
    assert all(line.strip() for line in told)

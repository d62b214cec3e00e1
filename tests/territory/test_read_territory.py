"""Territories read from tables: what is understood, and every mistake with file, row, column and remedy."""

import tomllib

import pytest

from lotopt.core.errors import InputError
from lotopt.territory.read import read_territory

TOML = """
title = "Toyland"
[areas]
file = "areas.csv"
name = "name"
x = "x"
y = "y"
[measures.cases]
unit = "cases a year"
[layers.police]
names = "agencies.csv"
[borders]
file = "borders.csv"
"""
AREAS = """area,name,x,y,cases,police
c,Ceewick,2500,500,30,P2
a,Aytown,500,500,10,P1
b,Beeford,1500,500,20,P1
"""
BORDERS = """a,b,kind,metres
a,b,land,1000
b,c,bridge,0
"""
AGENCIES = """agency,name
P1,North
P2,South
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a small sound territory, and a way to change its files."""

    def write(toml=TOML, areas=AREAS, borders=BORDERS, agencies=AGENCIES, **others):
        files = {"territory.toml": toml, "areas.csv": areas, "borders.csv": borders, "agencies.csv": agencies}
        for name, text in (files | others).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def problems_of(path):
    with pytest.raises(InputError) as caught:
        read_territory(path)
    return caught.value.problems


def test_a_folder_of_tables_is_a_territory(folder):
    """Areas come sorted by id with their measures, agencies by name, and borders of both kinds."""
    territory = read_territory(folder())
    assert territory.title == "Toyland"
    assert territory.ids == ("a", "b", "c")
    assert territory.names == ("Aytown", "Beeford", "Ceewick")
    assert territory.xy.tolist() == [[500, 500], [1500, 500], [2500, 500]]
    assert territory.measure("cases").tolist() == [10, 20, 30]
    assert territory.measures["cases"].unit == "cases a year"
    police = territory.layer("police")
    assert [police.name_of(a) for a in police.of] == ["North", "North", "South"]
    assert territory.borders.kinds == ("land", "bridge")
    assert not territory.borders_from_shapes


def test_the_path_may_name_the_folder_or_the_file(folder):
    """Both ways give the same content."""
    path = folder()
    assert read_territory(path).digest == read_territory(path / "territory.toml").digest


def test_the_digest_does_not_depend_on_rows_or_line_ends(folder, tmp_path):
    """Rows in another order, a byte-order mark, Windows line ends and spaces change nothing."""
    before = read_territory(folder()).digest
    head, *rows = AREAS.splitlines()
    text = "\ufeff" + "\r\n".join([head.replace(",", " , "), *reversed(rows), "", ""])
    assert read_territory(folder(areas=text)).digest == before


def test_names_are_optional(folder):
    """Without a file of names, an agency goes by its id."""
    toml = TOML.replace('names = "agencies.csv"', "")
    assert read_territory(folder(toml)).layer("police").name_of(0) == "P1"


def test_an_empty_cell_means_no_agency(folder):
    """A layer need not cover every area."""
    layer = read_territory(folder(areas=AREAS.replace("30,P2", "30,"))).layer("police")
    assert layer.of.tolist() == [0, 0, -1]
    assert layer.agencies == ("P1",)


def test_flags_are_kept_with_their_layer(folder):
    """An approximate assignment keeps its basis and note."""
    flags = "layer,area,basis,note\npolice,b,approximate,half of it lies in South\n"
    territory = read_territory(folder(TOML + '[flags]\nfile = "flags.csv"\n', **{"flags.csv": flags}))
    assert territory.layer("police").approximate == {"b": "approximate: half of it lies in South"}


def test_points_are_picked_by_column(folder):
    """Of a table of points only those asked for are read, sorted by id."""
    toml = TOML + '[points.courts]\nfile = "points.csv"\nwhere = { kind = "court" }\narea = "area"\ntype = "kind"\n'
    points = "kind,id,name,x,y,area\ncourt,z,Zed,1,2,a\nprison,p,Pen,3,4,b\ncourt,k,Kay,5,6,b\n"
    courts = read_territory(folder(toml, **{"points.csv": points})).points["courts"]
    assert [(p.id, p.name, p.x, p.area) for p in courts] == [("k", "Kay", 5.0, "b"), ("z", "Zed", 1.0, "a")]


def test_points_have_a_size_where_a_column_tells_it(folder):
    """Two prisons, one without a figure: sizes in their unit; a size that is none is told with its cell."""
    toml = TOML + '[points.prisons]\nfile = "points.csv"\nsize = "held"\nsize_unit = "people"\n'
    points = "id,name,x,y,held\np,Pen,1,2,640\nq,Quay,3,4,\n"
    prisons = read_territory(folder(toml, **{"points.csv": points})).points["prisons"]
    assert [(p.id, p.size, p.unit) for p in prisons] == [("p", 640.0, "people"), ("q", None, "people")]
    assert problems_of(folder(toml, **{"points.csv": points.replace("3,4,", "3,4,many").replace("640", "-1")})) == (
        "points.csv, row 2, held: -1 is less than 0",
        "points.csv, row 3, held: 'many' is not a number",
    )


def test_the_digest_tells_sizes_of_points_apart(folder):
    """The same prisons with and without their sizes are different territories."""
    points = {"points.csv": "id,name,x,y,held\np,Pen,1,2,640\n"}
    toml = TOML + '[points.prisons]\nfile = "points.csv"\n'
    before = read_territory(folder(toml, **points)).digest
    assert read_territory(folder(toml + 'size = "held"\n', **points)).digest != before


def test_designs_come_by_agency_or_by_area(folder):
    """A design by police area puts every area of North in lot 1."""
    toml = TOML + (
        '[designs]\nfile = "designs.csv"\nagency = "agency"\nlayer = "police"\nname = "name"\n'
        '[designs.about]\ntwo = "Two lots"\n'
    )
    designs = "design,lot,name,agency\ntwo,1,First,P1\ntwo,2,Second,P2\n"
    design = read_territory(folder(toml, **{"designs.csv": designs})).design("two")
    assert (design.lots, design.of.tolist(), design.names) == (("1", "2"), [0, 0, 1], ("First", "Second"))
    assert design.title == "Two lots"


def test_links_and_barriers_are_added(folder):
    """A ferry joins a and c; the border of a and b is closed but keeps its length."""
    toml = TOML + '[[links]]\na = "a"\nb = "c"\nkind = "ferry"\nnote = "daily"\n[[barriers]]\na = "b"\nb = "a"\n'
    borders = read_territory(folder(toml)).borders
    assert borders.kinds == ("barrier", "ferry", "bridge")
    assert borders.metres.tolist() == [1000, 0, 0]
    assert borders.notes == ("", "daily", "")


def test_misspelt_keys_are_told_with_what_was_meant(folder):
    """At every depth of the file: tables, keys within them, keys within lists."""
    toml = TOML.replace('unit = "cases', 'unti = "cases').replace("[borders]", "[boarders]")
    toml += '[[links]]\na = "a"\nbb = "c"\n'
    assert set(problems_of(folder(toml))) == {
        "territory.toml, [measures.cases]: no key 'unti'; did you mean 'unit'?",
        "territory.toml: no key 'boarders'; did you mean 'borders'?",
        "territory.toml, [[links]] number 1: 'b' is missing",
        "territory.toml, [[links]] number 1: no key 'bb'; did you mean 'b'?",
    }


def test_a_value_of_the_wrong_kind_is_told(folder):
    """A word where yes or no is asked for."""
    toml = TOML.replace('name = "name"', 'name = "name"\nislands_allowed = "maybe"')
    assert problems_of(folder(toml)) == (
        "territory.toml, [areas]: islands_allowed = 'maybe': input should be a valid boolean",
    )


def test_broken_toml_is_told_with_its_line(folder):
    """What the TOML reader says, with the name of the file."""
    (problem,) = problems_of(folder("title = \n"))
    assert problem.startswith("territory.toml: no valid TOML: ")
    assert "line 1" in problem


def test_every_problem_of_every_table_is_told_at_once(folder):
    """One message lists what is wrong with areas, agencies and borders, by file, row and column."""
    areas = (
        'area,name,x,y,cases,police\na,Aytown,500,500,10,P1\na,Again,1,x,"1,5",P9\n,Noid,1,1,-3,P1\nd,Dee,1,1,nan,\n'
    )
    borders = "a,b,kind,metres\na,zz,land,1\na,a,land,1\na,d,land,5\nd,a,land,6\na,d,land,-5\n"
    assert problems_of(folder(areas=areas, borders=borders)) == (
        "areas.csv, row 3, area: area 'a' is already in row 2; every area has one row",
        "areas.csv, row 4, area: is empty; every area needs an id",
        "areas.csv, row 3, y: 'x' is not a number",
        "areas.csv, row 3, cases: '1,5' is not a number; write it without thousands separators and with a point",
        "areas.csv, row 4, cases: -3 is less than 0",
        "areas.csv, row 5, cases: 'nan' is not a finite number",
        "areas.csv, row 3, police: no agency 'P9' of layer 'police' in agencies.csv; possible: P1, P2",
        "borders.csv, row 2: no area 'zz'; possible: a, d",
        "borders.csv, row 3: 'a' cannot border itself",
        "borders.csv, row 5: the border of 'd' and 'a' is 6 m here, but 5 m in borders.csv, row 4; keep one",
        "borders.csv, row 6, metres: -5 is negative; a shared length is 0 m or more",
    )


def test_a_missing_column_is_told(folder):
    """The column and its meaning, and the one that comes nearest."""
    assert problems_of(folder(areas=AREAS.replace("police", "polise"))) == (
        "areas.csv: no column 'police' (the agency of layer 'police'); did you mean 'polise'?",
    )


def test_a_missing_file_is_told(folder):
    """The table that named it, and the file that comes nearest."""
    assert problems_of(folder(TOML.replace("borders.csv", "border.csv"))) == (
        "territory.toml, [borders] file: no file 'border.csv' in the territory's folder; did you mean 'borders.csv'?",
    )


def test_an_area_without_a_neighbour_is_told_with_the_remedy(folder):
    """A link or a word that it may be alone mends it."""
    borders = "a,b,kind,metres\na,b,land,1000\n"
    assert problems_of(folder(borders=borders)) == (
        (
            'areas.csv, row 2: area \'c\' has no neighbour; add [[links]] a = "c", b = "..." to territory.toml, '
            'or islands = ["c"] under [areas]'
        ),
    )
    for allowed in ("islands_allowed = true", 'islands = ["c"]'):
        toml = TOML.replace('name = "name"', f'name = "name"\n{allowed}')
        assert len(read_territory(folder(toml, borders=borders))) == 3


def test_a_territory_without_any_border_is_told_once(folder):
    """Not one problem per area: nothing says which areas border each other."""
    toml = TOML.replace('[borders]\nfile = "borders.csv"\n', "")
    (problem,) = problems_of(folder(toml))
    assert problem.startswith(
        "territory.toml: nothing says which areas border each other; name a table under [borders]"
    )


def test_a_barrier_needs_a_border_to_close(folder):
    """A barrier between areas that do not touch is a mistake."""
    assert problems_of(folder(TOML + '[[barriers]]\na = "a"\nb = "c"\n')) == (
        "territory.toml, [[barriers]] number 1: 'a' and 'c' have no border to close",
    )


def test_coordinates_in_degrees_are_told(folder):
    """Distances of a geographic CRS would be degrees."""
    areas = "area,name,x,y,cases,police\na,A,0.1,51.1,1,P1\nb,B,0.2,51.2,1,P1\nc,C,0.3,51.3,1,P2\n"
    assert problems_of(folder('crs = "EPSG:4326"\n' + TOML, areas=areas)) == (
        (
            "territory.toml: crs = 'EPSG:4326' is geographic, so distances would be degrees; give x and y in metres "
            "of a projected CRS"
        ),
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://example.org/areas.csv", "is no file of this folder; copy it here and give its name"),
        ("/vsicurl/example.org/areas.csv", "is no file of this folder; copy it here and give its name"),
        ("../areas.csv", "leads out of the territory's folder; copy it there and give its name"),
        ("/etc/hosts.csv", "leads out of the territory's folder; copy it there and give its name"),
    ],
)
def test_files_lie_in_the_territorys_folder(folder, given, told):
    """No address, no virtual path, no way out of the folder."""
    assert problems_of(folder(TOML.replace("areas.csv", given))) == (
        f"territory.toml, [areas] file: '{given}' {told}",
    )


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path_factory):
    """A symbolic link to a file elsewhere is refused like its path."""
    path = folder()
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.csv"
    secret.write_text(AREAS, encoding="utf-8")
    (path / "areas.csv").unlink()
    (path / "areas.csv").symlink_to(secret)
    (problem,) = problems_of(path)
    assert problem.endswith("'areas.csv' leads out of the territory's folder; copy it there and give its name")


def test_a_workbook_called_csv_is_told(folder):
    """The first bytes tell what a file is."""
    path = folder()
    (path / "areas.csv").write_bytes(b"PK\x03\x04rest of a zip file")
    assert problems_of(path) == ("areas.csv is not text; save it as 'CSV UTF-8'",)


def test_another_encoding_is_told(folder):
    """A table saved by an old spreadsheet is not guessed at."""
    path = folder()
    (path / "areas.csv").write_bytes(AREAS.replace("Aytown", "Aytôwn").encode("latin-1"))
    (problem,) = problems_of(path)
    assert problem.endswith("is not UTF-8; save it as 'CSV UTF-8'")


def test_ragged_rows_and_semicolons_are_told(folder):
    """Every row has the header's cells; a table separated by semicolons is told as such."""
    assert problems_of(folder(areas=AREAS + "d,Dee,1\n")) == ("areas.csv, row 5: 3 cells, but the header has 6",)
    assert problems_of(folder(areas=AREAS.replace(",", ";"))) == (
        "areas.csv: the columns are separated by ';'; save it separated by commas",
    )


def test_unknown_areas_in_flags_points_and_designs_are_told(folder):
    """What comes with the areas must speak of areas and agencies that there are."""
    toml = TOML + (
        '[flags]\nfile = "flags.csv"\n'
        '[points.courts]\nfile = "points.csv"\narea = "area"\n'
        '[designs]\nfile = "designs.csv"\narea = "area"\n'
        '[designs.about]\nthree = "?"\n'
    )
    others = {
        "flags.csv": "layer,area,basis,note\npolise,zz,x,y\n",
        "points.csv": "id,name,x,y,area\np,Pen,1,north,zz\np,Pen,1,2,a\n",
        "designs.csv": "design,lot,area\ntwo,1,a\ntwo,1,zz\ntwo,2,a\n",
    }
    assert problems_of(folder(toml, **others)) == (
        "flags.csv, row 2, layer: no layer 'polise'; did you mean 'police'?",
        "flags.csv, row 2, area: no area 'zz'; possible: a, b, c",
        "points.csv, row 2, y: 'north' is not a number",
        "points.csv, row 2, area: no area 'zz'; possible: a, b, c",
        "points.csv, row 3, id: 'p' is already in row 2",
        "territory.toml, [designs.about]: no design 'three' in designs.csv; possible: two",
        "designs.csv, row 3, area: no area 'zz'; possible: a, b, c",
        "designs.csv, row 4, area: 'a' is in lot '2' here and in lot '1' in row 2; keep one",
        "designs.csv, two: area 'b' has no lot",
        "designs.csv, two: area 'c' has no lot",
    )


def test_the_example_in_these_tests_is_whole():
    """The text above is valid TOML with the tables it should have."""
    assert set(tomllib.loads(TOML)) == {"title", "areas", "measures", "layers", "borders"}

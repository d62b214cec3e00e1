"""Embedded places: found by name, light to load, and as the published record says they are."""

import pickle
import subprocess
import sys

import pytest

from lotopt.core.errors import InputError
from lotopt.territory.coherence import as_layer, coherence
from lotopt.territory.places import embedded, load_territory

DESIGNS = (
    "probation-areas-2001",
    "probation-trusts-2010",
    "noms-regions-2004",
    "contract-package-areas-2014",
    "nps-divisions-2014",
    "probation-regions-2021",
)
# How many lots of the design (row) straddle lots of the other (column), in the order of DESIGNS. Facts about the
# historical designs, counted from their lists of police areas without this program.
STRADDLES = {
    "probation-areas-2001": (0, 0, 0, 0, 0, 0),
    "probation-trusts-2010": (5, 0, 0, 0, 0, 0),
    "noms-regions-2004": (9, 8, 0, 8, 2, 3),
    "contract-package-areas-2014": (13, 9, 2, 0, 0, 2),
    "nps-divisions-2014": (6, 5, 4, 5, 0, 5),
    "probation-regions-2021": (10, 9, 1, 8, 1, 0),
}


@pytest.fixture(scope="module")
def country():
    return load_territory("england-wales")


def held_against(territory, design, layer):
    plan = territory.design(design)
    return coherence(territory, plan.of, plan.lots, "crime", [layer], plan.names).layers[0]


def test_the_country_is_embedded(country):
    """318 districts with their layers, designs and points."""
    assert embedded() == ("england-wales",)
    assert len(country) == 318
    assert country.measure("population").sum() == 59_597_529
    agencies = {key: len(layer.agencies) for key, layer in country.layers.items()}
    assert (agencies["police"], agencies["justice"], agencies["region"]) == (43, 42, 10)
    assert {key: len(design.lots) for key, design in country.designs.items()} == {
        "probation-areas-2001": 42,
        "probation-trusts-2010": 35,
        "noms-regions-2004": 10,
        "contract-package-areas-2014": 21,
        "nps-divisions-2014": 7,
        "probation-regions-2021": 12,
    }
    assert set(country.points) == {"prisons", "courts"}


def test_flags_come_with_their_layers(country):
    """Which areas are approximate is kept with the layer, so that reports can say so."""
    flagged = {key: len(layer.approximate) for key, layer in country.layers.items() if layer.approximate}
    assert flagged == {"local_justice": 92, "community_safety": 7, "delivery_unit": 67}


def test_places_go_by_name(country):
    """A police area by its name is the districts in it."""
    assert country.places("Cumbria").tolist() == [
        i
        for i, agency in enumerate(country.layer("police").of)
        if country.layer("police").name_of(agency) == "Cumbria"
    ]


@pytest.mark.parametrize("design", DESIGNS)
def test_designs_nest_as_on_record(country, design):
    """How many lots of one historical design straddle lots of another."""
    found = [held_against(country, design, as_layer(country.design(other))).straddles for other in DESIGNS]
    assert tuple(found) == STRADDLES[design]


def test_contract_package_areas_split_no_police_area(country):
    """Each of the 21 is a union of police areas; two of them straddle regions, by name."""
    assert held_against(country, "contract-package-areas-2014", "police").splits == 0
    assert held_against(country, "contract-package-areas-2014", "region").straddling_lots == (
        "Humberside, Lincolnshire and North Yorkshire",
        "Bedfordshire, Northamptonshire, Cambridgeshire and Hertfordshire (BeNCH)",
    )


def test_probation_regions_straddle_one_of_the_earlier_regions(country):
    """Of the 12 regions of 2021 only the East of England straddles the ten of 2004."""
    found = held_against(country, "probation-regions-2021", as_layer(country.design("noms-regions-2004")))
    assert found.straddling_lots == ("East of England",)


def test_polygons_of_the_country_are_there_for_maps(country):
    """A valid polygon for every district, and the 43 police areas as their unions."""
    import shapely

    from lotopt.territory.shapes import outline, shapes

    found = shapes(country)
    assert len(found) == 318
    assert shapely.is_valid(found).all()
    police = outline(country, country.layer("police").of)
    assert len(police) == 43
    assert sum(shape.area for shape in police) == pytest.approx(sum(shape.area for shape in found))


def test_loading_needs_nothing_heavy():
    """No pandas, no geopandas, no shapely for a territory whose borders are a table."""
    code = (
        "import sys; from lotopt.territory.places import load_territory; load_territory('england-wales'); "
        "print(sorted({'pandas', 'geopandas', 'shapely', 'pyproj', 'networkx', 'pulp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("england-whales", "no place or file 'england-whales'; did you mean 'england-wales'?"),
        ("nowhere/at/all.toml", "no place or file 'nowhere/at/all.toml'"),
    ],
)
def test_an_unknown_place_is_told(given, told):
    """With the place that was meant."""
    with pytest.raises(InputError) as caught:
        load_territory(given)
    assert told in str(caught.value)


def test_a_folder_without_a_territory_is_told(tmp_path):
    """The folder is there, its territory.toml is not; a file of another kind is none either."""
    with pytest.raises(InputError, match=r"holds no territory\.toml"):
        load_territory(tmp_path)
    (tmp_path / "areas.csv").write_text("area\na\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"is no territory\.toml; write one"):
        load_territory(tmp_path / "areas.csv")


def test_a_path_works_like_a_name(tmp_path):
    """The smallest territory there is."""
    (tmp_path / "areas.csv").write_text("area\nonly\n", encoding="utf-8")
    (tmp_path / "territory.toml").write_text('[areas]\nfile = "areas.csv"\n', encoding="utf-8")
    assert load_territory(tmp_path).ids == load_territory(str(tmp_path / "territory.toml")).ids == ("only",)


def test_a_territory_can_be_passed_to_another_process(country):
    """Also after names were looked up in it."""
    assert country.index["E06000001"] == 0
    assert len(country.places("London")) == 33
    again = pickle.loads(pickle.dumps(country))
    assert (again.ids, again.digest) == (country.ids, country.digest)
    assert again.index == country.index
